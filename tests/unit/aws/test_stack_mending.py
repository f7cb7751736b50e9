"""What leads a stack out, on the wire."""

from __future__ import annotations

from deployer.aws.stack_mending import continue_update_rollback, roll_back, standing_resources
from tests.support.rollout.fake_aws import FakeAws

REGION = "us-east-2"


def test_rollbacks_are_asked_for_by_stack_id() -> None:
    """Each call names the very stack that was looked at."""
    world = FakeAws()
    stuck = world.stacks(REGION).add("stuck", status="UPDATE_ROLLBACK_FAILED")
    stopped = world.stacks(REGION).add("stopped", status="UPDATE_FAILED")

    continue_update_rollback(world.aws(), stuck.stack_id, REGION, "token-1")
    roll_back(world.aws(), stopped.stack_id, REGION, "token-2")

    assert world.changes == [(REGION, "continue_update_rollback"), (REGION, "rollback_stack")]
    assert [stack.events[-1]["ClientRequestToken"] for stack in (stuck, stopped)] == ["token-1", "token-2"]


def test_resources_that_were_deleted_do_not_stand() -> None:
    """What CloudFormation skipped does; the fake pages by two."""
    world = FakeAws()
    stack = world.stacks(REGION).add("never", status="ROLLBACK_COMPLETE")
    statuses = ["DELETE_COMPLETE", "DELETE_SKIPPED", "DELETE_FAILED", "CREATE_COMPLETE", "DELETE_COMPLETE"]
    world.stacks(REGION).resources["never"] = [(f"R{number}", status) for number, status in enumerate(statuses)]

    assert standing_resources(world.aws(), stack.stack_id, REGION) == ("R1", "R2", "R3")
