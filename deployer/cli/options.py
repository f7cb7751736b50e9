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


class OrderedGroup(click.Group):
    """Commands listed in the order they were added, the order a person meets them, not the alphabet's."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names."""
        return list(self.commands)
