"""The tables of docs/benchmarks.md about roll-outs, as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bench.markdown import table
from bench.rollout.contestants import BARE, CONTESTANTS, OURS
from bench.rollout.desk import JOBS
from bench.rollout.figures import Figure, Figures, goals

NAME: Final = "bench.rollout"
HEAD: Final = ("job", "who", "seconds", "least – most", "÷ bare operations", "processor, s", "AWS calls", "gates besides, s")
GOAL_HEAD: Final = ("goal", "measured", "met")
CANNOT_HEAD: Final = ("who", "what it leaves out of the job")
OTHERS: Final = tuple(one.name for one in CONTESTANTS if one not in (OURS, BARE))


def tables(figures: Figures, *, about: str) -> str:
    """Return everything between the marks: how it was measured (`about`), goals, figures, and what each leaves out."""
    judged = goals(figures, ours=OURS.name, bare=BARE.name, others=OTHERS, jobs=JOBS)
    parts = (
        about,
        table(GOAL_HEAD, [(goal.name, goal.found, "yes" if goal.met else "no") for goal in judged]),
        table(HEAD, rows(figures)),
        table(CANNOT_HEAD, [(one.name, one.cannot) for one in CONTESTANTS if one.cannot]),
    )
    return "\n\n".join(parts)


def rows(figures: Figures) -> Sequence[tuple[str, ...]]:
    """Return the rows of the table: a job after the other, the fastest first."""
    found = []
    for job in JOBS:
        names = sorted((one.name for one in CONTESTANTS), key=lambda name: figures[name, job].seconds)
        found += [(job, name, *_cells(figures[name, job], figures[BARE.name, job])) for name in names]
    return found


def _cells(figure: Figure, bare: Figure) -> tuple[str, ...]:
    return (
        f"{figure.seconds:.1f}",
        f"{figure.seconds_least:.1f} – {figure.seconds_most:.1f}",
        f"{figure.seconds / bare.seconds:.2f}",
        f"{figure.processor_seconds:.1f}",
        f"{figure.calls:.0f}",
        f"{figure.gate_seconds:.1f}" if figure.gate_seconds else "",
    )
