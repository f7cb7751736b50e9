"""What stands in the way of taking things down, and what stays (facts 4.11, 5.9)."""

from __future__ import annotations

import json
from uuid import uuid4

from deployer.aws.buckets import count_objects, empty_bucket
from deployer.aws.stack_events import newest_operation_events
from deployer.aws.stack_set_operations import delete_instances
from deployer.aws.stack_sets import list_instances, read_stack_set
from deployer.aws.stacks import GONE, delete_stack
from tests.support.account import HOME, PEER, Account, artifact_bucket, body, setting


def _removed(account: Account, name: str, regions: tuple[str, ...]) -> dict[str, str]:
    """Delete the instances of these Regions and return the result by Region."""
    operation_id = f"remove-{uuid4().hex}"
    delete_instances(account.aws, name, HOME, operation_id=operation_id, accounts=(account.account_id,), regions=regions)
    return account.outcomes(name, account.ended(name, operation_id))


def test_instances_go_one_after_the_other_and_then_the_stack_set(account: Account) -> None:
    """The second Region's stack is deleted when the first one's is gone; nothing is left."""
    name = account.stack_set(body())
    stacks = {region: account.instance(name, region).stack_id for region in (PEER, HOME)}

    outcomes = _removed(account, name, (PEER, HOME))
    account.remove_stack_set(name)

    assert outcomes == {PEER: "SUCCEEDED", HOME: "SUCCEEDED"}
    assert [account.settled(stack_id, region).status for region, stack_id in stacks.items()] == [GONE, GONE]
    assert (list_instances(account.aws, name, HOME), read_stack_set(account.aws, name, HOME)) == ((), None)


def test_termination_protection_keeps_an_instance(account: Account) -> None:
    """F4.11: the operation fails in that Region, and the stack stands untouched."""
    name = account.stack_set(body(), regions=(HOME,))
    stack = account.instance_stack(name, HOME)
    cloudformation = account.client("cloudformation", HOME)
    cloudformation.update_termination_protection(StackName=stack.stack_id, EnableTerminationProtection=True)

    try:
        outcomes = _removed(account, name, (HOME,))
        left = account.instance_stack(name, HOME)
    finally:
        cloudformation.update_termination_protection(StackName=stack.stack_id, EnableTerminationProtection=False)

    assert outcomes == {HOME: "FAILED"}
    assert (left.status, left.termination_protection) == ("CREATE_COMPLETE", True)


def test_resource_that_is_kept_is_told_of(account: Account) -> None:
    """DeletionPolicy Retain: the stack goes, an event says DELETE_SKIPPED and names what stayed."""
    kept = setting("precious") | {"DeletionPolicy": "Retain"}
    stack = account.stack(json.dumps({"Resources": {"Kept": kept}}))
    physical_id = newest_operation_events(account.aws, stack.stack_id, HOME)[-2].physical_id
    account.made.append(lambda: account.client("ssm", HOME).delete_parameter(Name=physical_id))

    account.remove_stack(stack.stack_id, HOME)

    told = newest_operation_events(account.aws, stack.stack_id, HOME)
    assert [(event.logical_id, event.physical_id) for event in told if event.status == "DELETE_SKIPPED"] == [("Kept", physical_id)]
    assert account.client("ssm", HOME).get_parameter(Name=physical_id)["Parameter"]["Value"] == "precious"


def test_full_bucket_keeps_its_stack_until_it_is_empty(account: Account) -> None:
    """F5.9: old versions count; emptied of them, the same request succeeds."""
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"VersioningConfiguration": {"Status": "Enabled"}}}
    stack = account.stack(json.dumps({"Resources": {"B": bucket}, "Outputs": {"B": {"Value": {"Ref": "B"}}}}))
    name = dict(stack.outputs)["B"]
    account.made.append(lambda: empty_bucket(account.aws, name, HOME))
    for content in (b"one", b"two"):
        account.client("s3", HOME).put_object(Bucket=name, Key="key", Body=content)

    delete_stack(account.aws, stack.stack_id, HOME, token=f"gone-{uuid4().hex}")
    refused = account.settled(stack.stack_id, HOME)
    emptied = empty_bucket(account.aws, name, HOME)
    account.remove_stack(stack.stack_id, HOME)

    assert (refused.status, emptied) == ("DELETE_FAILED", 2)
    assert account.settled(stack.stack_id, HOME).status == GONE


def test_bucket_that_is_gone_counts_nothing(account: Account) -> None:
    """A tear-down that is run again finds it so."""
    name = artifact_bucket(account)
    account.client("s3", HOME).delete_bucket(Bucket=name)

    assert (count_objects(account.aws, name, HOME), empty_bucket(account.aws, name, HOME)) == (None, 0)
