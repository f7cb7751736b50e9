"""Taking down: stacks, StackSets and what fills buckets."""

from __future__ import annotations

import pytest

from deployer.planning.plan import StackRemoval, StackSetRemoval
from deployer.rollout.context import RolloutContext
from deployer.rollout.stack_removal import remove_stack
from deployer.rollout.stack_set_removal import remove_stack_set
from deployer.vocabulary.errors import RolloutBusy, RolloutFailed
from tests.support.rollout.fake_aws import FakeAws
from tests.support.rollout.fake_stack_sets import Scene
from tests.support.rollout.fake_stacks import Frame
from tests.support.rollout.plans import HOME, PEER, a_plan, a_stack_removal, a_stack_set_removal

NAME = "payment-global-test"
SOURCE_RULE = "Replica cannot be deleted because it has acted as a source region for new replica(s) in the last 24 hours"


def perform(world: FakeAws, step: StackRemoval | StackSetRemoval) -> None:
    """Perform one removal."""
    context = RolloutContext(plan=a_plan(step, intent="tear-down"), aws=world.aws(), clock=world.clock, listener=lambda event: None)
    if isinstance(step, StackRemoval):
        remove_stack(step, context)
    else:
        remove_stack_set(step, context)


def test_stack_is_deleted_and_waited_for() -> None:
    """The step ends when the stack is gone."""
    world = FakeAws()
    stack = world.stacks(HOME).add(NAME)
    world.stacks(HOME).timelines[NAME] = [[Frame("DELETE_IN_PROGRESS"), Frame("DELETE_IN_PROGRESS"), Frame("DELETE_COMPLETE")]]

    perform(world, a_stack_removal())

    assert stack.status == "DELETE_COMPLETE"


def test_absent_stack_is_done() -> None:
    """A second tear-down changes nothing."""
    world = FakeAws()

    perform(world, a_stack_removal())
    perform(world, a_stack_set_removal())

    assert world.changes == []


def test_deletion_under_way_is_attached_to() -> None:
    """It is waited for, not asked for again."""
    world = FakeAws()
    stacks = world.stacks(HOME)
    stacks.begin(stacks.add(NAME), "DELETE", "DELETE_COMPLETE")

    perform(world, a_stack_removal())

    assert world.changes == []


def test_protected_stack_is_left_alone() -> None:
    """Termination protection is a person's to switch off; the command is given."""
    world = FakeAws()
    world.stacks(HOME).add(NAME).protected = True

    with pytest.raises(RolloutFailed, match="protected against termination") as failed:
        perform(world, a_stack_removal())

    assert "--no-enable-termination-protection" in failed.value.hint
    assert world.changes == []


def test_stack_being_updated_is_busy() -> None:
    """Someone is at work on it."""
    world = FakeAws()
    stacks = world.stacks(HOME)
    stack = stacks.add(NAME)
    stacks.begin(stack, "UPDATE", "UPDATE_COMPLETE")
    stack.frames = [Frame("UPDATE_IN_PROGRESS")] * 3

    with pytest.raises(RolloutBusy, match="UPDATE_IN_PROGRESS"):
        perform(world, a_stack_removal())


def test_replica_that_seeded_another_is_explained() -> None:
    """DynamoDB's 24-hour rule (fact 1.18) is recognised by its own words."""
    world = FakeAws()
    world.stacks(HOME).add(NAME)
    failing = Frame("DELETE_FAILED", (("PaymentsTable", "AWS::DynamoDB::GlobalTable", "DELETE_FAILED", SOURCE_RULE),))
    world.stacks(HOME).timelines[NAME] = [[failing]]

    with pytest.raises(RolloutFailed, match="acted as a source region") as failed:
        perform(world, a_stack_removal())

    assert "24 hours" in failed.value.hint


def test_instances_go_in_the_plans_order_then_the_set() -> None:
    """Regions the plan does not know go last, so that the set is empty."""
    world = FakeAws()
    world.stack_sets.add(HOME, PEER, "us-west-2")

    perform(world, a_stack_set_removal())

    assert world.stack_sets.operations[0].regions == (PEER, HOME, "us-west-2")
    assert world.stack_sets.definition is None


def test_set_without_instances_is_just_deleted() -> None:
    """A tear-down cut short before the last call goes on with it."""
    world = FakeAws()
    world.stack_sets.add()

    perform(world, a_stack_set_removal())

    assert world.changes == [(HOME, "delete_stack_set")]


def test_instance_that_stays_keeps_the_set() -> None:
    """The error names the first resource that could not go, and the set is left as it is."""
    world = FakeAws()
    world.stack_sets.add(HOME, PEER)
    world.clock.sleep(60)
    full = {PEER: (("AuditBucket", "AWS::S3::Bucket", "DELETE_FAILED", "The bucket you tried to delete is not empty"),)}
    world.stack_sets.timelines = [[Scene("FAILED", {PEER: "FAILED", HOME: "CANCELLED"}, full)]]

    with pytest.raises(RolloutFailed, match="AuditBucket") as failed:
        perform(world, a_stack_set_removal())

    assert "consent to empty buckets" in failed.value.hint
    assert world.stack_sets.definition is not None
