"""Leading stacks out: begun once, waited for, and told when it does not work."""

from __future__ import annotations

import pytest

from deployer.planning.mending import Deed, Mend
from deployer.rollout.mending import mend
from deployer.vocabulary.errors import RolloutBusy, RolloutFailed
from deployer.vocabulary.events import Event, StepEnded, StepFailed
from tests.support.mending import a_mend, a_mending
from tests.support.rollout.fake_aws import FakeAws
from tests.support.rollout.fake_stacks import FakeStack, Frame

REGION = "us-east-2"
STATUSES: dict[Deed, str] = {
    "continue the rollback of": "UPDATE_ROLLBACK_FAILED",
    "roll back": "UPDATE_FAILED",
    "delete": "ROLLBACK_COMPLETE",
}


def a_stuck_stack(world: FakeAws, deed: Deed) -> tuple[FakeStack, Mend]:
    """Return a stack that needs this deed, and the mend."""
    stack = world.stacks(REGION).add("payment-global-test", status=STATUSES[deed])
    return stack, a_mend(deed, stack_id=stack.stack_id, region=REGION)


def perform(world: FakeAws, *mends: Mend) -> list[Event]:
    """Perform these mends; return what was told."""
    told: list[Event] = []
    mend(a_mending(*mends), world.aws(), told.append, world.clock)
    return told


@pytest.mark.parametrize(
    ("deed", "call", "ends"),
    [
        ("continue the rollback of", "continue_update_rollback", "UPDATE_ROLLBACK_COMPLETE"),
        ("roll back", "rollback_stack", "UPDATE_ROLLBACK_COMPLETE"),
        ("delete", "delete_stack", "DELETE_COMPLETE"),
    ],
)
def test_stack_is_led_out_and_waited_for(deed: Deed, call: str, ends: str) -> None:
    """One call each, and the end of it seen."""
    world = FakeAws()
    stack, one = a_stuck_stack(world, deed)

    told = perform(world, one)

    assert stack.status == ends
    assert world.changes == [(REGION, call)]
    assert isinstance(told[-1], StepEnded)


def test_stack_that_is_out_already_is_left_alone() -> None:
    """Somebody was quicker, or an earlier run of the same command was."""
    world = FakeAws()
    stack, one = a_stuck_stack(world, "continue the rollback of")
    stack.status = "UPDATE_ROLLBACK_COMPLETE"

    perform(world, one)

    assert world.changes == []


def test_stack_that_has_moved_since_is_not_touched() -> None:
    """What was shown and agreed to is not what stands now."""
    world = FakeAws()
    stack, one = a_stuck_stack(world, "delete")
    stack.status = "CREATE_COMPLETE"

    with pytest.raises(RolloutBusy, match="is CREATE_COMPLETE, and was ROLLBACK_COMPLETE"):
        perform(world, one)

    assert world.changes == []


def test_rollback_that_fails_again_names_the_resource_in_the_way() -> None:
    """What failed in this try, not what failed before it."""
    world = FakeAws()
    stack, one = a_stuck_stack(world, "continue the rollback of")
    world.stacks(REGION).happened(stack, "Old", "AWS::SNS::Topic", "UPDATE_FAILED", "of an earlier try")
    failing = ("AuditBucket", "AWS::S3::Bucket", "DELETE_FAILED", "The bucket you tried to delete is not empty")
    world.stacks(REGION).timelines[stack.name] = [[Frame("UPDATE_ROLLBACK_IN_PROGRESS", (failing,)), Frame("UPDATE_ROLLBACK_FAILED")]]
    told: list[Event] = []

    with pytest.raises(RolloutFailed) as failed:
        mend(a_mending(one), world.aws(), told.append, world.clock)

    assert failed.value.detail.startswith("us-east-2: AuditBucket (AWS::S3::Bucket) DELETE_FAILED: The bucket")
    assert isinstance(told[-1], StepFailed)


def test_mends_are_done_in_order_and_stop_at_the_first_that_fails() -> None:
    """What comes after may hang on it."""
    world = FakeAws()
    stack, one = a_stuck_stack(world, "roll back")
    other = world.stacks("us-east-1").add("payment-bootstrap-test", status="ROLLBACK_COMPLETE")
    world.stacks(REGION).timelines[stack.name] = [[Frame("UPDATE_ROLLBACK_FAILED")]]

    with pytest.raises(RolloutFailed):
        perform(world, one, a_mend("delete", "payment-bootstrap-test", "us-east-1", stack_id=other.stack_id))

    assert world.changes == [(REGION, "rollback_stack")]
