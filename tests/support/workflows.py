"""The workflows in `.github/workflows/`, read as data, and what stands on the command lines in them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import click
import yaml

from deployer.cli.root import main
from tests.support.source_tree import ROOT

FOLDER: Final = ROOT / ".github" / "workflows"

# Where one command of a line ends and another begins, or its output goes elsewhere.
_ENDS: Final = {";", "|", "||", "&&", "&", ">", ">>", "<", ";;", "(", ")"}


@dataclass(frozen=True)
class Workflow:
    """One file: `name` without its folder."""

    name: str
    text: str

    @cached_property
    def data(self) -> dict[Any, Any]:
        """The file as YAML 1.1 reads it, in which the key `on` is true."""
        return dict(yaml.safe_load(self.text))

    @property
    def triggers(self) -> set[str]:
        """What starts it."""
        return set(self.data[True])

    @property
    def jobs(self) -> dict[str, dict[str, Any]]:
        """Its jobs by id."""
        return dict(self.data["jobs"])

    def scripts(self) -> Iterator[str]:
        """Yield what every step runs."""
        for job in self.jobs.values():
            yield from (step["run"] for step in job["steps"] if "run" in step)


def workflows() -> tuple[Workflow, ...]:
    """Return every workflow, sorted by name."""
    return tuple(Workflow(name=path.name, text=path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.yml")))


def deployer_commands(script: str) -> Iterator[tuple[str, ...]]:
    """Yield the words after `deployer` of each command in a shell script."""
    for line in script.replace("\\\n", " ").splitlines():
        words = shlex.shlex(line, posix=True, punctuation_chars=True)
        words.whitespace_split, words.commenters = True, "#"
        told = list(words)
        for index, word in enumerate(told):
            if word == "deployer" and (index == 0 or told[index - 1] in _ENDS | {"do", "then", "!"}):
                rest = told[index + 1 :]
                end = next((place for place, one in enumerate(rest) if one in _ENDS), len(rest))
                yield tuple(rest[:end])


def fault_of(words: tuple[str, ...]) -> str | None:
    """Return what `deployer WORDS` is refused for before it does anything, None when it is a sound command line."""
    command: click.Command = main
    context = click.Context(main, info_name="deployer")
    rest = list(words)
    try:
        while isinstance(command, click.Group):
            if not rest:
                return "names no command"
            _, found, rest = command.resolve_command(context, rest)
            if found is None:
                return "names no command"
            command = found
        command.make_context(command.name, rest, parent=context)
    except click.ClickException as error:
        return error.format_message()
    return None


def unpinned(text: str) -> list[str]:
    """Return every `uses:` that is no full commit with its version beside it."""
    return [line.strip() for line in text.splitlines() if re.search(r"\buses:", line) and not _PINNED.search(line)]


_PINNED: Final = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
