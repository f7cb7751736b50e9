"""What Ctrl-C means, asked of a person where there is one."""

from __future__ import annotations

import click
import pytest

from deployer.cli.consent import after_interrupt
from tests.support.command_line import FakeAsker


class Impatient(FakeAsker):
    """A person who presses Ctrl-C once more."""

    def typed(self, question: str) -> str:
        """Answer nothing."""
        raise click.Abort


@pytest.mark.parametrize(
    ("answer", "choice"),
    [("go", "go on"), ("GO", "go on"), ("go on", "go on"), ("stop", "stop operation"), ("", "stop watching"), ("no idea", "stop watching")],
)
def test_a_person_is_asked_what_is_to_happen(answer: str, choice: str) -> None:
    """Whatever is not understood leaves AWS alone."""
    asker = FakeAsker([answer], is_there=True)

    assert after_interrupt(asker) == choice
    assert "AWS goes on by itself" in asker.questions[0]


def test_without_a_terminal_nobody_is_asked() -> None:
    """A pipeline that is cancelled stops watching."""
    asker = FakeAsker()

    assert after_interrupt(asker) == "stop watching"
    assert asker.questions == []


def test_who_was_told_to_end_asks_nobody() -> None:
    """The next signal would kill."""
    asker = FakeAsker(["go"], is_there=True)

    assert after_interrupt(asker, may_ask=False) == "stop watching"
    assert asker.questions == []


def test_a_second_interrupt_stops_watching() -> None:
    """Nobody has to answer."""
    assert after_interrupt(Impatient(is_there=True)) == "stop watching"
