"""Templates and parameters: what a stack set accepts, and what each instance may have of its own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.embedded import EmbeddedAws
from tests.support.stack_set_rules import HOME_REGION, PEER_REGION, StackSets, a_name, a_template, parameters, refusal, stack_sets

TEMPLATE_BYTES_MAX = 51_200


def _uploaded(sets: StackSets, template: str, region: str = HOME_REGION) -> tuple[str, str]:
    """Return (bucket, key) of a template uploaded to S3."""
    bucket = a_name("templates")
    s3 = sets.aws.clients("s3", region)
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})
    s3.put_object(Bucket=bucket, Key="regional.json", Body=template.encode())
    return bucket, "regional.json"


def _of_bytes(count: int) -> str:
    """Return a valid template that is exactly this long."""
    template = json.loads(a_template())
    template["Metadata"] = {"Padding": ""}
    template["Metadata"]["Padding"] = "x" * (count - len(json.dumps(template)))
    return json.dumps(template)


def test_override_gives_one_region_its_own_value(embedded_aws: EmbeddedAws) -> None:
    """F4.13: ParameterOverrides of CreateStackInstances count for the instances they create."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed(regions=(HOME_REGION,))

    sets.add(name, (PEER_REGION,), ParameterOverrides=parameters(Value="peer"))

    assert (sets.value(name, HOME_REGION), sets.value(name, PEER_REGION)) == ("one", "peer")
    assert sets.instance(name, PEER_REGION)["ParameterOverrides"] == parameters(Value="peer")
    assert sets.instance(name, HOME_REGION)["ParameterOverrides"] == []


def test_overridden_parameter_is_untouched_by_updates(embedded_aws: EmbeddedAws) -> None:
    """F4.13: UpdateStackSet changes the value everywhere but where it is overridden."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed()
    sets.override(name, (PEER_REGION,), ParameterOverrides=parameters(Value="peer"))

    sets.update(name, UsePreviousTemplate=True, Parameters=parameters(Value="two"))

    assert (sets.value(name, HOME_REGION), sets.value(name, PEER_REGION)) == ("two", "peer")


def test_override_can_be_kept_changed_and_taken_back(embedded_aws: EmbeddedAws) -> None:
    """F4.13: UsePreviousValue keeps it, no list leaves it, an empty list goes back to the stack set's value."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed(regions=(HOME_REGION,))
    seen = []
    for overrides in (
        parameters(Value="own"),
        [{"ParameterKey": "Value", "UsePreviousValue": True}],
        None,
        parameters(Value="another"),
        [],
    ):
        operation = sets.override(name, (HOME_REGION,), **({} if overrides is None else {"ParameterOverrides": overrides}))
        assert operation["Status"] == "SUCCEEDED"
        seen.append(sets.value(name))

    assert seen == ["own", "own", "own", "another", "one"]


def test_update_of_instances_needs_instances(embedded_aws: EmbeddedAws) -> None:
    """F4.8: UpdateStackInstances names only what exists, else StackInstanceNotFoundException, 404."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed(regions=(HOME_REGION,))

    with pytest.raises(ClientError) as error:
        sets.override(name, (HOME_REGION, PEER_REGION), ParameterOverrides=parameters(Value="own"))

    assert refusal(error) == ("StackInstanceNotFoundException", 404)
    assert sets.instance(name)["ParameterOverrides"] == []


def test_override_of_an_unknown_parameter_is_refused(embedded_aws: EmbeddedAws) -> None:
    """F4.13: only what the template declares can be overridden; nothing is begun."""
    sets = stack_sets(embedded_aws)
    name = sets.create()

    with pytest.raises(ClientError, match=r"Parameters: \[Valeu\] do not exist in the template") as error:
        sets.add(name, ParameterOverrides=parameters(Valeu="x"))

    assert refusal(error) == ("ValidationError", 400)
    assert sets.statuses(name) == {}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        pytest.param([], r"Parameters: \[Value\] must have values", id="missing"),
        pytest.param(parameters(Value="x", Valeu="y"), r"Parameters: \[Valeu\] do not exist", id="unknown"),
        pytest.param([{"ParameterKey": "Value", "UsePreviousValue": True}], "usePreviousValue as true", id="no previous"),
        pytest.param(
            [{"ParameterKey": "Value", "ParameterValue": "x", "UsePreviousValue": True}], "and a value as well", id="contradiction"
        ),
    ],
)
def test_wrong_parameters_create_nothing(embedded_aws: EmbeddedAws, given: list[dict[str, Any]], sentence: str) -> None:
    """A stack set is not created with parameters its template cannot use."""
    sets = stack_sets(embedded_aws)
    name = a_name()

    with pytest.raises(ClientError, match=sentence) as error:
        sets.create(a_template(default=None), StackSetName=name, Parameters=given)

    assert refusal(error) == ("ValidationError", 400)
    assert sets.create(StackSetName=name) == name


def test_secret_parameter_is_masked(embedded_aws: EmbeddedAws) -> None:
    """NoEcho values are never shown, neither the stack set's nor an override."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed(regions=(HOME_REGION,), Parameters=parameters(Secret="hush"))
    sets.override(name, (HOME_REGION,), ParameterOverrides=parameters(Secret="hush hush"))

    shown = sets.client.describe_stack_set(StackSetName=name)["StackSet"]["Parameters"]

    assert {"ParameterKey": "Secret", "ParameterValue": "****"} in shown
    assert sets.instance(name)["ParameterOverrides"] == parameters(Secret="****")


def test_named_role_needs_its_capability(embedded_aws: EmbeddedAws) -> None:
    """F4.19: CAPABILITY_NAMED_IAM is demanded when the stack set is created, not when its stacks fail."""
    sets = stack_sets(embedded_aws)
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
    role = {"Type": "AWS::IAM::Role", "Properties": {"RoleName": a_name("role"), "AssumeRolePolicyDocument": trust}}
    template = a_template(extra={"Role": role})

    with pytest.raises(ClientError, match=r"Requires capabilities : \[CAPABILITY_NAMED_IAM\]") as error:
        sets.create(template, Capabilities=["CAPABILITY_IAM"])

    assert refusal(error) == ("InsufficientCapabilitiesException", 400)
    name = sets.deployed(template, regions=(HOME_REGION,), Capabilities=["CAPABILITY_NAMED_IAM"])
    assert sets.stack(name)["Capabilities"] == ["CAPABILITY_NAMED_IAM"]


@pytest.mark.parametrize("template", ["no template at all: [", "{}", "Description: without resources"])
def test_template_that_is_none_is_refused(embedded_aws: EmbeddedAws, template: str) -> None:
    """Text CloudFormation cannot read creates nothing."""
    with pytest.raises(ClientError, match="Template format error") as error:
        stack_sets(embedded_aws).create(template)

    assert refusal(error) == ("ValidationError", 400)


def test_request_carries_51200_bytes_and_no_more(embedded_aws: EmbeddedAws) -> None:
    """F4.14: the limit of TemplateBody is met to the byte."""
    sets = stack_sets(embedded_aws)

    with pytest.raises(ClientError, match="less than or equal to 51200") as error:
        sets.create(_of_bytes(TEMPLATE_BYTES_MAX + 1))

    assert refusal(error) == ("ValidationError", 400)
    assert sets.deployed(_of_bytes(TEMPLATE_BYTES_MAX), regions=(HOME_REGION,))


@pytest.mark.parametrize("style", ["path", "virtual-hosted"])
def test_longer_template_comes_by_url(embedded_aws: EmbeddedAws, style: str) -> None:
    """F4.14: up to 1 MB by an S3 URL, in both styles, and the instances get all of it in every Region."""
    sets = stack_sets(embedded_aws)
    template = _of_bytes(200_000)
    bucket, key = _uploaded(sets, template)
    urls = {
        "path": f"https://s3.{HOME_REGION}.amazonaws.com/{bucket}/{key}",
        "virtual-hosted": f"https://{bucket}.s3.{HOME_REGION}.amazonaws.com/{key}",
    }

    name = sets.deployed(TemplateURL=urls[style])

    assert sets.client.describe_stack_set(StackSetName=name)["StackSet"]["TemplateBody"] == template
    assert (sets.value(name, HOME_REGION), sets.value(name, PEER_REGION)) == ("one", "one")


def test_template_is_read_once(embedded_aws: EmbeddedAws) -> None:
    """What the URL holds later does not reach the instances: the stack set keeps its own copy."""
    sets = stack_sets(embedded_aws)
    bucket, key = _uploaded(sets, a_template())
    name = sets.create(TemplateURL=f"https://s3.amazonaws.com/{bucket}/{key}")
    embedded_aws.clients("s3", HOME_REGION).put_object(Bucket=bucket, Key=key, Body=b"overwritten")

    assert sets.add(name, (HOME_REGION,))["Status"] == "SUCCEEDED"


def test_template_of_more_than_a_megabyte_is_refused(embedded_aws: EmbeddedAws) -> None:
    """F4.14: 1 MB is the limit behind a URL."""
    sets = stack_sets(embedded_aws)
    bucket, key = _uploaded(sets, _of_bytes(1_000_001))

    with pytest.raises(ClientError, match="Template may not exceed 1000000 bytes") as error:
        sets.create(TemplateURL=f"https://s3.amazonaws.com/{bucket}/{key}")

    assert refusal(error) == ("ValidationError", 400)


def test_url_with_nothing_behind_it_is_refused(embedded_aws: EmbeddedAws) -> None:
    """A template that is not there creates nothing."""
    with pytest.raises(ClientError, match="not found") as error:
        stack_sets(embedded_aws).create(TemplateURL="https://s3.amazonaws.com/never-made/nothing.json")

    assert refusal(error) == ("ValidationError", 400)


def test_body_and_url_exclude_each_other(embedded_aws: EmbeddedAws) -> None:
    """A stack set has one template; none is refused as well."""
    client = stack_sets(embedded_aws).client

    for members in ({}, {"TemplateBody": a_template(), "TemplateURL": "https://s3.amazonaws.com/b/k"}):
        with pytest.raises(ClientError) as error:
            client.create_stack_set(StackSetName=a_name(), **members)
        assert refusal(error) == ("ValidationError", 400)


def test_one_body_tells_the_regions_apart(embedded_aws: EmbeddedAws) -> None:
    """F4.19: conditions on AWS::Region and mappings keyed by it differ from Region to Region."""
    sets = stack_sets(embedded_aws)
    template = json.loads(a_template())
    template["Mappings"] = {"Regions": {HOME_REGION: {"Role": "home"}, PEER_REGION: {"Role": "peer"}}}
    role = {"Fn::FindInMap": ["Regions", {"Ref": "AWS::Region"}, "Role"]}
    template["Conditions"]["IsHome"] = {"Fn::Equals": [role, "home"]}
    template["Conditions"]["IsPeer"] = {"Fn::Not": [{"Fn::Equals": [{"Fn::Sub": "${AWS::Region}!"}, f"{HOME_REGION}!"]}]}
    which = {"Fn::If": ["IsHome", "is home", {"Fn::If": ["IsPeer", "is peer", "is neither"]}]}
    template["Outputs"] = {"Value": {"Value": {"Fn::Join": [" ", [role, which]]}}}

    name = sets.deployed(json.dumps(template))

    assert (sets.value(name, HOME_REGION), sets.value(name, PEER_REGION)) == ("home is home", "peer is peer")
