"""Stacks: what CloudFormation says of one, in the deployer's words."""

from __future__ import annotations

import pytest

from deployer.aws.stacks import StackRequest, create_stack, read_stack, read_template, update_stack
from deployer.aws.template_source import TemplateSource
from deployer.vocabulary.errors import AwsRefused
from tests.support.rollout.fake_aws import FakeAws
from tests.support.rollout.wire import refusal

REGION = "us-east-2"


def a_request(body: str = "Resources: {}") -> StackRequest:
    """Return a request for the global stack."""
    return StackRequest(
        name="payment-global-test",
        template=TemplateSource(body=body),
        parameters=(("Zone", "pay.example.com"),),
        tags=(("owner", "payments"),),
        token="token-1",
    )


def test_created_stack_is_read_back() -> None:
    """Parameters and tags come back as sorted pairs, the body as it was sent."""
    world = FakeAws()
    stack_id = create_stack(world.aws(), a_request(), REGION)

    stack = read_stack(world.aws(), stack_id, REGION)
    assert stack is not None
    assert (stack.parameters, stack.tags) == ((("Zone", "pay.example.com"),), (("owner", "payments"),))
    assert stack.in_progress
    assert read_template(world.aws(), stack_id, REGION) == "Resources: {}"


def test_absent_stack_is_none() -> None:
    """No stack is an answer, not an error."""
    assert read_stack(FakeAws().aws(), "payment-global-test", REGION) is None
    assert read_template(FakeAws().aws(), "payment-global-test", REGION) == ""


def test_unchanged_stack_begins_no_update() -> None:
    """CloudFormation's "No updates are to be performed" is told as None."""
    world = FakeAws()
    create_stack(world.aws(), a_request(), REGION)

    assert update_stack(world.aws(), a_request(), REGION) is None
    assert update_stack(world.aws(), a_request("Resources: {A: {}}"), REGION) is not None


def test_other_validation_errors_are_not_swallowed() -> None:
    """Only the two sentences that mean "absent" and "nothing to do" are taken for that."""
    world = FakeAws()
    world.refusals = {
        method: refusal("ValidationError", "Template format error") for method in ("describe_stacks", "update_stack", "get_template")
    }

    for ask in (read_stack, read_template):
        with pytest.raises(AwsRefused, match="Template format error"):
            ask(world.aws(), "payment-global-test", REGION)
    with pytest.raises(AwsRefused, match="Template format error"):
        update_stack(world.aws(), a_request(), REGION)


@pytest.mark.parametrize(
    ("status", "in_progress"),
    [("CREATE_COMPLETE", False), ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", True), ("REVIEW_IN_PROGRESS", False)],
)
def test_stack_under_review_is_not_in_progress(status: str, in_progress: bool) -> None:
    """A stack that only a change set has made waits for a person, not for CloudFormation."""
    world = FakeAws()
    world.stacks(REGION).add("payment-global-test", status=status)

    stack = read_stack(world.aws(), "payment-global-test", REGION)
    assert stack is not None
    assert stack.in_progress is in_progress
