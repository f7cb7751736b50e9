"""Single stacks: what CloudFormation says when there is nothing to do, when one has failed, and whose operation it was."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from deployer.aws.stack_events import newest_operation_events
from deployer.aws.stacks import StackRequest, create_stack, read_stack, update_stack
from deployer.aws.template_source import INLINE_BYTES_MAX, template_source
from deployer.rollout.stack_watch import is_root_cause
from deployer.vocabulary.errors import AwsRefused
from tests.support.account import HOME, PEER, Account, artifact_bucket, body, setting


def _again(account: Account, name: str, template: str) -> StackRequest:
    return StackRequest(
        name=name,
        template=template_source(account.aws, template, bucket="none", region=HOME),
        parameters=(),
        tags=(("owner", "payments"),),
        token=f"contract-{uuid4().hex}",
    )


def test_update_without_a_difference_is_refused_by_its_words(account: Account) -> None:
    """CloudFormation has no code of its own for it; the deployer takes the sentence for an answer."""
    stack = account.stack(body())

    begun = update_stack(account.aws, _again(account, stack.name, body()), HOME)

    assert begun is None
    assert account.settled(stack.name, HOME).status == "CREATE_COMPLETE"


def test_stack_that_is_not_there_is_told_by_its_words(account: Account) -> None:
    """The same of a stack that does not exist."""
    assert read_stack(account.aws, account.name("stack"), HOME) is None


def test_events_carry_the_token_of_their_operation(account: Account) -> None:
    """By it a deployer that was killed knows its own operation again."""
    token = f"mine-{uuid4().hex}"

    stack = account.stack(body(), token=token)

    events = newest_operation_events(account.aws, stack.stack_id, HOME)
    assert {event.token for event in events} == {token}
    assert (events[0].is_of_stack, events[0].status) == (True, "CREATE_IN_PROGRESS")
    assert (events[-1].is_of_stack, events[-1].status) == (True, "CREATE_COMPLETE")


def test_same_token_again_begins_nothing(account: Account) -> None:
    """A request that was sent twice is one request, however CloudFormation says so: with the StackId, or that the name is taken."""
    token = f"mine-{uuid4().hex}"
    stack = account.stack(body(), token=token)
    before = newest_operation_events(account.aws, stack.stack_id, HOME)

    try:
        said = create_stack(account.aws, replace(_again(account, stack.name, body()), token=token), HOME)
    except AwsRefused as refused:
        said = refused.code

    assert said in (stack.stack_id, "AlreadyExistsException")
    assert newest_operation_events(account.aws, stack.stack_id, HOME) == before


def test_first_failure_is_the_root_cause(account: Account) -> None:
    """A stack whose creation failed is ROLLBACK_COMPLETE, takes no update, and tells the cause before what was cancelled by it."""
    stack = account.stack(body(broken_in=HOME))

    causes = [event for event in newest_operation_events(account.aws, stack.stack_id, HOME) if is_root_cause(event)]
    assert stack.status == "ROLLBACK_COMPLETE"
    assert causes[0].logical_id == "Broken"
    assert causes[0].reason
    with pytest.raises(AwsRefused) as refused:
        update_stack(account.aws, _again(account, stack.name, body()), HOME)
    assert refused.value.code == "ValidationError"


def test_failed_update_leaves_what_stood(account: Account) -> None:
    """CloudFormation's own rollback: the global stack needs no other undo."""
    stack = account.stack(body("one"))

    failed = account.stack(body("two", broken_in=HOME), name=stack.name)

    assert failed.status == "UPDATE_ROLLBACK_COMPLETE"
    assert dict(failed.outputs)["Value"] == "one"


def test_outputs_of_both_regions_reach_the_next_stack(account: Account) -> None:
    """An instance's outputs are read from its own stack, by the StackId that the StackSet tells."""
    name = account.stack_set(body())
    settings = [dict(account.instance_stack(name, region).outputs)["Setting"] for region in (HOME, PEER)]
    both = '{"Parameters": {"Both": {"Type": "String"}}, "Resources": {"S": %s}, "Outputs": {"Both": {"Value": {"Ref": "Both"}}}}'

    stack = account.stack(both % '{"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "x"}}', Both=" ".join(settings))

    assert dict(stack.outputs)["Both"] == " ".join(settings)
    assert all(settings)


def test_instances_stack_is_named_after_the_stack_set(account: Account) -> None:
    """F4.15: `StackSet-<name>-<id>`; permissions for previews are given by that name."""
    name = account.stack_set(body(), regions=(HOME,))

    assert account.instance_stack(name, HOME).name.startswith(f"StackSet-{name}-")


def test_long_template_is_taken_from_the_bucket_by_its_path(account: Account) -> None:
    """F4.14: over 51,200 bytes it is named by a URL, whose form CloudFormation accepts with the path as with the host."""
    long = body(**{f"More{index}": setting("x" * 3000) for index in range(INLINE_BYTES_MAX // 3000 + 1)})
    bucket = artifact_bucket(account)
    name = account.name("stack")
    source = template_source(account.aws, long, bucket=bucket, region=HOME)
    account.made.append(lambda: account.remove_stack(name, HOME))

    create_stack(account.aws, StackRequest(name=name, template=source, parameters=(), tags=(), token=f"long-{uuid4().hex}"), HOME)

    assert source.url.startswith(f"https://s3.{HOME}.amazonaws.com/{bucket}/")
    assert account.settled(name, HOME).status == "CREATE_COMPLETE"
