"""What an operation that failed tells of the stacks it left behind."""

from __future__ import annotations

import pytest

from deployer.rollout.context import RolloutContext
from deployer.rollout.stack_set_rollout import roll_out_stack_set
from deployer.vocabulary.errors import RolloutFailed
from tests.support.rollout.fake_aws import FakeAws
from tests.support.rollout.fake_stack_sets import Scene
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
        ("DELETE_FAILED", "remove what its events name"),
    ],
)
def test_stack_that_no_operation_leads_out_is_told_with_its_way_out(status: str, way_out: str) -> None:
    """The next roll-out would be refused; whoever reads this screen knows already."""
    standing = str(failed(FakeAws(), status))

    assert f"us-east-1: OUTDATED (FAILED), and its stack is {status}: {way_out}" in standing
    assert "us-east-2: CURRENT (SUCCEEDED)" in standing


@pytest.mark.parametrize("status", ["UPDATE_ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE"])
def test_stack_that_the_next_operation_takes_on_is_told_without(status: str) -> None:
    """There is nothing to do about it."""
    assert "its stack is" not in str(failed(FakeAws(), status))


def test_stack_that_cannot_be_read_hides_nothing() -> None:
    """The cause and the instances are told all the same."""
    world = FakeAws()
    world.refusals["describe_stacks"] = refusal("AccessDenied", "not authorized")

    assert "us-east-1: OUTDATED (FAILED)" in str(failed(world, "UPDATE_ROLLBACK_FAILED"))
