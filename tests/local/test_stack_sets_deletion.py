"""DeleteStackInstances: stacks go or are retained, and a failed deletion leaves an instance INOPERABLE."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.support.embedded import EmbeddedAws
from tests.support.stack_set_rules import HOME_REGION, PEER_REGION, StackSets, a_template, refusal, stack_sets


def _inoperable(sets: StackSets) -> tuple[str, str]:
    """Return a stack set's name and the stack of its home instance, whose deletion failed."""
    name = sets.deployed()
    stack_id = sets.instance(name)["StackId"]
    _protect(sets, stack_id, protected=True)
    assert sets.remove(name, (HOME_REGION,))["Status"] == "FAILED"
    return name, stack_id


def _protect(sets: StackSets, stack_id: str, *, protected: bool) -> None:
    client = sets.aws.clients("cloudformation", HOME_REGION)
    client.update_termination_protection(StackName=stack_id, EnableTerminationProtection=protected)


def test_deleted_instances_take_their_stacks_along(embedded_aws: EmbeddedAws) -> None:
    """The instances are gone, their stacks DELETE_COMPLETE, and the stack set can be deleted."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed()
    stack_id = sets.instance(name)["StackId"]

    operation = sets.remove(name)

    assert (operation["Action"], operation["Status"], operation["RetainStacks"]) == ("DELETE", "SUCCEEDED", False)
    assert sets.results(name, operation) == {HOME_REGION: "SUCCEEDED", PEER_REGION: "SUCCEEDED"}
    assert sets.statuses(name) == {}
    assert sets.client.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"] == "DELETE_COMPLETE"
    sets.client.delete_stack_set(StackSetName=name)


def test_retained_stacks_live_on(embedded_aws: EmbeddedAws) -> None:
    """F4.11, F4.17: RetainStacks takes the instance out and leaves the stack alone."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed()
    stack_id = sets.instance(name)["StackId"]

    operation = sets.remove(name, (HOME_REGION,), retain=True)

    assert operation["RetainStacks"] is True
    assert list(sets.statuses(name)) == [PEER_REGION]
    assert sets.client.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"


def test_places_without_an_instance_are_passed_over(embedded_aws: EmbeddedAws) -> None:
    """F4.8: DeleteStackInstances declares no StackInstanceNotFoundException."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed(regions=(HOME_REGION,))

    operation = sets.remove(name)

    assert sets.results(name, operation) == {HOME_REGION: "SUCCEEDED"}


def test_termination_protection_makes_the_deletion_fail(embedded_aws: EmbeddedAws) -> None:
    """F4.11: the instance becomes INOPERABLE and says why."""
    sets = stack_sets(embedded_aws)
    name, _ = _inoperable(sets)

    assert sets.statuses(name)[HOME_REGION] == ("INOPERABLE", "INOPERABLE")
    assert "TerminationProtection is enabled" in sets.instance(name)["StatusReason"]


def test_inoperable_instance_is_left_out_of_updates(embedded_aws: EmbeddedAws) -> None:
    """F4.11: UpdateStackSet works on the others only."""
    sets = stack_sets(embedded_aws)
    name, _ = _inoperable(sets)

    operation = sets.update(name, TemplateBody=a_template(default="two"))

    assert sets.results(name, operation) == {PEER_REGION: "SUCCEEDED"}
    assert sets.statuses(name)[HOME_REGION] == ("INOPERABLE", "INOPERABLE")
    assert sets.value(name, HOME_REGION) == "one"


def test_inoperable_instance_is_freed_by_retaining_its_stack(embedded_aws: EmbeddedAws) -> None:
    """F4.11: RetainStacks takes it out; then the stack itself is deleted."""
    sets = stack_sets(embedded_aws)
    name, stack_id = _inoperable(sets)

    assert sets.remove(name, (HOME_REGION,), retain=True)["Status"] == "SUCCEEDED"
    assert list(sets.statuses(name)) == [PEER_REGION]
    _protect(sets, stack_id, protected=False)
    sets.client.delete_stack(StackName=stack_id)


def test_deletion_can_be_tried_again(embedded_aws: EmbeddedAws) -> None:
    """Once the cause is gone the same request deletes the instance and its stack."""
    sets = stack_sets(embedded_aws)
    name, stack_id = _inoperable(sets)
    _protect(sets, stack_id, protected=False)

    assert sets.remove(name, (HOME_REGION,))["Status"] == "SUCCEEDED"
    assert list(sets.statuses(name)) == [PEER_REGION]


def test_stack_deleted_by_hand_counts_as_deleted(embedded_aws: EmbeddedAws) -> None:
    """The instance of a stack that is gone already is simply taken out."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed(regions=(HOME_REGION,))
    stack_id = sets.instance(name)["StackId"]
    sets.client.delete_stack(StackName=stack_id)
    sets.client.get_waiter("stack_delete_complete").wait(StackName=stack_id, WaiterConfig={"Delay": 1, "MaxAttempts": 10})

    assert sets.remove(name, (HOME_REGION,))["Status"] == "SUCCEEDED"


def test_deletion_says_what_becomes_of_the_stacks(embedded_aws: EmbeddedAws) -> None:
    """Accounts are needed: nothing is deleted by leaving them out."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed(regions=(HOME_REGION,))

    with pytest.raises(ClientError) as error:
        sets.client.delete_stack_instances(StackSetName=name, Regions=[HOME_REGION], RetainStacks=False)

    assert refusal(error) == ("ValidationError", 400)
