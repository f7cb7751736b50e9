"""Asking a person, or refusing to go on when there is none: without a terminal nothing prompts."""

from __future__ import annotations

import sys
from typing import Protocol

import click


class Asker(Protocol):
    """Whoever can be asked."""

    @property
    def is_there(self) -> bool:
        """Whether a person can answer."""
        ...

    def yes(self, question: str) -> bool:
        """Ask a question whose answer is no unless the person says yes."""
        ...

    def typed(self, question: str) -> str:
        """Ask for a word and return it as typed, without blanks around it."""
        ...


class TerminalAsker:
    """The person at this process's terminal."""

    @property
    def is_there(self) -> bool:
        """Whether both what is asked can be seen and what is answered can be typed."""
        return sys.stdin.isatty() and sys.stderr.isatty()

    def yes(self, question: str) -> bool:
        """Ask on standard error, so that standard output holds results alone; Ctrl-D and Ctrl-C raise click.Abort."""
        return click.confirm(question, default=False, err=True)

    def typed(self, question: str) -> str:
        """Ask on standard error; an empty answer is an answer."""
        answer: str = click.prompt(question, default="", show_default=False, err=True)
        return answer.strip()
