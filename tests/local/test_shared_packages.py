"""Code from another account's bucket: taken when that bucket's policy lets the account in, refused in S3's words otherwise."""

from __future__ import annotations

import json
import time
from typing import Any
from uuid import uuid4

from tests.support.embedded import EmbeddedAws
from tests.support.organizations import an_organization, clients_of
from tests.support.stacks import unique, zipped

REGION = "us-east-2"
TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def a_bucket(aws: EmbeddedAws, *statements: dict[str, Any]) -> str:
    """Return a bucket of the embedded AWS's own account that holds a package and takes nothing but TLS, with these statements too."""
    s3, name = aws.clients("s3", REGION), unique("packages")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=name, Key="packages/layer.zip", Body=zipped(shared="VALUE = 1"))
    said = [{**one, "Resource": f"arn:aws:s3:::{name}/packages/*"} for one in statements]
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [TLS_ONLY, *said]}))
    return name


def allowing(principal: Any, condition: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a statement that lets somebody read packages."""
    return {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject"} | ({"Condition": condition} if condition else {})


def layer_in(aws: EmbeddedAws, account: str, bucket: str) -> dict[str, Any]:
    """Deploy a stack with one layer in another account; return it once it has settled."""
    content = {"S3Bucket": bucket, "S3Key": "packages/layer.zip"}
    layer = {"Type": "AWS::Lambda::LayerVersion", "Properties": {"LayerName": unique("layer"), "Content": content}}
    cloudformation, name = clients_of(aws, "cloudformation", REGION, account), unique("stack")
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": {"Layer": layer}}))
    for _ in range(500):
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        if stack["StackStatus"] in ("CREATE_COMPLETE", "ROLLBACK_COMPLETE"):
            events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
            return {"status": stack["StackStatus"], "reasons": [event.get("ResourceStatusReason", "") for event in events]}
        time.sleep(0.05)
    raise TimeoutError(f"{name} did not settle")


def below_path(organization: str, path: str) -> dict[str, Any]:
    """Return the condition that somebody is of this organization, below this path."""
    return {"StringEquals": {"aws:PrincipalOrgID": organization}, "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": [path]}}


def an_account() -> str:
    """Return an account nobody else uses."""
    return f"7{uuid4().int % 10**11:011d}"


def test_account_that_the_policy_names_takes_the_package(embedded_aws: EmbeddedAws) -> None:
    """And nothing but its own policy keeps another from it."""
    friend, stranger = an_account(), an_account()
    bucket = a_bucket(embedded_aws, allowing({"AWS": [f"arn:aws:iam::{friend}:root"]}))

    assert layer_in(embedded_aws, friend, bucket)["status"] == "CREATE_COMPLETE"
    refused = layer_in(embedded_aws, stranger, bucket)
    assert refused["status"] == "ROLLBACK_COMPLETE"
    assert any("S3 Error Code: AccessDenied" in reason for reason in refused["reasons"])


def test_accounts_below_a_unit_take_the_package(embedded_aws: EmbeddedAws) -> None:
    """aws:PrincipalOrgPaths is where the account is: nested units count, another unit's path does not."""
    organization = an_organization(embedded_aws)
    described = organization.clients("organizations", "us-east-1", organization.management).describe_organization()
    own = described["Organization"]["Id"]
    below, nested = (f"{own}/r-*/{unit}/*" for unit in (organization.unit, organization.nested_unit))
    member, in_nested = organization.members
    bucket = a_bucket(embedded_aws, allowing("*", below_path(own, below)))
    narrow = a_bucket(embedded_aws, allowing("*", below_path(own, nested)))

    assert layer_in(embedded_aws, in_nested, bucket)["status"] == "CREATE_COMPLETE"
    assert layer_in(embedded_aws, in_nested, narrow)["status"] == "CREATE_COMPLETE"
    assert layer_in(embedded_aws, member, narrow)["status"] == "ROLLBACK_COMPLETE"
    assert layer_in(embedded_aws, an_account(), bucket)["status"] == "ROLLBACK_COMPLETE"
