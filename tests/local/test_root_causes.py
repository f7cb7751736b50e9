"""Why it failed, first: the resource that failed by itself, in AWS's own words, wherever a roll-out meets it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deployer.vocabulary.errors import RolloutFailed
from tests.support.embedded import EmbeddedAws
from tests.support.rollout.real import HOME, RealSystem, a_setting, digest, template
from tests.support.stack_set_rules import a_name, add_role

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def a_role(**properties: str) -> dict[str, Any]:
    """Return a function's role."""
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST, **properties}}


def refused_property(system: RealSystem) -> str:
    """Return a body with a property that is refused, beside one that goes well and one that never begins."""
    refused = a_setting("x", Type="Nonsense", Description="refused")
    return template({"Well": a_setting("1"), "Refused": refused, "After": {**a_setting("z"), "DependsOn": "Refused"}})


def taken_name(system: RealSystem) -> str:
    """Return a body with a role whose name the account has already."""
    name = f"taken-{system.suffix}"
    system.embedded.clients("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    return template({"Refused": a_role(RoleName=name), "After": {**a_setting("z"), "DependsOn": "Refused"}})


def missing_package(system: RealSystem) -> str:
    """Return a body with a function whose package nobody uploaded."""
    bucket = f"packages-{system.suffix}"
    system.embedded.clients("s3", HOME).create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": HOME})
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.12",
            "Handler": "handler.handle",
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": {"S3Bucket": bucket, "S3Key": "packages/never-uploaded.zip"},
        },
    }
    return template({"Role": a_role(), "Refused": function})


def failed_wait(system: RealSystem) -> str:
    """Return a body that waits for a signal nobody sends."""
    gate = {"Type": "AWS::CloudFormation::WaitCondition", "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "1"}}
    return template({"Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"}, "Refused": gate})


CASES = [
    pytest.param(refused_property, "'Nonsense' is not supported", "Correct that property", id="property refused"),
    pytest.param(taken_name, "already exists", "Delete, rename or import what has that name", id="name taken"),
    pytest.param(missing_package, "NoSuchKey", "it uploads what is missing", id="package missing"),
    pytest.param(failed_wait, "WaitCondition timed out", "Remove the cause", id="wait that fails"),
]


@pytest.fixture
def system(embedded_aws: EmbeddedAws, tmp_path: Path) -> RealSystem:
    """Return a system nothing of which stands."""
    return RealSystem(embedded_aws, tmp_path)


@pytest.mark.parametrize("whose", ["stack set", "global stack"])
@pytest.mark.parametrize(("body_of", "reason", "way_out"), CASES)
def test_first_line_is_the_resource_that_failed_by_itself(
    system: RealSystem, whose: str, body_of: Callable[[RealSystem], str], reason: str, way_out: str
) -> None:
    """Not what was cancelled in its wake, not the stack's own last word; and the way out is that reason's."""
    body = body_of(system)
    step = system.regional(body) if whose == "stack set" else replace(system.global_(), parameters=(), template_digest=digest(body))

    with pytest.raises(RolloutFailed) as failed:
        system.perform(step, bodies=(body,))

    first, *rest = failed.value.detail.splitlines()
    assert first.startswith(f"{HOME}: Refused (AWS::")
    assert "CREATE_FAILED: " in first
    assert reason in first
    assert rest, "what stands where is told, too"
    assert way_out in failed.value.hint


def test_action_the_execution_role_lacks_is_named(system: RealSystem) -> None:
    """Before any stack: the role, the action, and whose it is to give it."""
    administration, execution = a_name("administration"), a_name("execution")
    arn = add_role(system.embedded, administration, {"Service": "cloudformation.amazonaws.com"}, "sts:AssumeRole")
    add_role(system.embedded, execution, {"AWS": arn}, "ssm:*")
    step = replace(system.regional(), administration_role_arn=arn, execution_role_name=execution)

    with pytest.raises(RolloutFailed) as failed:
        system.perform(step)

    first, *_ = failed.value.detail.splitlines()
    assert f"assumed-role/{execution}/" in first
    assert "is not authorized to perform: cloudformation:CreateStack" in first
    assert failed.value.hint.startswith("Give the role CloudFormation names the action it names")
