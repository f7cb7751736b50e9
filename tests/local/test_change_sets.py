"""Change sets of updates on the embedded AWS: what they say is what CloudFormation would say, and nothing is changed by asking."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.embedded import EmbeddedAws
from tests.support.stacks import Stack, deploy, unique

TABLE = {
    "Type": "AWS::DynamoDB::GlobalTable",
    "DeletionPolicy": "Retain",
    "UpdateReplacePolicy": "Retain",
    "Properties": {
        "TableName": unique("table"),
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "Replicas": [{"Region": "us-east-1"}],
    },
}


def queues(**properties: Any) -> dict[str, Any]:
    """Return a queue and a parameter that holds what the queue answers."""
    return {
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 30, **properties}},
        "Note": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Ref": "Queue"}}},
        "Count": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Fn::GetAtt": ["Queue", "Arn"]}}},
    }


def asked(aws: EmbeddedAws, stack: Stack, template: dict[str, Any], *, with_values: bool = True, **options: Any) -> dict[str, Any]:
    """Make a change set, return all it says, by page, and delete it."""
    client = aws.clients("cloudformation", stack.region)
    name = unique("preview")
    client.create_change_set(StackName=stack.name, ChangeSetName=name, TemplateBody=json.dumps(template), **options)
    pages = [client.describe_change_set(StackName=stack.name, ChangeSetName=name, IncludePropertyValues=with_values)]
    while "NextToken" in pages[-1]:
        token = pages[-1]["NextToken"]
        pages.append(
            client.describe_change_set(StackName=stack.name, ChangeSetName=name, IncludePropertyValues=with_values, NextToken=token)
        )
    client.delete_change_set(StackName=stack.name, ChangeSetName=name)
    changes = [change["ResourceChange"] for page in pages for change in page["Changes"]]
    return {**pages[0], "Changes": {change["LogicalResourceId"]: change for change in changes}, "pages": len(pages)}


@pytest.fixture(scope="module")
def stack(embedded_aws: EmbeddedAws) -> Stack:
    """A queue, two parameters about it and a table."""
    return deploy(embedded_aws, {**queues(), "Table": TABLE})


def test_template_that_stands_already_has_no_changes(embedded_aws: EmbeddedAws, stack: Stack) -> None:
    """The words are CloudFormation's, for callers look for them."""
    answer = asked(embedded_aws, stack, {"Resources": {**queues(), "Table": TABLE}})

    assert (answer["Status"], answer["ExecutionStatus"], answer["Changes"]) == ("FAILED", "UNAVAILABLE", {})
    assert "didn't contain changes" in answer["StatusReason"]


def test_property_is_told_with_its_path_and_both_values(embedded_aws: EmbeddedAws, stack: Stack) -> None:
    """In place, for nothing in the queue's schema says otherwise."""
    answer = asked(embedded_aws, stack, {"Resources": {**queues(VisibilityTimeout=60), "Table": TABLE}})
    [target] = [detail["Target"] for detail in answer["Changes"]["Queue"]["Details"]]

    assert answer["Status"] == "CREATE_COMPLETE"
    assert answer["Changes"]["Queue"]["Replacement"] == "False"
    assert answer["Changes"]["Queue"]["PhysicalResourceId"] == stack.physical_ids["Queue"]
    assert (target["Path"], target["BeforeValue"], target["AfterValue"]) == ("/Properties/VisibilityTimeout", "30", "60")
    assert json.loads(answer["Changes"]["Queue"]["AfterContext"])["Properties"] == {"VisibilityTimeout": 60}


def test_without_values_there_is_the_property_alone(embedded_aws: EmbeddedAws, stack: Stack) -> None:
    """As it was before values could be asked for."""
    answer = asked(embedded_aws, stack, {"Resources": {**queues(VisibilityTimeout=60), "Table": TABLE}}, with_values=False)
    change = answer["Changes"]["Queue"]

    assert change["Details"][0]["Target"] == {"Attribute": "Properties", "Name": "VisibilityTimeout", "RequiresRecreation": "Never"}
    assert "BeforeContext" not in change


def test_reference_to_what_is_replaced_is_known_after_apply(embedded_aws: EmbeddedAws, stack: Stack) -> None:
    """A queue's name is create-only, so its URL moves, and with it the parameter that holds it."""
    answer = asked(embedded_aws, stack, {"Resources": {**queues(QueueName=unique("queue")), "Table": TABLE}})
    note = answer["Changes"]["Note"]

    assert answer["Changes"]["Queue"]["Replacement"] == "True"
    assert note["Details"][0]["Target"]["AfterValue"] == "{{changeSet:KNOWN_AFTER_APPLY}}"
    assert {detail.get("CausingEntity") for detail in note["Details"]} == {None, "Queue"}


def test_attribute_of_what_is_changed_in_place_may_move(embedded_aws: EmbeddedAws, stack: Stack) -> None:
    """CloudFormation cannot rule it out: Dynamic, and no value to tell."""
    [detail] = asked(embedded_aws, stack, {"Resources": {**queues(VisibilityTimeout=60), "Table": TABLE}})["Changes"]["Count"]["Details"]

    assert (detail["Evaluation"], detail["ChangeSource"], detail["CausingEntity"]) == ("Dynamic", "ResourceAttribute", "Queue.Arn")
    assert "AfterValue" not in detail["Target"]


@pytest.mark.parametrize(
    ("changed", "replacement"),
    [
        pytest.param({"TableName": unique("table")}, "True", id="create-only"),
        pytest.param(
            {
                "KeySchema": [{"AttributeName": "key", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "key", "AttributeType": "S"}],
            },
            "Conditional",
            id="conditionally-create-only",
        ),
        pytest.param({"BillingMode": "PROVISIONED"}, "False", id="in-place"),
    ],
)
def test_replacement_is_what_the_types_schema_says(
    embedded_aws: EmbeddedAws, stack: Stack, changed: dict[str, Any], replacement: str
) -> None:
    """createOnlyProperties and conditionalCreateOnlyProperties."""
    table = {**TABLE, "Properties": {**TABLE["Properties"], **changed}}  # type: ignore[dict-item]
    change = asked(embedded_aws, stack, {"Resources": {**queues(), "Table": table}})["Changes"]["Table"]

    assert change["Replacement"] == replacement
    assert change.get("PolicyAction") == ("ReplaceAndRetain" if replacement == "True" else None)


def test_many_changes_come_in_pages(embedded_aws: EmbeddedAws, stack: Stack) -> None:
    """Each of them once."""
    many = {f"Queue{number}": {"Type": "AWS::SQS::Queue"} for number in range(120)}
    answer = asked(embedded_aws, stack, {"Resources": {**queues(), "Table": TABLE, **many}})

    assert answer["pages"] == 3
    assert set(answer["Changes"]) == set(many)


def test_resource_whose_condition_begins_to_hold_is_added(embedded_aws: EmbeddedAws) -> None:
    """It is in both templates and in one stack."""
    template = {
        "Parameters": {"On": {"Type": "String", "Default": "no"}},
        "Conditions": {"IsOn": {"Fn::Equals": [{"Ref": "On"}, "yes"]}},
        "Resources": {"Always": {"Type": "AWS::SQS::Queue"}, "Sometimes": {"Type": "AWS::SQS::Queue", "Condition": "IsOn"}},
    }
    stack = _deployed(embedded_aws, template)
    answer = asked(embedded_aws, stack, template, Parameters=[{"ParameterKey": "On", "ParameterValue": "yes"}])

    assert {name: change["Action"] for name, change in answer["Changes"].items()} == {"Sometimes": "Add"}


def test_asking_changes_nothing(embedded_aws: EmbeddedAws, stack: Stack) -> None:
    """The stack stands as it stood, and the change set is gone."""
    client = embedded_aws.clients("cloudformation", stack.region)
    before = client.describe_stacks(StackName=stack.name)["Stacks"][0]
    asked(embedded_aws, stack, {"Resources": {**queues(VisibilityTimeout=60), "Table": TABLE}})
    after = client.describe_stacks(StackName=stack.name)["Stacks"][0]

    assert after == before
    assert client.list_change_sets(StackName=stack.name)["Summaries"] == []
    with pytest.raises(ClientError, match="does not exist"):
        client.describe_change_set(StackName=stack.name, ChangeSetName="preview-gone")


def _deployed(aws: EmbeddedAws, template: dict[str, Any]) -> Stack:
    client, name = aws.clients("cloudformation"), unique("stack")
    client.create_stack(StackName=name, TemplateBody=json.dumps(template))
    client.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    return Stack(name=name, region="us-east-1", outputs={}, physical_ids={})
