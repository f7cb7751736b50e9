"""What was measured, made into the figures of the tables: medians, spreads, ratios and goals. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from bench.rollout.taken import Taken

# How much longer than the operations alone the deployer may take, gates apart.
OVER_BARE_MAX: Final = 1.10


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One contestant's one job over all rounds: seconds by the wall without gates (median, least, most), gates, processor, calls."""

    seconds: float
    seconds_least: float
    seconds_most: float
    gate_seconds: float
    processor_seconds: float
    calls: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A goal, what was measured of it, and whether it is met."""

    name: str
    found: str
    met: bool


Figures = dict[tuple[str, str], Figure]


def figures_of(taken: Sequence[Taken]) -> Figures:
    """Return the figure of each (contestant, job)."""
    of: dict[tuple[str, str], list[Taken]] = defaultdict(list)
    for one in taken:
        of[one.contestant, one.job].append(one)
    return {place: _figure(all_) for place, all_ in of.items()}


def goals(figures: Figures, *, ours: str, bare: str, others: Sequence[str], jobs: Sequence[str]) -> tuple[Goal, ...]:
    """Return the goals of each job, judged by `figures`; the waits of gates are asked for and count for nobody."""
    found: list[Goal] = []
    for job in jobs:
        mine, floor = figures[ours, job].seconds, figures[bare, job].seconds
        best = min(others, key=lambda name: figures[name, job].seconds)
        rival = figures[best, job].seconds
        found.append(
            Goal(
                name=f"{job}: no other tool is faster", found=f"{rival / mine:.2f} times as long takes {best}, the next", met=mine <= rival
            )
        )
        ratio = mine / floor
        found.append(
            Goal(
                name=f"{job}: at most {OVER_BARE_MAX:.2f} times the operations alone",
                found=f"{ratio:.2f} times",
                met=ratio <= OVER_BARE_MAX,
            )
        )
    return tuple(found)


def _figure(taken: Sequence[Taken]) -> Figure:
    walls = [one.seconds - one.gate_seconds for one in taken]
    return Figure(
        seconds=median(walls),
        seconds_least=min(walls),
        seconds_most=max(walls),
        gate_seconds=median(one.gate_seconds for one in taken),
        processor_seconds=median(one.processor_seconds for one in taken),
        calls=median(sum(one.requests.values()) for one in taken),
    )
