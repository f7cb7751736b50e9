"""One stack: created, updated, attached to, or refused with a way out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from deployer.planning.plan import StackApply
from deployer.rollout.context import RolloutContext
from deployer.rollout.stack_apply import apply_stack
from deployer.vocabulary.errors import AwsRefused, RolloutBusy, RolloutFailed
from deployer.vocabulary.events import Event, RegionSettled, ResourceMoved
from tests.support.rollout.fake_aws import FakeAws
from tests.support.rollout.fake_stacks import STACK_TYPE, Frame
from tests.support.rollout.plans import HOME, a_plan, a_stack_apply
from tests.support.rollout.wire import refusal

BODY, NAME = "Resources: {A: {}}", "payment-global-test"
FUNCTION = "AWS::Lambda::Function"


def perform(world: FakeAws, step: StackApply | None = None, plan_id: str = "a1b2c3") -> list[Event]:
    """Apply the stack; return what was told."""
    events: list[Event] = []
    step = step or a_stack_apply(BODY)
    plan = a_plan(step, bodies=(BODY,), plan_id=plan_id)
    apply_stack(step, RolloutContext(plan=plan, aws=world.aws(), clock=world.clock, listener=events.append))
    return events


def an_objection(logical_id: str, reason: str, path: str = "") -> dict[str, Any]:
    """Return one validation error as DescribeEvents tells it."""
    return {
        "EventId": logical_id,
        "EventType": "VALIDATION_ERROR",
        "LogicalResourceId": logical_id,
        "ResourceType": "AWS::S3::Bucket",
        "ValidationStatusReason": reason,
        "ValidationPath": path,
        "Timestamp": datetime(2026, 11, 22, tzinfo=UTC),
    }


def test_new_stack_is_created_and_waited_for() -> None:
    """Every resource's move is told, and the time it took."""
    world = FakeAws()
    world.stacks(HOME).timelines[NAME] = [
        [
            Frame("CREATE_IN_PROGRESS", (("A", FUNCTION, "CREATE_IN_PROGRESS", ""),)),
            Frame("CREATE_COMPLETE", (("A", FUNCTION, "CREATE_COMPLETE", ""),)),
        ]
    ]

    events = perform(world)

    moves = [(event.logical_id, event.status) for event in events if isinstance(event, ResourceMoved)]
    assert moves == [
        (NAME, "CREATE_IN_PROGRESS"),
        ("A", "CREATE_IN_PROGRESS"),
        ("A", "CREATE_COMPLETE"),
        (NAME, "CREATE_COMPLETE"),
    ]
    settled = events[-1]
    assert isinstance(settled, RegionSettled)
    assert (settled.status, settled.took_seconds) == ("CREATE_COMPLETE", 2.0)


def test_update_tells_only_of_itself() -> None:
    """Events of the stack's creation are not told again."""
    world = FakeAws()
    world.stacks(HOME).add(NAME)

    moves = [event.status for event in perform(world) if isinstance(event, ResourceMoved)]

    assert moves == ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"]


def test_description_from_before_the_request_is_not_believed() -> None:
    """A stack that still shows its old status right after the request has not settled."""
    world = FakeAws()
    stacks = world.stacks(HOME)
    stack = stacks.add(NAME)
    stacks.begin = lambda stack, verb, ended, token="": stack.frames.extend([Frame("CREATE_COMPLETE"), Frame("UPDATE_COMPLETE")])  # type: ignore[method-assign]

    events = perform(world)

    assert stack.status == "UPDATE_COMPLETE"
    assert isinstance(events[-1], RegionSettled)
    assert events[-1].status == "UPDATE_COMPLETE"


def test_stack_that_needs_no_update_is_done() -> None:
    """CloudFormation's "No updates" is no failure."""
    world = FakeAws()
    stack = world.stacks(HOME).add(NAME, body=BODY)
    stack.tags = {"owner": "payments"}

    assert perform(world) == []


def test_failure_names_the_first_resource_and_its_reason() -> None:
    """What CloudFormation cancelled afterwards, and the stack's own failure, are not the cause."""
    world = FakeAws()
    world.stacks(HOME).timelines[NAME] = [
        [
            Frame(
                "ROLLBACK_IN_PROGRESS",
                (
                    ("B", FUNCTION, "CREATE_FAILED", "Resource creation cancelled"),
                    ("A", FUNCTION, "CREATE_FAILED", "payment-processor-primary-test already exists"),
                    ("C", FUNCTION, "CREATE_FAILED", "came later"),
                ),
            ),
            Frame("ROLLBACK_COMPLETE"),
        ]
    ]

    with pytest.raises(RolloutFailed) as failed:
        perform(world)

    cause, standing = failed.value.detail.splitlines()
    assert cause == f"us-east-2: A ({FUNCTION}) CREATE_FAILED: payment-processor-primary-test already exists"
    assert standing == f"{NAME} in us-east-2 is ROLLBACK_COMPLETE"
    assert "Delete, rename or import" in failed.value.hint


def test_wait_is_bounded_and_says_how_to_go_on() -> None:
    """A stack that never settles ends the wait after the plan's bound."""
    world = FakeAws()
    world.stacks(HOME).timelines[NAME] = [[Frame("CREATE_IN_PROGRESS")] * 1000]

    with pytest.raises(RolloutFailed, match="still CREATE_IN_PROGRESS after 60 s") as failed:
        perform(world)

    assert "again to go on watching" in failed.value.hint


def test_own_operation_is_attached_to() -> None:
    """The same plan, run again while its stack is still at work, begins nothing and waits."""
    world = FakeAws()
    world.stacks(HOME).timelines[NAME] = [[*[Frame("CREATE_IN_PROGRESS")] * 65, Frame("CREATE_COMPLETE")]]
    with pytest.raises(RolloutFailed):
        perform(world)

    events = perform(world)

    assert world.changes == [(HOME, "create_stack")]
    assert isinstance(events[-1], RegionSettled)


@pytest.mark.parametrize("stands", [False, True], ids=["create", "update"])
def test_request_sent_twice_is_watched_once(stands: bool) -> None:
    """Its answer was lost and botocore sent it again: refused, for the stack is at work, with this plan's own token."""
    world = FakeAws()
    stacks = world.stacks(HOME)
    if stands:
        stacks.add(NAME)
    change = "update_stack" if stands else "create_stack"
    send = getattr(stacks, change)

    def sent_twice(**request: Any) -> None:
        send(**request)
        raise refusal("ValidationError", f"Stack {NAME} cannot be changed now")

    setattr(stacks, change, sent_twice)

    settled = perform(world)[-1]

    assert isinstance(settled, RegionSettled)
    assert settled.status == ("UPDATE_COMPLETE" if stands else "CREATE_COMPLETE")


def test_refusal_of_a_stack_that_moved_by_another_hand_stays_a_refusal() -> None:
    """Somebody made a stack of that name in the same moment: that one is not taken for ours."""
    world = FakeAws()
    stacks = world.stacks(HOME)

    def too_late(**request: Any) -> None:
        stacks.add(NAME)
        raise refusal("AlreadyExistsException", f"Stack [{NAME}] already exists")

    stacks.create_stack = too_late  # type: ignore[method-assign, assignment]

    with pytest.raises(AwsRefused, match="AlreadyExistsException"):
        perform(world)


def test_someone_elses_operation_is_left_alone() -> None:
    """Another plan's operation ends the roll-out with exit code 7, and who it is."""
    world = FakeAws()
    stacks = world.stacks(HOME)
    stack = stacks.add(NAME)
    stacks.begin(stack, "UPDATE", "UPDATE_COMPLETE", token="Console-UpdateStack-1")
    stack.frames = [Frame("UPDATE_IN_PROGRESS")] * 10

    with pytest.raises(RolloutBusy, match="Console-UpdateStack-1") as busy:
        perform(world)

    assert busy.value.exit_code == 7
    assert world.changes == []


def test_validation_before_anything_was_made_tells_what_it_objected_to() -> None:
    """No resource moved, so no stack event has the cause: it is read where CloudFormation keeps it, oldest first."""
    world = FakeAws()
    world.stacks(HOME).timelines[NAME] = [[Frame("CREATE_IN_PROGRESS"), Frame("ROLLBACK_COMPLETE")]]
    world.stacks(HOME).objections[NAME] = [
        an_objection("Bucket", "Resource of type 'AWS::S3::Bucket' already exists.", path="/Resources/Bucket"),
        an_objection("Topic", "came later"),
    ]

    with pytest.raises(RolloutFailed) as failed:
        perform(world)

    cause = failed.value.detail.splitlines()[0]
    assert cause == (
        "us-east-2: Bucket (AWS::S3::Bucket) VALIDATION_FAILED: Resource of type 'AWS::S3::Bucket' already exists. (at /Resources/Bucket)"
    )
    assert "Delete, rename or import" in failed.value.hint


def test_cause_that_may_not_be_read_does_not_hide_the_failure() -> None:
    """Without the right to DescribeEvents the stack's own reason is what is known."""
    world = FakeAws()
    world.stacks(HOME).timelines[NAME] = [[Frame("CREATE_IN_PROGRESS"), Frame("ROLLBACK_COMPLETE")]]
    world.refusals["describe_events"] = refusal("AccessDenied", "not authorized to perform cloudformation:DescribeEvents")

    with pytest.raises(RolloutFailed, match="did not settle"):
        perform(world)


@pytest.mark.parametrize(
    ("status", "command"),
    [
        ("ROLLBACK_COMPLETE", "delete-stack"),
        ("DELETE_FAILED", "delete-stack"),
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback"),
        ("REVIEW_IN_PROGRESS", "delete-stack"),
    ],
)
def test_stuck_stack_is_recognised_with_its_way_out(status: str, command: str) -> None:
    """No update is tried; the error names the status, the old cause, and the command that leads out."""
    world = FakeAws()
    stacks = world.stacks(HOME)
    stack = stacks.add(NAME, status=status)
    stacks.happened(stack, "A", FUNCTION, "CREATE_FAILED", "quota")

    with pytest.raises(RolloutFailed, match="takes no update") as failed:
        perform(world)

    assert "A (AWS::Lambda::Function) CREATE_FAILED: quota" in failed.value.detail
    assert f"{command} --stack-name {NAME} --region us-east-2" in failed.value.hint
    assert world.changes == []


def test_token_is_the_plans_and_changes_with_the_stack() -> None:
    """Two updates by the same plan are two operations; each token begins with the plan's."""
    world = FakeAws()
    stack = world.stacks(HOME).add(NAME)
    perform(world)
    stack.body = "moved by hand"
    perform(world)

    begun = [event for event in stack.events if event["ResourceType"] == STACK_TYPE and event["ResourceStatus"] == "UPDATE_IN_PROGRESS"]
    first, second = (event["ClientRequestToken"] for event in begun)
    assert first != second
    assert first.startswith("rollout-a1b2c3-")
    assert second.startswith("rollout-a1b2c3-")
