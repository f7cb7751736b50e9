"""What a simulation found, for a person and for a program."""

from __future__ import annotations

import math
import re

from rich.console import Console

from deployer.reporting.simulation_view import SimulationRow, SimulationView


def a_view(**changes: float) -> SimulationView:
    """Return a study of one load."""
    figures = {"median_seconds": 40.04, "p95_seconds": 50.0, "p99_seconds": 59.0, "worst_seconds": 61.26} | changes
    row = SimulationRow(payments_per_second=1000, limits="as prod has them", given_up_share=0.2514, unrecovered_count=3, **figures)
    return SimulationView(
        environment="prod", fault="dead", trials=2000, seed=7, recovery_seconds_max=60, rows=(row,), page="build/prod/simulation-dead.html"
    )


def drawn(view: SimulationView) -> str:
    """Return the drawing with its colours as escape sequences."""
    console = Console(width=140, force_terminal=True, color_system="standard")
    with console.capture() as capture:
        console.print(view.drawing())
    return capture.get()


def test_what_breaks_the_bound_is_red_and_nothing_else() -> None:
    """61.3 s of 60."""
    text = drawn(a_view())

    assert re.findall(r"\x1b\[31m\s*([^\x1b\s]+)\s*\x1b\[0m", text) == ["61.3"]
    assert "25.1%" in text
    assert "build/prod/simulation-dead.html" in text


def test_a_recovery_that_never_came_is_a_word_for_a_person_and_null_for_a_program() -> None:
    """JSON knows no infinity."""
    view = a_view(worst_seconds=math.inf)

    assert "never" in drawn(view)
    (row,) = view.record()["rows"]
    assert row["recovery_seconds"] == {"median": 40.0, "p95": 50.0, "p99": 59.0, "worst": None}
