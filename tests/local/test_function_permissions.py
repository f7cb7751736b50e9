"""Functions run with their role's permissions and no others, wherever a template puts them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.edges import a_function, function_trust
from tests.support.embedded import EmbeddedAws
from tests.support.stacks import deploy, unique, zipped

_WRITER = """
import os
import boto3
import shared_words
from botocore.exceptions import ClientError

def handle(event, context):
    try:
        boto3.client("dynamodb").put_item(TableName=os.environ["TABLE"], Item={"id": {"S": shared_words.WORD}})
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "written"
"""

NETWORK: dict[str, Any] = {
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
    "Subnet": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/20"}},
    "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "functions", "VpcId": {"Ref": "Vpc"}}},
}


def a_role(action: str) -> dict[str, Any]:
    """Return a function's role that allows one action on the table."""
    statement = {"Effect": "Allow", "Action": action, "Resource": {"Fn::GetAtt": ["Table", "Arn"]}}
    policy = {"PolicyName": "table", "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": function_trust(), "Policies": [policy]}}


def a_layer(aws: EmbeddedAws) -> dict[str, Any]:
    """Return a layer with the module `shared_words`."""
    bucket = unique("layers")
    aws.clients("s3").create_bucket(Bucket=bucket)
    aws.clients("s3").put_object(Bucket=bucket, Key="layer.zip", Body=zipped(python__shared_words='WORD = "from the layer"'))
    return {"Type": "AWS::Lambda::LayerVersion", "Properties": {"Content": {"S3Bucket": bucket, "S3Key": "layer.zip"}}}


@pytest.mark.parametrize(
    ("action", "result"),
    [("dynamodb:PutItem", "written"), ("dynamodb:GetItem", "AccessDeniedException")],
    ids=["allowed", "not allowed"],
)
def test_function_may_do_what_its_role_allows(embedded_aws: EmbeddedAws, action: str, result: str) -> None:
    """A version of a function in a VPC, for another runtime and architecture, with a layer: its inline policy decides."""
    place = {"SubnetIds": [{"Ref": "Subnet"}], "SecurityGroupIds": [{"Fn::GetAtt": ["Group", "GroupId"]}]}
    settings = {"Layers": [{"Ref": "Layer"}], "VpcConfig": place, "Environment": {"Variables": {"TABLE": {"Ref": "Table"}}}}
    table = {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    }
    resources = {
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": table},
        "Role": a_role(action),
        "Layer": a_layer(embedded_aws),
        "Writer": a_function(embedded_aws, "us-east-1", _WRITER, **settings),
        "Version": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Writer"}}},
    }
    stack = deploy(embedded_aws, NETWORK | resources, {"Version": {"Fn::GetAtt": ["Version", "FunctionArn"]}})

    answer = embedded_aws.clients("lambda").invoke(FunctionName=stack.outputs["Version"])

    assert json.load(answer["Payload"]) == result
