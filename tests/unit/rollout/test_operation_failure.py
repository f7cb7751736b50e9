"""What an operation that failed tells of the stacks it left behind."""

from __future__ import annotations

import pytest

from deployer.aws.stack_events import newest_operation_events
from deployer.rollout.context import RolloutContext
from deployer.rollout.stack_set_rollout import roll_out_stack_set
from deployer.rollout.stuck_stack import last_failure
from deployer.vocabulary.errors import RolloutFailed
from tests.support.rollout.fake_aws import FakeAws
from tests.support.rollout.fake_stack_sets import Scene
from tests.support.rollout.fake_stacks import STACK_TYPE
from tests.support.rollout.plans import HOME, PEER, a_plan, a_stack_set_rollout
from tests.support.rollout.wire import refusal

BODY = "Resources: {Topic: {Type: AWS::SNS::Topic}}"


def failed(world: FakeAws, status: str) -> RolloutFailed:
    """Return the error of an update that left the primary Region's stack in this status."""
    world.stack_sets.add(HOME, PEER)
    world.stack_sets.timelines = [[Scene("FAILED", {HOME: "SUCCEEDED", PEER: "FAILED"})]]
    [stack] = world.stacks(PEER).stacks
    stack.status, stack.frames = status, []
    step = a_stack_set_rollout(BODY)
    plan = a_plan(step, bodies=(BODY,))
    with pytest.raises(RolloutFailed) as error:
        roll_out_stack_set(step, RolloutContext(plan=plan, aws=world.aws(), clock=world.clock, listener=lambda event: None))
    return error.value


@pytest.mark.parametrize(
    ("status", "way_out"),
    [
        ("UPDATE_ROLLBACK_FAILED", "`deployer mend` continues it"),
        ("UPDATE_FAILED", "`deployer mend` rolls it back"),
        ("ROLLBACK_FAILED", "`deployer mend` deletes"),
        ("DELETE_FAILED", "remove the cause"),
    ],
)
def test_stack_that_no_operation_leads_out_is_told_with_its_way_out(status: str, way_out: str) -> None:
    """The next roll-out would be refused; whoever reads this screen knows already."""
    standing = str(failed(FakeAws(), status))

    assert f"us-east-1: OUTDATED (FAILED), and its stack is {status}: {way_out}" in standing
    assert "us-east-2: CURRENT (SUCCEEDED)" in standing


def test_what_keeps_a_rollback_from_its_end_is_named() -> None:
    """Not what began it, which is told as the cause already, nor what was cancelled on the way."""
    world = FakeAws()
    stacks, function = world.stacks(PEER), "AWS::Lambda::Function"
    world.stack_sets.add(HOME, PEER)
    [stack] = stacks.stacks
    stacks.happened(stack, stack.name, STACK_TYPE, "UPDATE_IN_PROGRESS")
    stacks.happened(stack, "Role", "AWS::IAM::Role", "UPDATE_FAILED", "it exists")
    stacks.happened(stack, stack.name, STACK_TYPE, "UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed")
    stacks.happened(stack, "Other", function, "UPDATE_FAILED", "Resource update cancelled")
    stacks.happened(stack, "Function", function, "UPDATE_FAILED", "its code is gone")

    cause = last_failure(newest_operation_events(world.aws(), stack.stack_id, PEER))

    assert cause is not None
    assert (cause.logical_id, cause.reason) == ("Function", "its code is gone")


@pytest.mark.parametrize("status", ["UPDATE_ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE"])
def test_stack_that_the_next_operation_takes_on_is_told_without(status: str) -> None:
    """There is nothing to do about it."""
    assert "its stack is" not in str(failed(FakeAws(), status))


def test_stack_that_cannot_be_read_hides_nothing() -> None:
    """The cause and the instances are told all the same."""
    world = FakeAws()
    world.refusals["describe_stacks"] = refusal("AccessDenied", "not authorized")

    assert "us-east-1: OUTDATED (FAILED)" in str(failed(world, "UPDATE_ROLLBACK_FAILED"))
