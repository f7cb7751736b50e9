"""A verdict is read at a glance: what broke, by how much, and where to look."""

from __future__ import annotations

import io

from deployer.reporting.drill_view import DrillsView, FindingRow, ScenarioListView, VerdictView
from deployer.reporting.report import HumanReport
from tests.support.command_line import StillClock

KEPT = FindingRow(rule="lookups", sentence="Nobody was told otherwise", measured="0", limit="0", broken=False, detail="not shown")
BROKE = FindingRow(
    rule="data-loss", sentence="Payments that are missing", measured="3, 1.2 s", limit="0, 0 s", broken=True, detail="id-1; id-2"
)


def a_verdict(*rows: FindingRow, recovery_seconds: float | None = 41.26, time_scale: float = 1.0) -> VerdictView:
    """Return the view of a drill."""
    return VerdictView(
        scenario="primary-dead",
        environment="local",
        time_scale=time_scale,
        recovery_seconds=recovery_seconds,
        findings=rows,
        files=("out/report.html",),
    )


def drawn(view: VerdictView | ScenarioListView | DrillsView) -> str:
    """Return what a person sees where there is no terminal."""
    out = io.StringIO()
    HumanReport(clock=StillClock(), out=out, err=io.StringIO()).show(view)
    return out.getvalue()


def test_kept_limits_are_one_line_each() -> None:
    """With the recovery that clients saw, and where to look."""
    told = drawn(a_verdict(KEPT))

    assert "primary-dead: kept every limit, recovered in 41.3 s." in told
    assert "not shown" not in told
    assert "Look at out/report.html" in told


def test_broken_limit_comes_with_examples() -> None:
    """Enough to begin looking."""
    told = drawn(a_verdict(KEPT, BROKE, recovery_seconds=None))

    assert "broke 1 limit." in told
    assert "id-1; id-2" in told
    assert "✗" in told


def test_several_drills_stand_side_by_side() -> None:
    """What was measured of each, and which rules were broken."""
    view = DrillsView(verdicts=(a_verdict(KEPT), a_verdict(KEPT, BROKE)))
    told = drawn(view)

    assert "data-loss" in told
    assert "3, 1.2 s" in told
    assert [one["measured"]["data-loss"] for one in view.record()["drills"]] == ["", "3, 1.2 s"]


def test_scaled_time_is_said() -> None:
    """Seconds that were multiplied are no measured ones."""
    assert "measured ones times 6" in drawn(a_verdict(KEPT, time_scale=6.0))


def test_program_gets_every_finding() -> None:
    """Kept or broken, with what was measured."""
    told = a_verdict(KEPT, BROKE).record()

    assert (told["passed"], told["recovery_seconds"]) == (False, 41.3)
    assert [(one["rule"], one["broken"]) for one in told["findings"]] == [("lookups", False), ("data-loss", True)]


def test_scenarios_are_told_with_purpose_and_length() -> None:
    """To a person and to a program."""
    view = ScenarioListView(scenarios=(("flapping", "Comes and goes.", 290.0),))

    assert "Comes and goes." in drawn(view)
    assert view.record()["scenarios"] == [{"name": "flapping", "purpose": "Comes and goes.", "seconds": 290.0}]
