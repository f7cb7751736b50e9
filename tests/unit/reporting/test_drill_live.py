"""A drill while it runs: lines in a log, a picture on a terminal, records for a program."""

from __future__ import annotations

import io
import json
from dataclasses import replace

from rich.console import Console

from deployer.reporting.drill_live import DrillLines, DrillMoment, DrillPicture, bars, drilling_on
from deployer.reporting.report import JsonReport
from tests.support.command_line import StillClock

MOMENT = DrillMoment(
    at_seconds=31.4,
    answer_region="us-east-2",
    held=True,
    answered=(("us-east-2", 4.5),),
    unanswered_per_second=0.5,
    checks=(("primary endpoint", False), ("standby endpoint", True)),
    faults=("us-east-1 is dead",),
)


def drawn(picture: object) -> str:
    """Return what a person sees, without colours."""
    console = Console(width=120, file=io.StringIO())
    console.print(picture)
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_a_log_gets_deeds_and_no_film() -> None:
    """A line each; a sample is none."""
    out = io.StringIO()
    with drilling_on(Console(file=out, width=120), "primary-dead") as progress:
        progress.told("seeing that all is well")
        progress.marked(20.0, "fault", "dead in the primary")
        progress.sampled(MOMENT)

    assert isinstance(progress, DrillLines)
    assert out.getvalue().splitlines() == ["           seeing that all is well", "   20.0 s  fault      dead in the primary"]


def test_a_terminal_shows_who_is_served_where_and_why() -> None:
    """Everything of a moment, and the last deeds."""
    picture = DrillPicture("primary-dead")
    picture.marked(20.0, "fault", "dead in the primary")
    picture.sampled(MOMENT)

    text = drawn(picture)

    for part in (
        "4.5/s in us-east-2",
        "0.5/s not",
        "us-east-2; the hold is set",
        "✗ primary endpoint",
        "✓ standby endpoint",
        "us-east-1 is dead",
    ):
        assert part in text, part
    assert "dead in the primary" in text


def test_each_check_has_a_line_with_its_mark() -> None:
    """However long their names are."""
    picture = DrillPicture("x")
    picture.sampled(replace(MOMENT, checks=tuple((f"us-east-{number}.api.pay.example.test/health", number > 1) for number in (1, 2, 3))))

    lines = [line.strip() for line in drawn(picture).splitlines() if "example.test" in line]

    assert [line.partition("us-")[0].split()[-1] for line in lines] == ["✗", "✓", "✓"]


def test_what_nobody_could_answer_is_said_so() -> None:
    """And is neither healthy nor clear."""
    picture = DrillPicture("x")
    picture.sampled(replace(MOMENT, answer_region=None, held=None, answered=(), faults=()))

    text = drawn(picture)

    assert "nowhere; the hold cannot be asked" in text
    assert "acknowledged   nothing" in text


def test_bars_grow_with_the_share_and_a_dot_is_no_traffic() -> None:
    """Full is all good."""
    assert bars([1.0, 0.5, 0.0, None]) == "█▄ ·"


def test_a_program_gets_every_sample() -> None:
    """As one record a line."""
    out = io.StringIO()
    with JsonReport(clock=StillClock(), out=out).drilling("primary-dead") as progress:
        progress.marked(20.0, "fault", "dead in the primary")
        progress.sampled(MOMENT)

    deed, sample = [json.loads(line) for line in out.getvalue().splitlines()]
    assert (deed["event"], deed["deed"], deed["at_seconds"]) == ("note", "dead in the primary", 20.0)
    assert (sample["event"], sample["answered_per_second"], sample["held"]) == ("drill_sampled", {"us-east-2": 4.5}, True)
