"""What AWS refuses before it makes anything: references that lead nowhere, and packages that are not where they should be."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from deployer.rendering.packages import zip_of
from tests.support.edges import function_trust
from tests.support.embedded import EmbeddedAws
from tests.support.stacks import StackFailed, deploy, unique

NOWHERE = "Template format error: Unresolved resource dependencies [Nobody] in the Resources block of the template"
NO_KEY = "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist."


@pytest.fixture(scope="module")
def packages(embedded_aws: EmbeddedAws) -> str:
    """A bucket that holds one.zip and nothing else."""
    bucket, s3 = unique("packages"), embedded_aws.clients("s3")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="one.zip", Body=zip_of({"code.py": b"def handle(event, context): return 1\n"}))
    return bucket


def a_function(bucket: str, key: str) -> dict[str, Any]:
    """Return a function of a package, and its role."""
    code = {"S3Bucket": bucket, "S3Key": key}
    own = {"Runtime": "python3.13", "Handler": "code.handle", "Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Code": code}
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": function_trust()}}
    return {"Role": role, "Function": {"Type": "AWS::Lambda::Function", "Properties": own}}


def refusal(error: ClientError) -> tuple[str, str]:
    """Return an error's code and message."""
    return error.response["Error"]["Code"], error.response["Error"]["Message"]


@pytest.mark.parametrize("operation", ["create_stack", "update_stack", "create_change_set", "validate_template"])
def test_a_reference_that_leads_nowhere_is_refused_at_once(embedded_aws: EmbeddedAws, operation: str) -> None:
    """By every call that takes a template; no stack is begun, and one that stands is left as it was."""
    client = embedded_aws.clients("cloudformation")
    topic = {"Type": "AWS::SNS::Topic"}
    name = unique("stack") if operation == "create_stack" else deploy(embedded_aws, {"One": topic}).name
    body = json.dumps({"Resources": {"One": topic | {"Properties": {"DisplayName": {"Ref": "Nobody"}}}}})
    given = {} if operation == "validate_template" else {"StackName": name}
    given |= {"ChangeSetName": "preview"} if operation == "create_change_set" else {}

    with pytest.raises(ClientError) as refused:
        getattr(client, operation)(TemplateBody=body, **given)

    stacks = {one["StackName"]: one["StackStatus"] for one in client.describe_stacks()["Stacks"]}
    assert refusal(refused.value) == ("ValidationError", NOWHERE)
    assert stacks.get(name) == (None if operation == "create_stack" else "CREATE_COMPLETE")


def test_a_stack_fails_on_a_package_that_is_not_there(embedded_aws: EmbeddedAws, packages: str) -> None:
    """Function and layer, at their creation and when a function is led to another package; one that stays is not asked for again."""
    layer = {"Type": "AWS::Lambda::LayerVersion", "Properties": {"Content": {"S3Bucket": packages, "S3Key": "two.zip"}}}
    failures = {}
    for name, resources in (("Function", a_function(packages, "two.zip")), ("Layer", {"Layer": layer})):
        with pytest.raises(StackFailed) as failure:
            deploy(embedded_aws, resources)
        failures[name] = failure.value.reasons[name]
    stack = deploy(embedded_aws, a_function(packages, "one.zip"))
    with pytest.raises(StackFailed) as failure:
        deploy(embedded_aws, a_function(packages, "two.zip"), name=stack.name)
    failures["update"] = failure.value.reasons["Function"]

    assert [name for name, reason in failures.items() if NO_KEY not in reason] == []
    function = embedded_aws.clients("lambda").invoke(FunctionName=stack.physical_ids["Function"])
    assert json.loads(function["Payload"].read()) == 1


def test_lambda_refuses_a_package_that_is_not_there(embedded_aws: EmbeddedAws, packages: str) -> None:
    """By each of the calls that take one, with S3's own word for what is missing."""
    client = embedded_aws.clients("lambda")
    stack = deploy(embedded_aws, a_function(packages, "one.zip"))
    role = client.get_function(FunctionName=stack.physical_ids["Function"])["Configuration"]["Role"]
    absent, nowhere = {"S3Bucket": packages, "S3Key": "two.zip"}, {"S3Bucket": unique("nowhere"), "S3Key": "one.zip"}
    calls = {
        "create": lambda: client.create_function(
            FunctionName=unique("function"), Role=role, Runtime="python3.13", Handler="code.handle", Code=absent
        ),
        "update": lambda: client.update_function_code(FunctionName=stack.physical_ids["Function"], **absent),
        "layer": lambda: client.publish_layer_version(LayerName=unique("layer"), Content=absent),
        "bucket": lambda: client.publish_layer_version(LayerName=unique("layer"), Content=nowhere),
    }
    refusals = {}
    for name, call in calls.items():
        with pytest.raises(ClientError) as refused:
            call()
        refusals[name] = refusal(refused.value)

    assert refusals.pop("bucket")[1].startswith("Error occurred while GetObject. S3 Error Code: NoSuchBucket.")
    assert set(refusals.values()) == {("InvalidParameterValueException", NO_KEY)}
