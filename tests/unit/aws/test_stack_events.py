"""Events of a stack's newest operation: oldest first, paged, and only what is new."""

from __future__ import annotations

from deployer.aws.stack_events import newest_operation_events
from tests.support.rollout.fake_aws import FakeAws
from tests.support.rollout.fake_stacks import FakeStack

REGION = "us-east-2"


def an_updated_stack(world: FakeAws) -> FakeStack:
    """Return a stack that was created long ago and is now being updated; the fake pages by two."""
    stacks = world.stacks(REGION)
    stack = stacks.add("payment-global-test")
    stacks.begin(stack, "UPDATE", "UPDATE_COMPLETE", token="now")
    for logical_id in ("Table", "Secret", "Zone"):
        stacks.happened(stack, logical_id, "AWS::Some::Type", "UPDATE_COMPLETE")
    return stack


def ids(world: FakeAws, stack: FakeStack, after: str = "") -> list[str]:
    """Return the logical ids of the newest operation's events."""
    return [event.logical_id for event in newest_operation_events(world.aws(), stack.stack_id, REGION, after_event_id=after)]


def test_events_begin_with_the_operation() -> None:
    """What happened before the update began is left out, however many pages it takes."""
    world = FakeAws()

    assert ids(world, an_updated_stack(world)) == ["payment-global-test", "Table", "Secret", "Zone"]


def test_only_what_follows_the_last_event_is_read() -> None:
    """A second look starts where the first ended."""
    world = FakeAws()
    stack = an_updated_stack(world)
    seen = newest_operation_events(world.aws(), stack.stack_id, REGION)[1].event_id

    assert ids(world, stack, after=seen) == ["Secret", "Zone"]


def test_stack_that_is_gone_has_no_events() -> None:
    """CloudFormation's "does not exist" is an empty history, not an error."""
    assert newest_operation_events(FakeAws().aws(), "no-such-stack", REGION) == ()


def test_token_and_owner_of_an_event_are_told() -> None:
    """The first event is the stack's own and carries the request's token."""
    world = FakeAws()
    first, second, *_ = newest_operation_events(world.aws(), an_updated_stack(world).stack_id, REGION)

    assert (first.is_of_stack, first.token) == (True, "now")
    assert not second.is_of_stack
