"""The tables of docs/benchmarks.md, as Markdown, and their place in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bench.functions.figures import Figures, goals, measures, ratio
from bench.functions.utilities import UTILITIES
from bench.markdown import DOCUMENT as DOCUMENT
from bench.markdown import marks, table, with_part

NAME: Final = "bench.functions"
BEGIN, END = marks(NAME)

COST_HEAD: Final = ("what", "ours ÷ boto3", "ours ÷ Powertools", "Powertools ÷ boto3", "ours", "Powertools", "boto3 alone")
ASKED_HEAD: Final = ("call", "requests, ours ÷ Powertools", "ours: writes + reads", "units", "Powertools: writes + reads", "units")
UTILITY_HEAD: Final = ("utility", "import", "processor", "one use", "in its place", "import", "processor", "one use", "decision")
GOAL_HEAD: Final = ("goal", "measured", "met")


def tables(figures: Figures, kinds: Sequence[str], *, about: str) -> str:
    """Return everything between the marks: how it was measured (`about`), goals, costs, requests, utilities."""
    parts = (
        about,
        table(GOAL_HEAD, [(goal.name, goal.found, "yes" if goal.met else "no") for goal in goals(figures)]),
        table(COST_HEAD, cost_rows(figures, kinds)),
        "What a call asks of DynamoDB:",
        table(ASKED_HEAD, asked_rows(figures, kinds)),
        "What a utility of Powertools costs a function that has its client already, and what stands in its place:",
        table(UTILITY_HEAD, utility_rows(figures)),
    )
    return "\n\n".join(parts)


def cost_rows(figures: Figures, kinds: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the rows of the first table: ratios first, then what they are made of."""
    rows: list[tuple[str, ...]] = []
    for measure in measures(kinds):
        ours, peer, floor = (figures.medians[measure.name, subject] for subject in ("ours", "peer", "boto3"))
        ratios = (ratio(ours, floor), ratio(ours, peer), ratio(peer, floor))
        values = (f"{value:.{0 if value >= 100 else 1 if value >= 10 else 2}f} {measure.unit}" for value in (ours, peer, floor))
        rows.append((measure.name, *(f"{one:.2f}" for one in ratios), *values))
    return rows


def asked_rows(figures: Figures, kinds: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the rows of the second table."""
    rows = []
    for kind in kinds:
        ours, peer = figures.asked[kind, "ours"], figures.asked[kind, "peer"]
        cells = [f"{ratio(ours.writes + ours.reads, peer.writes + peer.reads):.2f}"]
        for one in (ours, peer):
            cells += [f"{one.writes:g} + {one.reads:g}", f"{one.write_units:g} write, {one.read_units:g} read"]
        rows.append((kind, *cells))
    return rows


def utility_rows(figures: Figures) -> list[tuple[str, ...]]:
    """Return the rows of the third table."""
    rows: list[tuple[str, ...]] = []
    for utility in UTILITIES:
        theirs, ours = (_utility_cells(*figures.utilities[utility.name, side], used=bool(utility.our_use)) for side in ("theirs", "ours"))
        rows.append((utility.name, *theirs, utility.instead_name, *ours, utility.decision))
    return rows


def _utility_cells(import_ms: float, cpu_ms: float, use_us: float, *, used: bool) -> tuple[str, str, str]:
    return f"{import_ms:.1f} ms", f"{cpu_ms:.1f} ms", f"{use_us:.0f} µs" if used else "see above"


def with_tables(document: str, text: str) -> str:
    """Return the document with `text` between its marks; raises ValueError when it has not exactly one such place."""
    return with_part(document, NAME, text)
