"""Traffic and its moves in words: who takes payments, what will happen, what happened."""

from __future__ import annotations

import io

import pytest

from deployer.planning.move_planner import plan_fail_back, plan_fail_over
from deployer.planning.traffic import Traffic
from deployer.reporting.move_view import MoveEndView, MoveView, move_line
from deployer.reporting.report import HumanReport
from deployer.reporting.traffic_view import TrafficView
from deployer.vocabulary.events import Event, HoldChanged, NameAnswered, RolloutEnded, TrafficMoved
from tests.support.command_line import StillClock
from tests.support.rendering import an_environment
from tests.support.traffic import EAST, HOLD, OHIO, a_region, a_traffic, leads_to, silent

AT = "2026-11-22T18:05:04.000+00:00"


def shown(view: object) -> list[str]:
    """Return the lines a person reads."""
    out = io.StringIO()
    HumanReport(clock=StillClock(), out=out, err=out).show(view)  # type: ignore[arg-type]
    return out.getvalue().splitlines()


@pytest.mark.parametrize(
    ("traffic", "line"),
    [
        (a_traffic(), "payments: us-east-1 (primary) takes them: api.pay.example.test leads there"),
        (
            a_traffic(leads_to(EAST, 1), leads_to(OHIO, 2)),
            "payments: us-east-1 and us-east-2 take them: name servers disagree on api.pay.example.test, as while it moves",
        ),
        (a_traffic(silent()), "payments: nobody knows who takes them: no name server answers for api.pay.example.test"),
        (a_traffic(hold_problem="refused"), "hold: not known: refused"),
        (a_traffic(), "hold: none: the primary takes payments while it is healthy"),
        (
            a_traffic(primary=a_region(EAST, "primary", status=503, said="table unreachable", passing=7)),
            "us-east-1 (primary): not healthy (table unreachable); 7 of 8 checkers pass it",
        ),
        (a_traffic(primary=a_region(EAST, "primary", passing=7)), "  checker in checker-7: Failure: x"),
        (a_traffic(primary=a_region(EAST, "primary", passing=None)), "  checkers: refused"),
    ],
)
def test_traffic_is_told_in_words(traffic: Traffic, line: str) -> None:
    """Each fact in a line of its own."""
    assert line in shown(TrafficView(traffic=traffic))


def test_objections_and_cautions_are_told_before_anything_happens() -> None:
    """With what forcing would do."""
    sick = a_traffic(leads_to(OHIO), hold=HOLD, primary=a_region(EAST, "primary", status=503, said="table unreachable"))
    move = plan_fail_back(sick, an_environment(table={"consistency": "eventual"}))

    lines = shown(MoveView(move=move))
    assert any(line.startswith("against it: us-east-1 says it cannot take payments: table unreachable. If forced, ") for line in lines)
    assert any(line.startswith("mind: The table is eventually consistent") for line in lines)
    assert MoveView(move=move).record()["objections"][0]["fault"] == "us-east-1 says it cannot take payments: table unreachable"


def test_end_says_the_seconds_and_the_ttl_that_is_left() -> None:
    """Callers follow later than name servers."""
    move = plan_fail_over(a_traffic(), an_environment())
    view = MoveEndView(move=move, outcome="done", took_seconds=17.46, ttl_seconds=10)

    assert shown(view) == ["api.pay.example.test leads to us-east-2 after 17.5 s; callers follow within the TTL of 10 s."]
    assert view.record()["took_seconds"] == 17.46


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (
            HoldChanged(at=AT, region=OHIO, action="set", set_at=AT, set_by="ann", reason="x"),
            "18:05:04Z  hold set in us-east-2 by ann: x",
        ),
        (
            HoldChanged(at=AT, region=OHIO, action="cleared", set_at=AT, set_by="ann", reason="x"),
            f"18:05:04Z  hold cleared in us-east-2: it was set at {AT} by ann: x",
        ),
        (
            NameAnswered(at=AT, name="api.x", regions="us-east-1,us-east-2", after_seconds=3),
            "18:05:04Z  api.x leads to us-east-1 and us-east-2 (3.0 s)",
        ),
        (NameAnswered(at=AT, name="api.x", regions="", after_seconds=3), "18:05:04Z  api.x leads to no Region that is known (3.0 s)"),
        (
            TrafficMoved(at=AT, name="api.x", region=OHIO, took_seconds=17),
            "18:05:04Z  every name server leads api.x to us-east-2: 17.0 s",
        ),
    ],
)
def test_event_of_a_move_is_a_line(event: Event, line: str) -> None:
    """When, and what."""
    told = move_line(event)

    assert told is not None
    assert told.plain == line


def test_event_of_something_else_is_not_a_moves() -> None:
    """Its own view draws it."""
    assert move_line(RolloutEnded(at=AT, plan_id="1", intent="roll-out", outcome="done", took_seconds=1)) is None
