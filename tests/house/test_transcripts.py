"""The failing screens in docs/transcripts.md are whole: what broke comes first, what stands where is there, and so is what to type next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import pytest

from bench.markdown import marks
from deployer.vocabulary.errors import DeployerError, RolloutBusy, RolloutFailed, RolloutUndone, UndoFailed
from tests.support.source_tree import told
from tests.support.terminal import COLUMNS, ROWS
from tests.support.transcripts import DOCUMENT, NAMES

AGAIN = "Run `python -m tests.support.transcripts --write` and read what it writes as somebody would who was woken by it."
ENDS: Final[dict[str, type[DeployerError]]] = {
    "gate": RolloutUndone,
    "first": RolloutFailed,
    "busy": RolloutBusy,
    "undo": UndoFailed,
    "back": RolloutUndone,
}
_STANDING: Final = "What stands where now:"


def screen_of(document: str, name: str) -> list[str]:
    """Return the lines of a transcript."""
    begin, end = marks(name)
    return document.partition(begin)[2].partition(end)[0].strip().removeprefix("```\n").removesuffix("\n```").split("\n")


def faults_of(lines: list[str], exit_code: int, *, moved: bool) -> Iterator[str]:
    """Yield what a failing screen lacks; `moved` says that something has to stand somewhere."""
    if any(len(line) > COLUMNS for line in lines) or len(lines) > ROWS + 2:
        yield f"it is no screen of {COLUMNS} × {ROWS}"
    if lines[-2:] != ["$ echo $?", str(exit_code)]:
        yield f"it does not end with exit {exit_code}"
    errors = [index for index, line in enumerate(lines) if line.startswith("error: ")]
    if len(errors) != 1:
        yield "it has not one error"
        return
    rest = "\n".join(lines[errors[0] :])
    if not re.search(r"\A.*?\n  \S.*\nway out: ", rest, re.DOTALL):
        yield "no cause stands between the error and the way out"
    if moved and _STANDING not in rest:
        yield "it does not say what stands where"
    if "way out: " not in rest:
        yield "it names no way out"
    if "Traceback" in rest or "\x1b" in rest:
        yield "it holds what no person wrote"


@pytest.mark.parametrize("name", NAMES)
def test_transcript_says_what_broke_what_stands_and_what_to_type(name: str) -> None:
    """Each of them was taken from a real run."""
    lines = screen_of(DOCUMENT.read_text("utf-8"), name)

    faults = list(faults_of(lines, ENDS[name].exit_code, moved=name != "busy"))

    assert not faults, told([f"{name}: {fault}" for fault in faults], AGAIN)


def test_screen_without_a_way_out_is_found() -> None:
    """The rule can fail."""
    faults = list(faults_of(["error: It failed", "  because", "$ echo $?", "5"], 4, moved=True))

    assert faults == [
        "it does not end with exit 4",
        "no cause stands between the error and the way out",
        "it does not say what stands where",
        "it names no way out",
    ]
