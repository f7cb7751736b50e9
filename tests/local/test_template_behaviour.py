"""What templates may rely on: both URL styles, secret replicas, alarms that follow alarms, web ACLs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deployer.local.template_urls import path_style
from tests.support.embedded import EmbeddedAws
from tests.support.stacks import delete, deploy, unique


@pytest.mark.parametrize(
    ("url", "read_as"),
    [
        ("https://templates.s3.us-east-2.amazonaws.com/a/b.yaml", "https://s3.us-east-2.amazonaws.com/templates/a/b.yaml"),
        ("https://templates.s3.amazonaws.com/b.yaml", "https://s3.amazonaws.com/templates/b.yaml"),
        ("https://dotted.name.s3-us-west-2.amazonaws.com/b.yaml", "https://s3-us-west-2.amazonaws.com/dotted.name/b.yaml"),
        ("https://s3.us-east-1.amazonaws.com/templates/b%20c.yaml", "https://s3.us-east-1.amazonaws.com/templates/b c.yaml"),
        ("http://127.0.0.1:4566/templates/b.yaml", "http://127.0.0.1:4566/templates/b.yaml"),
        ("https://s3.example.test/templates/b.yaml", "https://s3.example.test/templates/b.yaml"),
    ],
)
def test_bucket_of_a_url_is_found_in_host_or_path(url: str, read_as: str) -> None:
    """Both of S3's styles name the same object; other URLs stay as they are."""
    assert path_style(url) == read_as


@pytest.mark.parametrize(
    "style", ["https://{bucket}.s3.us-east-1.amazonaws.com/{key}", "https://s3.us-east-1.amazonaws.com/{bucket}/{key}"]
)
def test_template_is_read_from_either_url_style(embedded_aws: EmbeddedAws, style: str) -> None:
    """CreateStack, ValidateTemplate, GetTemplateSummary, UpdateStack and CreateChangeSet take both."""
    bucket, client = unique("templates"), embedded_aws.clients("cloudformation")
    s3 = embedded_aws.clients("s3")
    s3.create_bucket(Bucket=bucket)
    for key, topics in (("one.json", ["First"]), ("two.json", ["First", "Second"])):
        body = {"Resources": {topic: {"Type": "AWS::SNS::Topic"} for topic in topics}}
        s3.put_object(Bucket=bucket, Key=f"sets/{key}", Body=json.dumps(body).encode())
    one, two = (style.format(bucket=bucket, key=f"sets/{key}") for key in ("one.json", "two.json"))

    assert client.validate_template(TemplateURL=one)["Parameters"] == []
    assert client.get_template_summary(TemplateURL=two)["ResourceTypes"] == ["AWS::SNS::Topic"]
    stack = deploy(embedded_aws, {}, TemplateURL=one)
    made = client.create_change_set(StackName=stack.name, ChangeSetName="preview", TemplateURL=two)
    assert client.describe_change_set(ChangeSetName=made["Id"])["ChangeSetName"] == "preview"
    client.delete_change_set(ChangeSetName=made["Id"])
    assert set(deploy(embedded_aws, {}, name=stack.name, TemplateURL=two).physical_ids) == {"First", "Second"}


def a_secret(name: str, **properties: Any) -> dict[str, Any]:
    """Return a secret replicated to us-east-2."""
    own = {"Name": name, "GenerateSecretString": {"PasswordLength": 40}, "ReplicaRegions": [{"Region": "us-east-2"}]}
    return {"Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": own | properties}}


def test_secret_is_readable_in_its_replica_region(embedded_aws: EmbeddedAws) -> None:
    """The other Region has the same value under the same name, and none once the stack is gone."""
    name = unique("secret")
    stack = deploy(embedded_aws, a_secret(name))
    clients = [embedded_aws.clients("secretsmanager", region) for region in ("us-east-1", "us-east-2")]

    values = {client.get_secret_value(SecretId=name)["SecretString"] for client in clients}
    delete(embedded_aws, stack)

    assert len(values) == 1
    assert len(values.pop()) == 40
    for client in clients:
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            client.get_secret_value(SecretId=name)


def test_reference_to_a_secret_is_its_arn(embedded_aws: EmbeddedAws) -> None:
    """Through creation, change and drift detection, as policies that name the secret need it."""
    name = unique("secret")
    stack = deploy(embedded_aws, a_secret(name), {"Ref": {"Ref": "Secret"}})
    changed = deploy(embedded_aws, a_secret(name, Description="of the API"), {"Ref": {"Ref": "Secret"}}, name=stack.name)
    secret = embedded_aws.clients("secretsmanager").describe_secret(SecretId=name)
    cloudformation = embedded_aws.clients("cloudformation")

    drift = cloudformation.detect_stack_resource_drift(StackName=stack.name, LogicalResourceId="Secret")["StackResourceDrift"]

    assert stack.outputs["Ref"] == changed.outputs["Ref"] == secret["ARN"]
    assert secret["Description"] == "of the API"
    assert drift["StackResourceDriftStatus"] == "IN_SYNC"


def test_composite_alarm_follows_its_rule(embedded_aws: EmbeddedAws) -> None:
    """The rule is evaluated: the composite is in alarm when its child is."""
    child = {
        **{"Namespace": "payments", "MetricName": "errors", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1},
        **{"Threshold": 1, "ComparisonOperator": "GreaterThanThreshold"},
    }
    rule = {"AlarmRule": {"Fn::Sub": 'ALARM("${Child}")'}, "ActionsEnabled": "false"}
    stack = deploy(
        embedded_aws,
        {
            "Child": {"Type": "AWS::CloudWatch::Alarm", "Properties": child},
            "Whole": {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": rule},
        },
        {"Arn": {"Fn::GetAtt": ["Whole", "Arn"]}},
    )
    client, name = embedded_aws.clients("cloudwatch"), stack.physical_ids["Whole"]

    client.set_alarm_state(AlarmName=stack.physical_ids["Child"], StateValue="ALARM", StateReason="test")

    found = client.describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"][0]
    assert found["StateValue"] == "ALARM"
    assert stack.outputs["Arn"] == f"arn:aws:cloudwatch:us-east-1:111122223333:alarm:{name}"


def test_web_acl_is_associated_with_its_stage(embedded_aws: EmbeddedAws) -> None:
    """WAF answers the web ACL for the stage, and no more once the association is gone."""
    stage = "arn:aws:apigateway:us-east-1::/restapis/abcdef1234/stages/" + unique("live")
    visibility = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "acl"}
    acl = {"Scope": "REGIONAL", "DefaultAction": {"Allow": {}}, "VisibilityConfig": visibility}
    resources = {"Acl": {"Type": "AWS::WAFv2::WebACL", "Properties": acl}}
    association = {"ResourceArn": stage, "WebACLArn": {"Fn::GetAtt": ["Acl", "Arn"]}}
    whole = resources | {"Association": {"Type": "AWS::WAFv2::WebACLAssociation", "Properties": association}}
    stack = deploy(embedded_aws, whole, {"Arn": {"Fn::GetAtt": ["Acl", "Arn"]}})
    client = embedded_aws.clients("wafv2")

    associated = client.get_web_acl_for_resource(ResourceArn=stage)["WebACL"]["ARN"]
    deploy(embedded_aws, resources, name=stack.name)

    assert associated == stack.outputs["Arn"]
    with pytest.raises(client.exceptions.WAFNonexistentItemException):
        client.get_web_acl_for_resource(ResourceArn=stage)


def test_web_acl_that_searches_for_text_leaves_its_stage(embedded_aws: EmbeddedAws) -> None:
    """Whatever its rules look for, the stack that associated it can be taken down."""
    stage = "arn:aws:apigateway:us-east-1::/restapis/abcdef1234/stages/" + unique("live")
    visibility = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "acl"}
    found = {
        **{"SearchString": "/health", "FieldToMatch": {"UriPath": {}}, "PositionalConstraint": "EXACTLY"},
        "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
    }
    rule = {
        "Name": "Health",
        "Priority": 0,
        "Action": {"Allow": {}},
        "Statement": {"ByteMatchStatement": found},
        "VisibilityConfig": visibility,
    }
    acl = {"Scope": "REGIONAL", "DefaultAction": {"Allow": {}}, "VisibilityConfig": visibility, "Rules": [rule]}
    association = {"ResourceArn": stage, "WebACLArn": {"Fn::GetAtt": ["Acl", "Arn"]}}
    stack = deploy(
        embedded_aws,
        {
            "Acl": {"Type": "AWS::WAFv2::WebACL", "Properties": acl},
            "Association": {"Type": "AWS::WAFv2::WebACLAssociation", "Properties": association},
        },
    )
    client = embedded_aws.clients("wafv2")

    delete(embedded_aws, stack)

    with pytest.raises(client.exceptions.WAFNonexistentItemException):
        client.get_web_acl_for_resource(ResourceArn=stage)
