"""Previews and drift on an instance's own stack, and that neither is seen by the StackSet (facts 4.15, 4.16)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from deployer.aws.drift import begin_detection, read_detection, read_resource_drifts
from deployer.aws.stack_sets import read_stack_set
from deployer.aws.stacks import read_template
from tests.support.account import HOME, PEER, Account, body, setting

CHANGE_SET = "payment-contract-preview"


@pytest.fixture
def deployed(account: Account) -> Iterator[str]:
    """Yield a StackSet with an instance in both Regions."""
    return account.stack_set(body())


def _preview(account: Account, stack_id: str, region: str, template: str) -> dict[str, Any]:
    """Return the change set, described with its property values and deleted again."""
    cloudformation = account.client("cloudformation", region)
    made = cloudformation.create_change_set(StackName=stack_id, ChangeSetName=CHANGE_SET, TemplateBody=template, ChangeSetType="UPDATE")

    def look() -> dict[str, Any] | None:
        seen = cloudformation.describe_change_set(ChangeSetName=made["Id"], StackName=stack_id, IncludePropertyValues=True)
        return None if seen["Status"] in ("CREATE_PENDING", "CREATE_IN_PROGRESS") else dict(seen)

    try:
        return account.awaited("the change set", look)
    finally:
        cloudformation.delete_change_set(ChangeSetName=made["Id"], StackName=stack_id)


def test_change_set_on_an_instances_stack_says_what_an_update_would_do(account: Account, deployed: str) -> None:
    """F4.15: CloudFormation previews the stack of an instance as any other, with the values before and after."""
    stack_id = account.instance(deployed, PEER).stack_id

    seen = _preview(account, stack_id, PEER, body("two", New=setting("x")))

    changes = {change["ResourceChange"]["LogicalResourceId"]: change["ResourceChange"] for change in seen["Changes"]}
    assert {name: change["Action"] for name, change in changes.items()} == {"Setting": "Modify", "New": "Add"}
    assert changes["Setting"]["Replacement"] == "False"
    targets = [detail["Target"] for detail in changes["Setting"]["Details"]]
    assert {(one["Name"], one.get("BeforeValue"), one.get("AfterValue")) for one in targets} == {("Value", "one", "two")}


def test_preview_leaves_instance_and_stack_as_they_were(account: Account, deployed: str) -> None:
    """F4.15: neither is outdated, drifted or moved by it, and no change set is left."""
    before, stack = account.instance(deployed, PEER), account.instance_stack(deployed, PEER)

    _preview(account, before.stack_id, PEER, body("two"))

    assert account.instance(deployed, PEER) == before
    assert account.instance_stack(deployed, PEER) == stack
    left = account.client("cloudformation", PEER).list_change_sets
    account.awaited("no change set", lambda: not left(StackName=stack.stack_id)["Summaries"] or None)


def test_preview_without_a_difference_fails_by_its_words(account: Account, deployed: str) -> None:
    """A change set with nothing in it is FAILED, and only the reason tells it from a real failure."""
    seen = _preview(account, account.instance(deployed, PEER).stack_id, PEER, body())

    assert seen["Status"] == "FAILED"
    assert "didn't contain changes" in seen["StatusReason"] or "No updates are to be performed" in seen["StatusReason"]


def test_stack_set_is_updated_after_a_preview_as_before(account: Account, deployed: str) -> None:
    """F4.15: a change set that was made and deleted is in nobody's way."""
    _preview(account, account.instance(deployed, HOME).stack_id, HOME, body("two"))

    account.update(deployed, body("two"))

    assert account.values(deployed) == ("two", "two")


def test_drift_of_an_instance_is_found_on_its_own_stack(account: Account, deployed: str) -> None:
    """F4.16: what was changed by hand shows by name and value; the StackSet and its operations know nothing of it."""
    stack = account.instance_stack(deployed, PEER)
    name = dict(stack.outputs)["Setting"]
    account.client("ssm", PEER).put_parameter(Name=name, Value="by hand", Type="String", Overwrite=True)

    detection_id = begin_detection(account.aws, stack.stack_id, PEER)
    detection = account.awaited(
        "drift detection", lambda: None if (found := read_detection(account.aws, detection_id, PEER)).under_way else found
    )

    drifts = {drift.logical_id: drift for drift in read_resource_drifts(account.aws, stack.stack_id, PEER)}
    assert detection.drift_status == "DRIFTED"
    assert drifts["Setting"].status == "MODIFIED"
    assert [(one.expected, one.actual) for one in drifts["Setting"].differences] == [("one", "by hand")]
    assert account.statuses(deployed) == {HOME: "CURRENT", PEER: "CURRENT"}


def test_definition_comes_back_as_it_was_sent(account: Account, deployed: str) -> None:
    """A plan compares bytes: the StackSet's own, and those of every instance's stack."""
    stands = read_stack_set(account.aws, deployed, HOME)

    assert stands is not None
    assert stands.template_body == body()
    assert read_template(account.aws, account.instance(deployed, PEER).stack_id, PEER) == body()
