"""`simulate`: a table, a page, a record; nothing asked of AWS."""

from __future__ import annotations

from pathlib import Path

from tests.support.command_line import CommandLine, FakeRooms, records

FEW = ("--trials", 4, "--fault", "dead")


def test_a_simulation_asks_nothing_of_aws(deployer: CommandLine, tmp_path: Path) -> None:
    """A parameter file is all it takes."""
    rooms = FakeRooms()

    ended = deployer.run("simulate", deployer.params, *FEW, "--payments-per-second", 10, "--out", tmp_path, rooms=rooms)

    assert ended.exit_code == 0
    assert rooms.asked == []
    assert "as local has them" in ended.stdout
    assert (tmp_path / "local" / "simulation-dead.html").exists()


def test_a_load_beyond_the_limits_is_told_with_what_would_be_enough(deployer: CommandLine, tmp_path: Path) -> None:
    """In red for a person, as null for a program."""
    words = ("simulate", deployer.params, *FEW, "--payments-per-second", 3000, "--out", tmp_path)

    told = deployer.run(*words).stdout
    record = records(deployer.run(*words, "--json"))[-1]

    assert "never" in told
    assert "raised: 6,000/s" in told
    given, raised = record["rows"]
    assert given["recovery_seconds"]["median"] is None
    assert given["unrecovered_count"] == record["trials"] == 4
    assert 0 < raised["recovery_seconds"]["worst"] <= record["recovery_seconds_max"]


def test_a_load_that_no_one_can_have_is_wrong_usage(deployer: CommandLine) -> None:
    """Nothing begins."""
    ended = deployer.run("simulate", deployer.params, "--payments-per-second", 0)

    assert ended.exit_code == 2
    assert "payments-per-second" in ended.stderr
