"""What a terminal and what a log get to see of the same roll-out."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from deployer.planning.plan import RolloutPlan
from deployer.reporting.console import ConsoleProgress, line
from deployer.reporting.progress import Progress
from deployer.vocabulary.events import (
    Event,
    RegionSettled,
    ResourceMoved,
    RolloutEnded,
    RolloutInterrupted,
    RolloutStarted,
    StepEnded,
    StepFailed,
    StepStarted,
    UndoEnded,
    UndoStarted,
)
from tests.support.command_line import StillClock
from tests.support.gates import a_gate
from tests.support.plans import AT, a_bootstrap, a_plan, a_regional_rollout, sampled

STEP = a_regional_rollout()
PLAN = a_plan(STEP)


def resource(logical_id: str, status: str, region: str, reason: str = "") -> ResourceMoved:
    """Return that a resource moved."""
    return ResourceMoved(
        at=AT,
        phase="regional",
        stack_name="StackSet-1",
        region=region,
        logical_id=logical_id,
        resource_type="AWS::IAM::Role",
        status=status,
        reason=reason,
    )


EVENTS: tuple[Event, ...] = (
    RolloutStarted(at=AT, plan_id=PLAN.plan_id, suffix="local", intent="roll-out", steps_count=1),
    StepStarted(at=AT, phase="regional", step=STEP.title),
    resource("PaymentRole", "CREATE_IN_PROGRESS", "us-east-2"),
    resource("PaymentRole", "CREATE_COMPLETE", "us-east-2"),
    resource("HealthRole", "CREATE_COMPLETE", "us-east-2"),
    RegionSettled(at=AT, phase="regional", stack_name="StackSet-1", region="us-east-2", status="CURRENT", took_seconds=9.0),
    resource("PaymentRole", "CREATE_FAILED", "us-east-1", "the role exists"),
    StepFailed(at=AT, phase="regional", step=STEP.title, summary="Stopped in us-east-1", detail="", hint=""),
    RolloutEnded(at=AT, plan_id=PLAN.plan_id, intent="roll-out", outcome="failed", took_seconds=75.0),
)


def drawn(*, terminal: bool, columns: int = 140, events: tuple[Event, ...] = EVENTS, plan: RolloutPlan = PLAN) -> str:
    """Return what the stream received."""
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=terminal, width=columns, highlight=False, markup=False, no_color=True)
    with ConsoleProgress(console, StillClock()).performing(plan) as tell:
        for event in events:
            tell(event)
    return stream.getvalue()


def test_a_log_gets_one_timestamped_line_a_fact() -> None:
    """When, phase, Region, how far, what; the resource that failed says why; no line for a resource that only began."""
    assert drawn(terminal=False).splitlines() == [
        "05:06:07Z  roll-out of local began: 1 step, plan abababababab",
        "05:06:07Z  regional    payment-regional-local to us-east-2, us-east-1",
        "05:06:07Z  regional    us-east-2   [1/2] PaymentRole (AWS::IAM::Role) CREATE_COMPLETE",
        "05:06:07Z  regional    us-east-2   [2/2] HealthRole (AWS::IAM::Role) CREATE_COMPLETE",
        "05:06:07Z  regional    us-east-2   StackSet-1: CURRENT after 9.0 s",
        "05:06:07Z  regional    us-east-1   PaymentRole (AWS::IAM::Role) CREATE_FAILED: the role exists",
        "05:06:07Z  regional    payment-regional-local to us-east-2, us-east-1: failed: Stopped in us-east-1",
        "05:06:07Z  roll-out ended: failed after 1 min 15 s",
    ]


def test_a_log_never_gets_control_characters() -> None:
    """No redrawn bar, no cursor movement, no colour."""
    assert "\x1b" not in drawn(terminal=False)
    assert "\r" not in drawn(terminal=False)


def test_a_long_line_of_a_log_is_never_broken() -> None:
    """A log viewer wraps; a search must find the whole sentence."""
    long = resource("PaymentRole", "CREATE_FAILED", "us-east-1", "reason " * 60)

    assert len(drawn(terminal=False, columns=80, events=(long,)).splitlines()) == 1


def test_a_terminal_gets_a_grid_of_phases_and_regions() -> None:
    """The last drawing stays on the screen."""
    last = drawn(terminal=True, columns=80).split("roll-out of local")[-1]

    assert "us-east-2" in last
    assert "done 9.0 s" in last
    assert "failed PaymentRole" in last


def test_a_terminal_keeps_the_failure_above_the_grid() -> None:
    """What failed and why must not be drawn over."""
    assert "PaymentRole (AWS::IAM::Role) CREATE_FAILED: the role exists" in " ".join(drawn(terminal=True).split())


def test_the_grid_fits_eighty_columns() -> None:
    """No row is longer than the terminal is wide."""
    last = drawn(terminal=True, columns=80, events=EVENTS[:5]).split("roll-out of local")[-1]

    assert "…" not in last
    assert max(len(row) for row in last.split("\x1b")[0].splitlines()) <= 80


def test_a_step_that_ended_says_how_long_it_took() -> None:
    """In seconds below a minute."""
    (line,) = drawn(terminal=False, events=(StepEnded(at=AT, phase="global", step="payment-global", took_seconds=59.94),)).splitlines()

    assert line == "05:06:07Z  global      payment-global: done in 59.9 s"


def test_a_resource_that_was_only_touched_has_no_line() -> None:
    """An update tells of resources it did not change; the plan says which those are, and the event log keeps them."""
    touched, changed = resource("Other", "UPDATE_COMPLETE", "us-east-2"), resource("PaymentRole", "UPDATE_COMPLETE", "us-east-2")

    (line,) = drawn(terminal=False, events=(touched, changed)).splitlines()

    assert line.endswith("[1/2] PaymentRole (AWS::IAM::Role) UPDATE_COMPLETE")


def test_an_end_that_aws_has_told_is_not_told_twice() -> None:
    """A stack's own final status says more than that its step ended."""
    step = a_bootstrap()
    status = RegionSettled(
        at=AT, phase="bootstrap", stack_name=step.stack_name, region=step.region, status="CREATE_COMPLETE", took_seconds=1.0
    )
    events = (
        StepStarted(at=AT, phase="bootstrap", step=step.title),
        status,
        StepEnded(at=AT, phase="bootstrap", step=step.title, took_seconds=1.2),
    )

    lines = drawn(terminal=False, events=events, plan=a_plan(step)).splitlines()

    assert [line.split("  ", 1)[1] for line in lines] == [
        "bootstrap   payment-bootstrap-local in us-east-2",
        "bootstrap   us-east-2   payment-bootstrap-local: CREATE_COMPLETE after 1.0 s",
    ]


def test_gate_tells_each_change_once() -> None:
    """Twenty looks that say the same are one line; on a terminal the bad ones stay above the grid."""
    gate = a_gate("us-east-2")
    looks = (
        *[sampled("payment", detail="paid")] * 9,
        *[sampled("payment", good=False, detail="HTTP 500")] * 3,
        sampled("payment", detail="paid"),
    )
    events = (StepStarted(at=AT, phase="gate", step=gate.title), *looks)

    assert drawn(terminal=False, events=events, plan=a_plan(gate)).splitlines() == [
        "05:06:07Z  gate        gate of us-east-2",
        "05:06:07Z  gate        us-east-2   payment: good: paid",
        "05:06:07Z  gate        us-east-2   payment: bad: HTTP 500",
        "05:06:07Z  gate        us-east-2   payment: good: paid",
    ]
    assert drawn(terminal=True, events=events, plan=a_plan(gate)).count("payment: bad: HTTP 500") == 1
    assert "payment: good" not in drawn(terminal=True, events=events, plan=a_plan(gate))


@pytest.mark.parametrize(
    ("outcome", "style"),
    [("done", "green"), ("nothing_to_do", "green"), ("failed", "bold red"), ("undone", "bold yellow"), ("interrupted", "bold yellow")],
)
def test_an_end_that_is_not_good_is_not_green(outcome: str, style: str) -> None:
    """What was undone or interrupted is no failure that stands, and nothing to be content with."""
    told = line(RolloutEnded(at=AT, plan_id="p", intent="roll-out", outcome=outcome, took_seconds=1.0), Progress(PLAN))

    assert told is not None
    assert told.plain.endswith(f"roll-out ended: {outcome.replace('_', ' ')} after 1.0 s")
    assert str(told.spans[-1].style) == style


def test_failure_of_a_whole_stack_leaves_no_line_of_its_own_on_a_terminal() -> None:
    """Its Region's line says it; the stack's own event has no words, and none are made up."""
    whole = replace(resource("StackSet-1", "CREATE_FAILED", "us-east-1"), resource_type="AWS::CloudFormation::Stack")

    assert "None" not in drawn(terminal=True, events=(*EVENTS[:2], whole))


UNDO: tuple[Event, ...] = (
    UndoStarted(at=AT, plan_id=PLAN.plan_id, cause="it failed", regions=("us-east-2", "us-east-1")),
    RegionSettled(at=AT, phase="undo", stack_name="StackSet-1", region="us-east-2", status="SUCCEEDED", took_seconds=6.5),
    UndoEnded(at=AT, plan_id=PLAN.plan_id, outcome="undone", standing=("us-east-2: put back, CURRENT",), took_seconds=7.0),
)


def test_an_undo_is_told_from_its_beginning_to_its_end() -> None:
    """Whoever reads the log later sees where it turned back."""
    assert drawn(terminal=False, events=UNDO).splitlines() == [
        "05:06:07Z  undo        putting back what had moved, looked for in us-east-2, us-east-1",
        "05:06:07Z  undo        us-east-2   StackSet-1: SUCCEEDED after 6.5 s",
        "05:06:07Z  undo        undone after 7.0 s",
    ]


def test_an_undo_has_a_row_of_its_own_on_a_terminal() -> None:
    """No plan has it, and the last drawing shows it."""
    last = drawn(terminal=True, events=UNDO).split("phase")[-1]

    assert "undo" in last
    assert "done 0.0 s" in last or "done 6.5 s" in last


def test_a_question_is_not_drawn_over() -> None:
    """Between Ctrl-C and the answer the drawing rests; then it goes on."""
    asked, answered = RolloutInterrupted(at=AT, choice=""), RolloutInterrupted(at=AT, choice="go on")

    assert "no change" not in drawn(terminal=True, events=(asked, answered, *EVENTS))
    assert drawn(terminal=False, events=(asked, answered)).splitlines() == ["05:06:07Z  interrupted: go on"]
