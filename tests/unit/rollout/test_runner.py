"""The runner: what must not begin, what is skipped, what is told, and how it ends."""

from __future__ import annotations

import pytest

from deployer.planning.plan import RolloutPlan
from deployer.rollout.result import RolloutResult
from deployer.rollout.runner import roll_out
from deployer.vocabulary.errors import AwsRefused, DeployerError, InputRefused, StoppedWatching
from deployer.vocabulary.events import Event, RolloutEnded, RolloutStarted, StepEnded, StepFailed, StepSkipped, StepStarted
from tests.support.rollout.clock import FakeClock
from tests.support.rollout.fake_aws import FakeAws
from tests.support.rollout.fake_stacks import Frame
from tests.support.rollout.plans import (
    HOME,
    PEER,
    a_blocker,
    a_bucket_emptying,
    a_plan,
    a_stack_apply,
    a_stack_removal,
    a_stack_set_removal,
    a_stack_set_rollout,
)
from tests.support.rollout.wire import refusal

BODY = "Resources: {}"


def perform(world: FakeAws, plan: RolloutPlan) -> tuple[RolloutResult | None, DeployerError | None, list[Event]]:
    """Perform the plan; return the result or the error, and every event."""
    events: list[Event] = []
    try:
        return roll_out(plan, world.aws(), events.append, world.clock), None, events
    except DeployerError as error:
        return None, error, events


def names(events: list[Event]) -> list[str]:
    """Return the kinds of events that frame steps."""
    framing = (RolloutStarted, StepStarted, StepSkipped, StepEnded, StepFailed, RolloutEnded)
    return [type(event).__name__ for event in events if isinstance(event, framing)]


def test_plan_with_blockers_begins_nothing() -> None:
    """Every blocker is told, and AWS is not even asked."""
    world = FakeAws()
    plan = a_plan(a_stack_apply(BODY), bodies=(BODY,), blockers=(a_blocker("The table's consistency is fixed"), a_blocker("Stuck")))

    _, error, events = perform(world, plan)

    assert isinstance(error, InputRefused)
    assert "The table's consistency is fixed" in error.detail
    assert "Stuck" in error.detail
    assert (world.calls, events) == ([], [])


def test_plan_for_another_account_changes_nothing() -> None:
    """The account is compared before the first change; both are named."""
    world = FakeAws()
    world.account_id = "444455556666"

    _, error, events = perform(world, a_plan(a_stack_apply(BODY), bodies=(BODY,)))

    assert isinstance(error, InputRefused)
    assert "444455556666" in error.detail
    assert "111122223333" in error.detail
    assert (world.changes, events) == ([], [])


def test_plan_with_nothing_to_do_asks_aws_nothing() -> None:
    """Steps without an action are told as skipped, with their reasons; the outcome says so."""
    world = FakeAws()
    plan = a_plan(a_stack_apply(BODY, action="none", reason="unchanged"), a_stack_set_rollout(BODY, action="none"), bodies=(BODY,))

    result, _, events = perform(world, plan)

    assert result is not None
    assert result.outcome == "nothing_to_do"
    assert world.calls == []
    assert names(events) == ["RolloutStarted", "StepSkipped", "StepSkipped", "RolloutEnded"]
    assert next(event.reason for event in events if isinstance(event, StepSkipped)) == "unchanged"


def test_steps_are_performed_in_the_plans_order() -> None:
    """Each is begun after the one before it has ended."""
    world = FakeAws()
    plan = a_plan(a_stack_set_rollout(BODY), a_stack_apply(BODY), bodies=(BODY,))

    result, _, events = perform(world, plan)

    assert result is not None
    assert result.outcome == "done"
    assert names(events) == ["RolloutStarted", *["StepStarted", "StepEnded"] * 2, "RolloutEnded"]
    assert world.changes == [(HOME, "create_stack_set"), (HOME, "create_stack_instances"), (HOME, "create_stack")]


def test_no_step_follows_one_that_failed() -> None:
    """The failed step tells why, the end says failed, and the error leaves the runner."""
    world = FakeAws()
    world.refusals["create_stack_set"] = refusal("AccessDenied", "not you")

    _, error, events = perform(world, a_plan(a_stack_set_rollout(BODY), a_stack_apply(BODY), bodies=(BODY,)))

    assert isinstance(error, AwsRefused)
    assert names(events) == ["RolloutStarted", "StepStarted", "StepFailed", "RolloutEnded"]
    failed = next(event for event in events if isinstance(event, StepFailed))
    assert (failed.summary, failed.detail, failed.hint) == (error.summary, error.detail, error.hint)
    assert world.changes == [(HOME, "create_stack_set")]


def test_stacks_of_two_regions_are_applied_side_by_side() -> None:
    """Both are begun, both are waited for, and both tell of their steps."""
    world = FakeAws()
    steps = [a_stack_apply(BODY, phase="bootstrap", stack_name="payment-bootstrap-test", region=region) for region in (HOME, PEER)]

    result, _, events = perform(world, a_plan(*steps, bodies=(BODY,)))

    assert result is not None
    assert sorted(world.changes) == [(PEER, "create_stack"), (HOME, "create_stack")]
    assert names(events).count("StepEnded") == 2


def test_one_of_two_failing_lets_the_other_finish() -> None:
    """The failure is raised after the other Region's stack has settled."""
    world = FakeAws()
    world.stacks(PEER).timelines["payment-bootstrap-test"] = [[Frame("ROLLBACK_COMPLETE")]]
    steps = [a_stack_apply(BODY, phase="bootstrap", stack_name="payment-bootstrap-test", region=region) for region in (PEER, HOME)]

    _, error, events = perform(world, a_plan(*steps, bodies=(BODY,)))

    assert error is not None
    assert "us-east-1" in error.summary
    assert sorted(names(events)[1:5]) == ["StepEnded", "StepFailed", "StepStarted", "StepStarted"]


def test_interruption_says_that_aws_goes_on() -> None:
    """Ctrl-C during a wait ends the roll-out with a sentence, not a traceback."""

    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    world = FakeAws(FakeClock(on_sleep=interrupt))

    _, error, events = perform(world, a_plan(a_stack_set_rollout(BODY), bodies=(BODY,)))

    assert isinstance(error, StoppedWatching)
    assert error.detail.splitlines()[0] == "Under way: payment-regional-test to us-east-2, us-east-1."
    assert "goes on by itself" in error.detail
    assert error.exit_code == 130
    assert [event.outcome for event in events if isinstance(event, RolloutEnded)] == ["interrupted"]


def test_tear_down_leaves_nothing_and_says_what_was_kept() -> None:
    """Buckets, global stack, instances and StackSet go in the plan's order; a retained resource is told with its name."""
    world = FakeAws()
    world.buckets(PEER).versions["payment-audit-logs-primary-test"] = [{"Key": "a", "VersionId": "1"}]
    world.stacks(HOME).add("payment-global-test")
    world.stacks(HOME).timelines["payment-global-test"] = [
        [Frame("DELETE_COMPLETE", (("PaymentsTable", "AWS::DynamoDB::GlobalTable", "DELETE_SKIPPED", ""),))]
    ]
    world.stack_sets.add(HOME, PEER)
    plan = a_plan(a_bucket_emptying("payment-audit-logs-primary-test", PEER), a_stack_removal(), a_stack_set_removal(), intent="tear-down")

    result, _, _ = perform(world, plan)

    assert result is not None
    assert [(kept.logical_id, kept.physical_id) for kept in result.retained] == [("PaymentsTable", "physical-PaymentsTable")]
    assert world.changes == [
        (PEER, "delete_objects"),
        (HOME, "delete_stack"),
        (HOME, "delete_stack_instances"),
        (HOME, "delete_stack_set"),
    ]
    assert world.stack_sets.definition is None


@pytest.mark.parametrize("intent", ["roll-out", "tear-down"])
def test_start_says_what_is_meant(intent: str) -> None:
    """The first event carries the plan's id, suffix, intent and how many steps do something."""
    plan = a_plan(a_stack_apply(BODY, action="none"), intent=intent, bodies=(BODY,))  # type: ignore[arg-type]

    _, _, events = perform(FakeAws(), plan)

    started = events[0]
    assert isinstance(started, RolloutStarted)
    assert (started.plan_id, started.suffix, started.intent, started.steps_count) == (plan.plan_id, "test", intent, 0)
