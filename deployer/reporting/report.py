"""What a command says and to whom: a person (results on standard output, the rest on standard error) or a program (JSON lines).

A program reads standard output alone: one record a line, nothing else, errors too. A person's results go to standard output, so that
`deployer outputs params/local.yaml > outputs.txt` holds the outputs, and everything that passes by goes to standard error.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol, TextIO

from rich.console import Console, RenderableType
from rich.text import Text

from deployer.planning.plan import RolloutPlan
from deployer.reporting.console import ConsoleProgress
from deployer.reporting.drill_live import DrillProgress, DrillRecords, drilling_on
from deployer.reporting.event_log import write_record
from deployer.reporting.move_view import move_line
from deployer.reporting.view import View
from deployer.reporting.words import clock_text, duration
from deployer.vocabulary.clock import Clock
from deployer.vocabulary.events import Event, Listener, as_record

# What is not a terminal has no width: wide enough that tables keep their rows whole, narrow enough for a log viewer.
_COLUMNS_OFF_TERMINAL = 140


class Report(Protocol):
    """Where a command's words go."""

    def stage(self, name: str, sentence: str) -> AbstractContextManager[None]:
        """Tell that something that takes seconds begins, and how long it took when it has ended well."""
        ...

    def note(self, sentence: str, **facts: Any) -> None:
        """Tell a person a sentence and a program the facts behind it."""
        ...

    def show(self, view: View) -> None:
        """Tell a result."""
        ...

    def text(self, text: str) -> None:
        """Tell a result that is a text in a format of its own (Markdown, JSON); a program gets it as `text`."""
        ...

    def show_error(self, view: View) -> None:
        """Tell how it ended badly."""
        ...

    def performing(self, plan: RolloutPlan) -> AbstractContextManager[Listener]:
        """Give the listener that tells a plan's events as they happen."""
        ...

    def drilling(self, name: str) -> AbstractContextManager[DrillProgress]:
        """Give who tells a drill as it happens."""
        ...

    def moving(self) -> Listener:
        """Give the listener that tells a move of traffic as it happens."""
        ...


class HumanReport:
    """Words and colours for a person; plain lines where the stream is no terminal, no colour where NO_COLOR says so."""

    def __init__(self, *, clock: Clock, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self._clock = clock
        self.out, self.err = console_on(out or sys.stdout), console_on(err or sys.stderr)

    @contextmanager
    def stage(self, name: str, sentence: str) -> Iterator[None]:
        """Show a spinner on a terminal and leave a line with the time it took; elsewhere one line when it begins."""
        began_seconds = self._clock.monotonic_seconds()
        if not self.err.is_terminal:
            self.err.print(f"{clock_text(self._clock.now().isoformat())}  {name:10}  {sentence}", soft_wrap=True)
            yield
            return
        with self.err.status(sentence):
            yield
        took = duration(self._clock.monotonic_seconds() - began_seconds)
        self.err.print(Text.assemble((f"{name:10}", "bold"), f"  {sentence}  ", (took, "dim")))

    def note(self, sentence: str, **facts: Any) -> None:
        """Print the sentence where it is not taken for a result."""
        self.err.print(sentence, soft_wrap=True)

    def show(self, view: View) -> None:
        """Print the drawing of a result."""
        print_bare(self.out, view.drawing())

    def text(self, text: str) -> None:
        """Print the text as it is, never wrapped."""
        self.out.print(text, end="" if text.endswith("\n") else "\n", soft_wrap=True)

    def show_error(self, view: View) -> None:
        """Print the drawing of an error."""
        # Never wrapped: a path or a command in it is to be copied whole.
        self.err.print(view.drawing(), soft_wrap=True)

    def performing(self, plan: RolloutPlan) -> AbstractContextManager[Listener]:
        """Draw the plan's progress."""
        return ConsoleProgress(self.err, self._clock).performing(plan)

    def drilling(self, name: str) -> AbstractContextManager[DrillProgress]:
        """Draw the drill's progress."""
        return drilling_on(self.err, name)

    def moving(self) -> Listener:
        """Print one line an event."""

        def listener(event: Event) -> None:
            line = move_line(event)
            if line is not None:
                self.err.print(line, soft_wrap=True)

        return listener


class JsonReport:
    """One record a line on one stream, nothing else."""

    def __init__(self, *, clock: Clock, out: TextIO | None = None) -> None:
        self._clock, self._out = clock, out or sys.stdout

    @contextmanager
    def stage(self, name: str, sentence: str) -> Iterator[None]:
        """Write `stage_started` and, when it ended well, `stage_ended` with `took_seconds`."""
        began_seconds = self._clock.monotonic_seconds()
        self._write({"event": "stage_started", "at": self._clock.now().isoformat(), "stage": name})
        yield
        took_seconds = round(self._clock.monotonic_seconds() - began_seconds, 3)
        self._write({"event": "stage_ended", "at": self._clock.now().isoformat(), "stage": name, "took_seconds": took_seconds})

    def note(self, sentence: str, **facts: Any) -> None:
        """Write the facts with the sentence."""
        self._write({"event": "note", "sentence": sentence, **facts})

    def show(self, view: View) -> None:
        """Write the view's record."""
        self._write(view.record())

    def text(self, text: str) -> None:
        """Write the text as one record."""
        self._write({"event": "text", "text": text})

    def show_error(self, view: View) -> None:
        """Write the error's record."""
        self._write(view.record())

    @contextmanager
    def performing(self, plan: RolloutPlan) -> Iterator[Listener]:
        """Write every event as it happens."""

        yield self.moving()

    @contextmanager
    def drilling(self, name: str) -> Iterator[DrillProgress]:
        """Write every deed and sample as it happens."""
        yield DrillRecords(self._write, self.note)

    def moving(self) -> Listener:
        """Write every event as it happens."""

        def listener(event: Event) -> None:
            self._write(as_record(event))

        return listener

    def _write(self, record: dict[str, Any]) -> None:
        write_record(record, self._out)


def print_bare(console: Console, drawing: RenderableType) -> None:
    """Print a drawing, its tables fitted and its lines never broken; off a terminal without the blanks that fill a table's rows."""
    if console.is_terminal:
        console.print(drawing, soft_wrap=True)
        return
    with console.capture() as captured:
        console.print(drawing, soft_wrap=True)
    console.file.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))
    console.file.flush()


def console_on(stream: TextIO) -> Console:
    """Return a console that takes words as they are: no markup, no guessed highlights, no emoji codes."""
    width = None if stream.isatty() else _COLUMNS_OFF_TERMINAL
    return Console(file=stream, highlight=False, markup=False, emoji=False, width=width)
