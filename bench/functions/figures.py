"""What was measured, made into the figures of the tables: medians, ratios and goals. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

IMPORT_RATIO_MAX: Final = 1.2

SUBJECTS: Final = ("ours", "peer", "boto3")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One row of the first table: its name for readers, and how its values (seconds, KiB) become the unit shown."""

    name: str
    unit: str
    times: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one call asks of DynamoDB, on average over all measured calls."""

    writes: float
    reads: float
    write_units: float
    read_units: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everything one run of the command found.

    `medians` maps (measure, subject) to the median in the measure's unit, `asked` (kind of call, subject) to requests, `utilities`
    (utility, "theirs" or "ours") to medians of import (ms), its processor time (ms) and one use's (us).
    """

    medians: Mapping[tuple[str, str], float]
    asked: Mapping[tuple[str, str], Asked]
    utilities: Mapping[tuple[str, str], tuple[float, float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A goal, what was measured of it, and whether it is met."""

    name: str
    found: str
    met: bool


IMPORT: Final = Measure(name="import and client", unit="ms", times=1e3)
IMPORT_CPU: Final = Measure(name="import and client, processor", unit="ms", times=1e3)
IMPORT_MEMORY: Final = Measure(name="memory after it, peak", unit="MiB", times=1 / 1024)
CALLS_MEMORY: Final = Measure(name="memory after the calls, peak", unit="MiB", times=1 / 1024)


def call_measure(kind: str) -> Measure:
    """Return the measure of the processor time of one call of `kind`."""
    return Measure(name=f"{kind}, processor", unit="ms", times=1e3)


def measures(kinds: Sequence[str]) -> tuple[Measure, ...]:
    """Return the rows of the first table in their order."""
    return (IMPORT, IMPORT_CPU, IMPORT_MEMORY, *(call_measure(kind) for kind in kinds), CALLS_MEMORY)


def median_of(measure: Measure, values: Sequence[float]) -> float:
    """Return the median of `values` in the measure's unit."""
    return median(values) * measure.times


def ratio(one: float, other: float) -> float:
    """Return how many times `other` goes into `one`; 0 when there is nothing to compare with."""
    return one / other if other else 0.0


def goals(figures: Figures) -> tuple[Goal, ...]:
    """Return the goals the functions are held to, judged by `figures`."""
    new = figures.asked["new payment", "ours"]
    # By the processor's time: by the wall's, whatever else the machine does would be judged too.
    import_ratio = ratio(figures.medians[IMPORT_CPU.name, "ours"], figures.medians[IMPORT_CPU.name, "boto3"])
    return (
        Goal(
            name="a new payment asks DynamoDB for one write and no read",
            found=f"writes {new.writes:g}, reads {new.reads:g}",
            met=(new.writes, new.reads) == (1, 0),
        ),
        Goal(
            name=f"import and client take at most {IMPORT_RATIO_MAX:g} times the processor time of boto3 and its client alone",
            found=f"{import_ratio:.2f} times",
            met=import_ratio <= IMPORT_RATIO_MAX,
        ),
    )
