"""Drift of a stack set, and the preview that change sets on its instances' stacks give."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.support.embedded import EmbeddedAws
from tests.support.stack_set_rules import HOME_REGION, PEER_REGION, StackSets, a_name, a_template, parameters, refusal, stack_sets


def _detected(sets: StackSets, name: str) -> str:
    operation_id = str(sets.client.detect_stack_set_drift(StackSetName=name)["OperationId"])
    operation = sets.ended(name, operation_id)

    assert (operation["Action"], operation["Status"]) == ("DETECT_DRIFT", "SUCCEEDED")
    return operation_id


def _change_by_hand(sets: StackSets, name: str, region: str) -> None:
    """Change what the instance's stack made, behind CloudFormation's back."""
    resources = sets.aws.clients("cloudformation", region).describe_stack_resources(StackName=sets.instance(name, region)["StackId"])
    setting = resources["StackResources"][0]["PhysicalResourceId"]
    sets.aws.clients("ssm", region).put_parameter(Name=setting, Value="changed by hand", Type="String", Overwrite=True)


def test_untouched_instances_are_in_sync(embedded_aws: EmbeddedAws) -> None:
    """F4.16: the counts add up, and nothing is outdated by looking."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed()

    _detected(sets, name)

    details = sets.client.describe_stack_set(StackSetName=name)["StackSet"]["StackSetDriftDetectionDetails"]
    assert (details["DriftStatus"], details["DriftDetectionStatus"]) == ("IN_SYNC", "COMPLETED")
    assert (details["TotalStackInstancesCount"], details["InSyncStackInstancesCount"]) == (2, 2)
    assert (details["DriftedStackInstancesCount"], details["FailedStackInstancesCount"]) == (0, 0)
    assert sets.instance(name)["DriftStatus"] == "IN_SYNC"
    assert set(sets.statuses(name).values()) == {("CURRENT", "SUCCEEDED")}


def test_resource_changed_by_hand_is_drift(embedded_aws: EmbeddedAws) -> None:
    """F4.16: one drifted instance makes the stack set DRIFTED, and the resource is named."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed()
    _change_by_hand(sets, name, PEER_REGION)

    operation_id = _detected(sets, name)

    details = sets.operation(name, operation_id)["StackSetDriftDetectionDetails"]
    assert (details["DriftStatus"], details["DriftedStackInstancesCount"], details["InSyncStackInstancesCount"]) == ("DRIFTED", 1, 1)
    assert sets.instance(name, PEER_REGION)["DriftStatus"] == "DRIFTED"
    drifts = sets.client.list_stack_instance_resource_drifts(
        StackSetName=name, StackInstanceAccount=sets.account, StackInstanceRegion=PEER_REGION, OperationId=operation_id
    )["Summaries"]
    assert [(drift["LogicalResourceId"], drift["StackResourceDriftStatus"]) for drift in drifts] == [("Setting", "MODIFIED")]
    assert drifts[0]["PropertyDifferences"][0]["ActualValue"] == "changed by hand"


def test_resource_drifts_can_be_narrowed_by_status(embedded_aws: EmbeddedAws) -> None:
    """Only resources of the statuses asked for are listed."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed()
    operation_id = _detected(sets, name)
    place = {"StackInstanceAccount": sets.account, "StackInstanceRegion": HOME_REGION, "OperationId": operation_id}

    listed = sets.client.list_stack_instance_resource_drifts(
        StackSetName=name, StackInstanceResourceDriftStatuses=["MODIFIED", "DELETED"], **place
    )

    assert listed["Summaries"] == []


def test_stack_changed_through_cloudformation_is_no_drift(embedded_aws: EmbeddedAws) -> None:
    """F4.16: an instance's stack updated directly, with another template, is still IN_SYNC."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed(regions=(HOME_REGION,))
    stack_id = sets.instance(name)["StackId"]
    sets.client.update_stack(StackName=stack_id, TemplateBody=a_template(default="two"))
    sets.client.get_waiter("stack_update_complete").wait(StackName=stack_id, WaiterConfig={"Delay": 1, "MaxAttempts": 10})

    _detected(sets, name)

    assert sets.value(name) == "two"
    assert sets.instance(name)["DriftStatus"] == "IN_SYNC"
    assert sets.statuses(name)[HOME_REGION][0] == "CURRENT"


def test_instance_without_a_stack_cannot_be_checked(embedded_aws: EmbeddedAws) -> None:
    """A failed check counts as failed, and beyond the tolerance the detection FAILED."""
    sets = stack_sets(embedded_aws)
    name = sets.create(a_template(broken_in=HOME_REGION))
    sets.add(name)

    operation = sets.ended(name, sets.client.detect_stack_set_drift(StackSetName=name)["OperationId"])

    details = operation["StackSetDriftDetectionDetails"]
    assert operation["Status"] == "FAILED"
    assert (details["DriftDetectionStatus"], details["FailedStackInstancesCount"]) == ("FAILED", 1)


def test_drifts_of_an_unknown_operation_are_not_found(embedded_aws: EmbeddedAws) -> None:
    """F4.8: OperationNotFoundException, 404."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed(regions=(HOME_REGION,))
    place = {"StackInstanceAccount": sets.account, "StackInstanceRegion": HOME_REGION}

    with pytest.raises(ClientError) as error:
        sets.client.list_stack_instance_resource_drifts(StackSetName=name, OperationId="never-begun", **place)

    assert refusal(error) == ("OperationNotFoundException", 404)


def test_change_set_on_an_instances_stack_previews_an_update(embedded_aws: EmbeddedAws) -> None:
    """F4.15: created with the same parameters, read and deleted again, it changes neither stack nor stack set."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed(regions=(HOME_REGION,), Parameters=parameters(Value="given"))
    stack_id, preview = sets.instance(name)["StackId"], a_name("preview")
    wanted = a_template(extra={"More": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "x"}}})
    before = sets.stack(name)
    sets.client.create_change_set(
        StackName=stack_id,
        ChangeSetName=preview,
        ChangeSetType="UPDATE",
        TemplateBody=wanted,
        Parameters=[{"ParameterKey": "Value", "UsePreviousValue": True}],
    )
    sets.client.get_waiter("change_set_create_complete").wait(
        StackName=stack_id, ChangeSetName=preview, WaiterConfig={"Delay": 1, "MaxAttempts": 10}
    )

    changes = sets.client.describe_change_set(StackName=stack_id, ChangeSetName=preview)["Changes"]
    sets.client.delete_change_set(StackName=stack_id, ChangeSetName=preview)

    described = [(change["ResourceChange"]["Action"], change["ResourceChange"]["LogicalResourceId"]) for change in changes]
    assert described == [("Add", "More")]
    assert sets.stack(name) == before
    assert sets.statuses(name) == {HOME_REGION: ("CURRENT", "SUCCEEDED")}
    # What the preview saw, an update then does.
    assert sets.update(name, TemplateBody=wanted, Parameters=parameters(Value="given"))["Status"] == "SUCCEEDED"
