"""What several commands have in common on their command lines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


def reporting_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--json` and `--debug`; `running.Root` acts on them, so that usage errors obey them too."""
    for name, sentence in (
        ("--debug", "Show the traceback of an error."),
        ("--json", "Write one JSON record a line to standard output, nothing else."),
    ):
        command = click.option(name, is_flag=True, expose_value=False, help=sentence)(command)
    return command


def params_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command its parameter file, PARAMS."""
    return click.argument("params", metavar="PARAMS", type=click.Path(path_type=Path))(command)


def without_undo_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--without-undo`, which a plan and the roll-out of it have to agree on."""
    return click.option("--without-undo", is_flag=True, help="Leave a failure where it stopped, instead of putting back what stood.")(
        command
    )


def replace_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--replace`, as `may_go`: the stateful resources that may give way."""
    return click.option(
        "--replace",
        "may_go",
        metavar="LOGICAL_ID",
        multiple=True,
        help="Let this table, bucket, secret, zone or key be replaced or removed; may be given again.",
    )(command)


class OrderedGroup(click.Group):
    """Commands listed in the order they were added, the order a person meets them, not the alphabet's."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names."""
        return list(self.commands)
