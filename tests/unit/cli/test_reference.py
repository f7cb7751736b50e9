"""The README's table of commands, made from the commands."""

from __future__ import annotations

from deployer.cli.reference import command_table


def test_every_command_has_a_row_with_its_options() -> None:
    """Groups are spelled out; what every command takes is left out."""
    rows = command_table().splitlines()

    assert (
        "| `deployer tear-down PARAMS [--confirm SUFFIX] [--empty-bucket NAME]…` | Take everything down, after what goes was named. |"
        in rows
    )
    assert any(row.startswith("| `deployer local status` |") for row in rows)
    assert "--json" not in command_table()


def test_every_row_has_a_sentence() -> None:
    """A command without a docstring would be a row that says nothing."""
    for row in command_table().splitlines()[2:]:
        assert row.rstrip(" |").endswith((".", '".')), row
