"""An operation's id tells what became of it: begun once, attached to, not repeated, tried again."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.aws.rollout_records import RecordPlace
from deployer.aws.stack_set_operations import create_instances
from deployer.planning.restore_point import RestorePoint, StackBefore, StackSetBefore
from deployer.rollout.context import RolloutContext
from deployer.rollout.held_record import HeldRecord
from deployer.rollout.operation import earlier_run, run_operation
from deployer.vocabulary.errors import RolloutBusy, RolloutFailed
from tests.support.rollout.fake_aws import ACCOUNT_ID, FakeAws
from tests.support.rollout.fake_stack_sets import Scene
from tests.support.rollout.plans import HOME, PEER, a_plan, a_stack_set_rollout

REGIONS = (HOME, PEER)
STUCK = [Scene("RUNNING", {HOME: "RUNNING"})] * 61


def run(world: FakeAws, operation_id: str = "rollout-0001") -> None:
    """Create instances under the step's operation id."""
    step = a_stack_set_rollout("", operation_id=operation_id)
    context = RolloutContext(plan=a_plan(step), aws=world.aws(), clock=world.clock, listener=lambda event: None)

    def begin(attempt_id: str) -> None:
        create_instances(context.aws, step.stack_set_name, HOME, operation_id=attempt_id, accounts=(ACCOUNT_ID,), regions=REGIONS)

    run_operation(step, context, verb="create", regions=REGIONS, standing=(), begin=begin)


def a_world(*timelines: list[Scene]) -> FakeAws:
    """Return an AWS with an empty StackSet whose next operations show these scenes."""
    world = FakeAws()
    world.stack_sets.add()
    world.stack_sets.timelines = list(timelines)
    return world


def ids(world: FakeAws) -> list[str]:
    """Return the id of every operation AWS took."""
    return [operation.operation_id for operation in world.stack_sets.operations]


def test_patience_ends_with_a_way_out() -> None:
    """The error names the operation, what stands where, and how to stop it."""
    with pytest.raises(RolloutFailed, match="still RUNNING after 60 s") as failed:
        run(a_world(STUCK))

    assert "us-east-2: OUTDATED" in failed.value.detail
    assert "stop-stack-set-operation --stack-set-name payment-regional-test --operation-id rollout-0001-create-1" in failed.value.hint


def test_request_sent_twice_is_one_operation() -> None:
    """A request whose answer was lost is sent again; the operation it began is watched."""
    world = a_world([*STUCK, *STUCK[:5], Scene("SUCCEEDED", {HOME: "SUCCEEDED", PEER: "SUCCEEDED"})])
    with pytest.raises(RolloutFailed):
        run(world)

    run(world)

    assert ids(world) == ["rollout-0001-create-1"]


def test_request_sent_again_after_the_end_is_done() -> None:
    """The operation has even ended before the request was sent again."""
    world = a_world()
    run(world)

    run(world)

    assert ids(world) == ["rollout-0001-create-1"]


def test_failed_operation_is_tried_again_under_a_new_id() -> None:
    """AWS takes an id once; the next attempt has the next number (fact 4.9)."""
    world = a_world([Scene("FAILED", {HOME: "FAILED", PEER: "CANCELLED"})])
    with pytest.raises(RolloutFailed):
        run(world)

    run(world)

    assert ids(world) == ["rollout-0001-create-1", "rollout-0001-create-2"]


def test_old_success_does_not_hide_what_happened_since() -> None:
    """When another plan has touched the StackSet meanwhile, the same plan is performed anew."""
    world = a_world()
    run(world)
    run(world, operation_id="rollout-0002")

    run(world)

    assert ids(world)[-1] == "rollout-0001-create-2"


def test_someone_elses_operation_is_named() -> None:
    """The StackSet is busy: exit code 7, and which operation it is."""
    world = a_world(STUCK)
    with pytest.raises(RolloutFailed):
        run(world, operation_id="rollout-0009")

    with pytest.raises(RolloutBusy, match="CREATE rollout-0009-create-1 is RUNNING") as busy:
        run(world)

    assert busy.value.exit_code == 7


def test_operation_stopped_from_outside_says_so() -> None:
    """Whoever stopped it is not overruled."""
    with pytest.raises(RolloutFailed, match="was stopped from outside"):
        run(a_world([Scene("STOPPED", {HOME: "SUCCEEDED", PEER: "CANCELLED"})]))


def test_request_sent_twice_that_failed_meanwhile_has_failed() -> None:
    """Its answer was lost, and before it was sent again the operation had failed: that was this run's attempt, and there is no second."""
    world = a_world([Scene("FAILED", {HOME: "FAILED", PEER: "CANCELLED"})])
    send = world.stack_sets.create_stack_instances

    def sent_twice(**request: Any) -> None:
        send(**request)
        send(**request)

    world.stack_sets.create_stack_instances = sent_twice  # type: ignore[method-assign, assignment]

    with pytest.raises(RolloutFailed, match="operation rollout-0001-create-1"):
        run(world)

    assert ids(world) == ["rollout-0001-create-1"]


def a_restore_point() -> RestorePoint:
    """Return something to go back to."""
    stack_set = StackSetBefore(
        name="payment-regional-test",
        region=HOME,
        template_digest="",
        parameters=(),
        tags=(),
        administration_role_arn="",
        execution_role_name="",
        instances=(),
    )
    global_stack = StackBefore(name="payment-global-test", region=HOME, template_digest="", parameters=(), tags=())
    return RestorePoint(stack_set=stack_set, global_stack=global_stack, package_keys=())


@pytest.mark.parametrize("can_be_undone", [True, False])
def test_failure_that_an_earlier_run_met_is_this_roll_outs_own_if_it_can_be_undone(can_be_undone: bool) -> None:
    """The deployer ended between the failure and the undo: run again, it ends in that failure and tries nothing more."""
    world = a_world([Scene("FAILED", {HOME: "FAILED", PEER: "CANCELLED"})])
    with pytest.raises(RolloutFailed):
        run(world, "regional-c0ffee-1111")
    step = a_stack_set_rollout("", operation_id="regional-c0ffee-2222")
    held = HeldRecord(world.aws(), RecordPlace(bucket="payment-artifacts-test", region=HOME), world.clock)
    held.before = a_restore_point() if can_be_undone else None
    context = RolloutContext(plan=a_plan(step), aws=world.aws(), clock=world.clock, listener=lambda event: None, held=held)

    if can_be_undone:
        with pytest.raises(RolloutFailed, match="operation regional-c0ffee-1111-create-1"):
            earlier_run(step, context, ())
    else:
        assert earlier_run(step, context, ()) == "none"
