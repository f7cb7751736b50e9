"""Resource types without behaviour: checked, recorded, replaced like the real ones."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.embedded import EmbeddedAws
from tests.support.stacks import StackFailed, deploy, unique


def a_monitor(name: str, **properties: Any) -> dict[str, Any]:
    """Return an application monitor."""
    own = {"Name": name, "Domain": "checkout.example.com", "CustomEvents": {"Status": "ENABLED"}}
    return {"Monitor": {"Type": "AWS::RUM::AppMonitor", "Properties": own | properties}}


def a_budget(name: str) -> dict[str, Any]:
    """Return a budget resource."""
    budget = {"BudgetName": name, "BudgetType": "COST", "TimeUnit": "MONTHLY"}
    return {"Type": "AWS::Budgets::Budget", "Properties": {"Budget": budget}}


ANSWERS = {"Ref": {"Ref": "Monitor"}, "Id": {"Fn::GetAtt": ["Monitor", "Id"]}}


def test_recorded_resource_answers_plausibly(embedded_aws: EmbeddedAws) -> None:
    """Ref is the primary identifier; attributes look like what they are named."""
    name = unique("monitor")
    space = {"Type": "AWS::RedshiftServerless::Namespace", "Properties": {"NamespaceName": name}}
    arn = {"Arn": {"Fn::GetAtt": ["Space", "Namespace.NamespaceArn"]}}

    outputs = deploy(embedded_aws, a_monitor(name) | {"Space": space}, ANSWERS | arn).outputs

    assert outputs["Ref"] == name
    assert len(outputs["Id"]) == 36
    assert outputs["Arn"] == f"arn:aws:redshiftserverless:us-east-1:111122223333:namespace/{name}"


def test_change_in_place_keeps_what_was_answered(embedded_aws: EmbeddedAws) -> None:
    """A changed domain is no replacement, so every attribute stays."""
    name = unique("monitor")
    before = deploy(embedded_aws, a_monitor(name), ANSWERS)

    after = deploy(embedded_aws, a_monitor(name, Domain="shop.example.com"), ANSWERS, name=before.name)

    assert after.outputs == before.outputs


def test_create_only_change_is_a_replacement(embedded_aws: EmbeddedAws) -> None:
    """A monitor's name is create-only: another name is another monitor, and a change set says so beforehand."""
    before = deploy(embedded_aws, a_monitor(unique("monitor")), ANSWERS)
    renamed = unique("renamed")

    replacement = _previewed_replacement(embedded_aws, before.name, a_monitor(renamed))
    after = deploy(embedded_aws, a_monitor(renamed), ANSWERS, name=before.name)

    assert replacement == "True"
    assert after.physical_ids["Monitor"] == renamed
    assert after.outputs["Id"] != before.outputs["Id"]


def test_nested_create_only_change_is_a_replacement_too(embedded_aws: EmbeddedAws) -> None:
    """A budget's name stands inside another property."""
    before = deploy(embedded_aws, {"Budget": a_budget("before")})

    after = deploy(embedded_aws, {"Budget": a_budget("after")}, name=before.name)

    assert after.physical_ids != before.physical_ids


@pytest.mark.parametrize(
    ("properties", "sentence"),
    [
        pytest.param({"Domain": "two words"}, "#/Domain: 'two words' does not match", id="form"),
        pytest.param({"Domian": "a"}, "'Domian' was unexpected", id="unknown property"),
        pytest.param({"CustomEvents": None}, "#/CustomEvents: None is not of type 'object'", id="type"),
        pytest.param({"CustomEvents": {"Status": "SOMETIMES"}}, "'SOMETIMES' is not one of", id="value"),
        pytest.param({"Tags": [{"Key": "owner"}]}, "'Value' is a required property", id="missing"),
    ],
)
def test_property_its_schema_does_not_allow_fails_the_resource(
    embedded_aws: EmbeddedAws, properties: dict[str, Any], sentence: str
) -> None:
    """The event names the property and the fault."""
    with pytest.raises(StackFailed) as failed:
        deploy(embedded_aws, a_monitor(unique("monitor"), **properties))

    assert sentence in failed.value.reasons["Monitor"]


def test_numbers_may_come_as_text(embedded_aws: EmbeddedAws) -> None:
    """As from a template parameter; CloudFormation takes them too."""
    properties = {"AppMonitorConfiguration": {"SessionSampleRate": "0.5", "AllowCookies": "true"}}

    assert deploy(embedded_aws, a_monitor(unique("monitor"), **properties)).physical_ids


def test_type_without_a_schema_is_refused(embedded_aws: EmbeddedAws) -> None:
    """What CloudFormation has never heard of is an error in the template."""
    with pytest.raises(ClientError, match=r"Unrecognized resource types: \[AWS::Payments::Till\]"):
        deploy(embedded_aws, {"Till": {"Type": "AWS::Payments::Till"}})


def test_two_resources_without_names_are_two(embedded_aws: EmbeddedAws) -> None:
    """Generated identifiers do not collide."""
    physical_ids = deploy(embedded_aws, {"One": a_budget("same"), "Other": a_budget("same")}).physical_ids

    assert len(set(physical_ids.values())) == 2


def _previewed_replacement(aws: EmbeddedAws, stack_name: str, resources: dict[str, Any]) -> str:
    client = aws.clients("cloudformation")
    body = json.dumps({"Resources": resources})
    made = client.create_change_set(StackName=stack_name, ChangeSetName=unique("preview"), TemplateBody=body)
    client.get_waiter("change_set_create_complete").wait(ChangeSetName=made["Id"], WaiterConfig={"Delay": 1, "MaxAttempts": 10})
    changes = client.describe_change_set(ChangeSetName=made["Id"])["Changes"]
    client.delete_change_set(ChangeSetName=made["Id"])
    return str(changes[0]["ResourceChange"]["Replacement"])
