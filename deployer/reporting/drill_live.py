"""A drill while it runs: on a terminal one picture that is redrawn, anywhere else a line for each deed.

The picture answers what a person asks while waiting: is traffic served, and where; where does the name lead, and why; what is broken.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

_BARS: Final = " ▁▂▃▄▅▆▇█"
_HISTORY_LENGTH: Final = 60
_DEEDS_SHOWN: Final = 6
_REDRAWS_PER_SECOND: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillMoment:
    """How a drill stands about once a second.

    `answered` are (Region, acknowledged attempts a second), `unanswered_per_second` all other attempts; `checks` are (name, healthy as
    published); `held` and `answer_region` are None when nobody answered.
    """

    at_seconds: float
    answer_region: str | None
    held: bool | None
    answered: tuple[tuple[str, float], ...]
    unanswered_per_second: float
    checks: tuple[tuple[str, bool], ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def good_share(self) -> float | None:
        """Share of attempts that were acknowledged; None when there were none."""
        good = sum(count for _, count in self.answered)
        every = good + self.unanswered_per_second
        return good / every if every else None


class DrillProgress(Protocol):
    """Who is told of a drill as it happens; called from several threads."""

    def told(self, sentence: str) -> None:
        """Something that takes seconds begins."""
        ...

    def marked(self, at_seconds: float, phase: str, text: str) -> None:
        """Something was done, or seen to happen."""
        ...

    def sampled(self, moment: DrillMoment) -> None:
        """A look was taken."""
        ...


class DrillLines:
    """Progress as lines: each deed, and what takes seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def told(self, sentence: str) -> None:
        """Print the sentence below the deeds' texts."""
        self._console.print(f"{'':11}{sentence}", soft_wrap=True)

    def marked(self, at_seconds: float, phase: str, text: str) -> None:
        """Print when, in which phase and what."""
        self._console.print(deed_line(at_seconds, phase, text), soft_wrap=True)

    def sampled(self, moment: DrillMoment) -> None:
        """Keep quiet: a log is no film, and the report has every sample."""


class DrillRecords:
    """Progress for a program: a note for each deed, a record for each sample."""

    def __init__(self, write: Callable[[dict[str, Any]], None], note: Callable[..., None]) -> None:
        self._write, self._note = write, note

    def told(self, sentence: str) -> None:
        """Write the sentence."""
        self._note(sentence, step=sentence)

    def marked(self, at_seconds: float, phase: str, text: str) -> None:
        """Write when, in which phase and what."""
        self._note(deed_line(at_seconds, phase, text).strip(), at_seconds=round(at_seconds, 1), phase=phase, deed=text)

    def sampled(self, moment: DrillMoment) -> None:
        """Write the moment."""
        self._write(moment_record(moment))


class DrillPicture:
    """Progress as a picture; `__rich__` draws what is known at the moment."""

    def __init__(self, name: str) -> None:
        self._name, self._sentence = name, ""
        self._moment: DrillMoment | None = None
        self._deeds: deque[str] = deque(maxlen=_DEEDS_SHOWN)
        self._shares: deque[float | None] = deque(maxlen=_HISTORY_LENGTH)

    def told(self, sentence: str) -> None:
        """Show the sentence until the next one."""
        self._sentence = sentence

    def marked(self, at_seconds: float, phase: str, text: str) -> None:
        """Add a deed to the last few."""
        self._sentence = ""
        self._deeds.append(deed_line(at_seconds, phase, text))

    def sampled(self, moment: DrillMoment) -> None:
        """Show this moment from now on."""
        self._moment = moment
        self._shares.append(moment.good_share)

    def __rich__(self) -> RenderableType:
        """Return the picture."""
        rows: list[RenderableType] = [Text(self._name, "bold")]
        if self._moment is not None:
            rows.append(_state(self._moment, bars(self._shares)))
        rows += [Text(deed) for deed in self._deeds]
        return Group(*rows, *([Text(self._sentence, "cyan")] if self._sentence else []))


@contextmanager
def drilling_on(console: Console, name: str) -> Iterator[DrillProgress]:
    """Yield who tells a drill on this console; on a terminal the last picture stays."""
    if not console.is_terminal:
        yield DrillLines(console)
        return
    picture = DrillPicture(name)
    with Live(picture, console=console, refresh_per_second=_REDRAWS_PER_SECOND):
        yield picture


def deed_line(at_seconds: float, phase: str, text: str) -> str:
    """Return one deed as a line, aligned with its neighbours."""
    return f"{at_seconds:7.1f} s  {phase:9}  {text}"


def bars(shares: Iterable[float | None]) -> str:
    """Return a bar for each share from 0 to 1, a dot where there was no traffic."""
    return "".join("·" if one is None else _BARS[round(one * (len(_BARS) - 1))] for one in shares)


def moment_record(moment: DrillMoment) -> dict[str, Any]:
    """Return a moment for a program."""
    return {
        "event": "drill_sampled",
        "at_seconds": round(moment.at_seconds, 1),
        "answer_region": moment.answer_region,
        "held": moment.held,
        "answered_per_second": dict(moment.answered),
        "unanswered_per_second": moment.unanswered_per_second,
        "checks": dict(moment.checks),
        "faults": list(moment.faults),
    }


def _state(moment: DrillMoment, good: str) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    served = ", ".join(f"{count:.1f}/s in {region}" for region, count in moment.answered) or "nothing"
    bad = Text(f"  {moment.unanswered_per_second:.1f}/s not", "red") if moment.unanswered_per_second else Text("")
    table.add_row(f"{moment.at_seconds:.0f} s", Text(good, "green"))
    table.add_row("acknowledged", Text.assemble(served, bad))
    hold = {True: "the hold is set", False: "no hold", None: "the hold cannot be asked"}[moment.held]
    table.add_row("name leads to", f"{moment.answer_region or 'nowhere'}; {hold}")
    # A line each: a mark that wraps away from its name tells of the wrong one.
    checks = (Text(f"{'✓' if healthy else '✗'} {name}", "green" if healthy else "red") for name, healthy in moment.checks)
    table.add_row("health checks", Text("\n").join(checks))
    table.add_row("broken", Text("; ".join(moment.faults) or "nothing", "red" if moment.faults else ""))
    return table
