"""The embedded Secrets Manager rotates by calling a function, in its own name, and its replicas follow after a while."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.edges import a_function, function_trust
from tests.support.embedded import EmbeddedAws
from tests.support.stacks import Stack, deploy, unique

HOME, PEER = "us-east-2", "us-east-1"

# A rotation function of few words: it fails at the step that the secret's own text names, and counts its calls in a version label.
ROTATE = """
import json
import boto3

def handle(event, context):
    secrets, which = boto3.client("secretsmanager"), {"SecretId": event["SecretId"]}
    current = json.loads(secrets.get_secret_value(**which)["SecretString"])
    if current.get("fails_at") == event["Step"]:
        raise RuntimeError("told to")
    if event["Step"] == "createSecret":
        assert "SecretString" not in secrets.describe_secret(**which)
        text = json.dumps({"number": current["number"] + 1})
        secrets.put_secret_value(**which, ClientRequestToken=event["ClientRequestToken"], SecretString=text, VersionStages=["AWSPENDING"])
    if event["Step"] == "finishSecret":
        labels = secrets.describe_secret(**which)["VersionIdsToStages"]
        old = next(version for version, stages in labels.items() if "AWSCURRENT" in stages)
        move = {"MoveToVersionId": event["ClientRequestToken"], "RemoveFromVersionId": old}
        secrets.update_secret_version_stage(**which, VersionStage="AWSCURRENT", **move)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """A secret with a replica, and a function that can rotate it."""

    aws: EmbeddedAws
    name: str
    stack: Stack

    def secrets(self, region: str = HOME) -> Any:
        """Return a Secrets Manager client."""
        return self.aws.clients("secretsmanager", region)

    def rotate(self, **more: Any) -> str:
        """Ask for a rotation; returns the new version's id."""
        asked = self.secrets().rotate_secret(SecretId=self.name, RotationLambdaARN=self.stack.outputs["Function"], **more)
        return str(asked["VersionId"])

    def labels(self, region: str = HOME) -> dict[str, list[str]]:
        """Return the labels of each version in one Region."""
        found: dict[str, list[str]] = self.secrets(region).describe_secret(SecretId=self.name)["VersionIdsToStages"]
        return found

    @property
    def is_rotating(self) -> bool:
        """Return whether some version is pending."""
        return any("AWSPENDING" in labels for labels in self.labels().values())

    def value(self, label: str = "AWSCURRENT", region: str = HOME) -> dict[str, Any]:
        """Return what the version with a label holds in one Region."""
        held: dict[str, Any] = json.loads(self.secrets(region).get_secret_value(SecretId=self.name, VersionStage=label)["SecretString"])
        return held


def a_rotated_secret(aws: EmbeddedAws, *, let_in: bool = True, scheduled: bool | None = None, **value: Any) -> Rotated:
    """Deploy a secret in two Regions and its function; with a schedule that rotates at once, or does not, when `scheduled` says so."""
    name = unique("secret")
    allowed = {
        "Effect": "Allow",
        "Action": [f"secretsmanager:{verb}" for verb in ("GetSecretValue", "PutSecretValue", "DescribeSecret", "UpdateSecretVersionStage")],
        "Resource": f"arn:aws:secretsmanager:{HOME}:*:secret:{name}-??????",
    }
    policy = {"PolicyName": "rotation", "PolicyDocument": {"Version": "2012-10-17", "Statement": [allowed]}}
    resources: dict[str, Any] = {
        "Secret": {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {"Name": name, "SecretString": json.dumps({"number": 1, **value}), "ReplicaRegions": [{"Region": PEER}]},
        },
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": function_trust(), "Policies": [policy]}},
        "Function": a_function(aws, HOME, ROTATE),
    }
    if let_in:
        resources["LetIn"] = {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "FunctionName": {"Ref": "Function"},
                "Action": "lambda:InvokeFunction",
                "Principal": "secretsmanager.amazonaws.com",
                "SourceAccount": {"Ref": "AWS::AccountId"},
                "SourceArn": {"Fn::Sub": f"arn:aws:secretsmanager:{HOME}:${{AWS::AccountId}}:secret:{name}-??????"},
            },
        }
    if scheduled is not None:
        resources["Schedule"] = {
            "Type": "AWS::SecretsManager::RotationSchedule",
            "DependsOn": "LetIn",
            "Properties": {
                "SecretId": {"Ref": "Secret"},
                "RotationLambdaARN": {"Fn::GetAtt": ["Function", "Arn"]},
                "RotateImmediatelyOnUpdate": scheduled,
                "RotationRules": {"AutomaticallyAfterDays": 30},
            },
        }
    stack = deploy(aws, resources, {"Function": {"Fn::GetAtt": ["Function", "Arn"]}}, region=HOME)
    return Rotated(aws=aws, name=name, stack=stack)


def until(holds: Callable[[], bool], *, seconds_max: float = 60) -> None:
    """Return once `holds()`; raises TimeoutError."""
    deadline = time.monotonic() + seconds_max
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.1)


def test_a_rotation_calls_the_function_for_each_step(embedded_aws: EmbeddedAws) -> None:
    """The new version is current, the old one previous, and none pending; the replica follows."""
    secret = a_rotated_secret(embedded_aws)

    version = secret.rotate()
    until(lambda: secret.labels(PEER).get(version) == ["AWSCURRENT"])

    assert (secret.value(), secret.value("AWSPREVIOUS")) == ({"number": 2}, {"number": 1})
    assert (secret.value(region=PEER), secret.value("AWSPREVIOUS", PEER)) == ({"number": 2}, {"number": 1})
    assert not secret.is_rotating
    assert secret.secrets().describe_secret(SecretId=secret.name)["LastRotatedDate"]


def test_a_version_has_no_value_before_the_function_gives_it_one(embedded_aws: EmbeddedAws) -> None:
    """It is named, pending, and cannot be read; a function that fails leaves it so, and the keys of before as they were."""
    secret = a_rotated_secret(embedded_aws, fails_at="createSecret")

    version = secret.rotate()

    assert secret.labels()[version] == ["AWSPENDING"]
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        secret.value("AWSPENDING")
    assert secret.value()["number"] == 1


def test_a_rotation_that_failed_is_taken_up_again(embedded_aws: EmbeddedAws) -> None:
    """Asked for once more it says that it is not complete, and goes on with the version it had."""
    secret = a_rotated_secret(embedded_aws, fails_at="testSecret")
    version = secret.rotate()
    until(lambda: "SecretString" in _readable(secret, "AWSPENDING"))
    secret.secrets().put_secret_value(SecretId=secret.name, SecretString='{"number": 1}')

    def asked_again() -> bool:
        with pytest.raises(ClientError, match="A previous rotation isn't complete"):
            secret.rotate()
        time.sleep(0.5)
        return "AWSCURRENT" in secret.labels().get(version, [])

    asked_again()
    until(lambda: "AWSCURRENT" in secret.labels()[version] or asked_again())
    assert secret.value() == {"number": 2}


def test_secrets_manager_has_to_be_let_in(embedded_aws: EmbeddedAws) -> None:
    """By the function's policy; nothing has begun then."""
    secret = a_rotated_secret(embedded_aws, let_in=False)

    with pytest.raises(ClientError, match="AccessDeniedException"):
        secret.rotate()

    assert list(secret.labels().values()) == [["AWSCURRENT"]]


def test_a_replica_is_not_rotated(embedded_aws: EmbeddedAws) -> None:
    """Rotation is the primary's (F8.1)."""
    secret = a_rotated_secret(embedded_aws)

    with pytest.raises(ClientError, match="InvalidRequestException"):
        secret.secrets(PEER).rotate_secret(SecretId=secret.name, RotationLambdaARN=secret.stack.outputs["Function"])


def test_a_version_is_given_a_value_once(embedded_aws: EmbeddedAws) -> None:
    """The same again does nothing, another is refused."""
    secret = a_rotated_secret(embedded_aws)
    token = "0123456789abcdef0123456789abcdef"
    put = {"SecretId": secret.name, "ClientRequestToken": token, "VersionStages": ["MINE"]}
    for _ in range(2):
        secret.secrets().put_secret_value(**put, SecretString="one")

    with pytest.raises(ClientError, match="ResourceExistsException"):
        secret.secrets().put_secret_value(**put, SecretString="other")


def test_a_replica_lags(embedded_aws: EmbeddedAws) -> None:
    """The primary says so, until it has followed."""
    secret = a_rotated_secret(embedded_aws)
    secret.secrets().put_secret_value(SecretId=secret.name, SecretString='{"number": 7}')
    status = secret.secrets().describe_secret(SecretId=secret.name)["ReplicationStatus"][0]["Status"]

    until(lambda: secret.value(region=PEER) == {"number": 7})
    assert status == "InProgress"
    assert secret.secrets().describe_secret(SecretId=secret.name)["ReplicationStatus"][0]["Status"] == "InSync"


@pytest.mark.parametrize(("at_once", "number"), [(True, 2), (False, 1)])
def test_a_schedule_rotates_at_once_or_tries_the_function_only(embedded_aws: EmbeddedAws, at_once: bool, number: int) -> None:
    """What the trial made is taken away again; the secret tells when it will be rotated."""
    secret = a_rotated_secret(embedded_aws, scheduled=at_once)
    until(lambda: not secret.is_rotating and secret.value()["number"] == number)

    described = secret.secrets().describe_secret(SecretId=secret.name)
    assert described["RotationEnabled"] is True
    assert (described["NextRotationDate"] - described["CreatedDate"]).days == 30
    assert len(secret.labels()) == number


def test_a_schedule_that_goes_ends_the_rotation_and_leaves_the_secret(embedded_aws: EmbeddedAws) -> None:
    """CancelRotateSecret, as a tear-down that retains the secret needs it."""
    secret = a_rotated_secret(embedded_aws, scheduled=False)
    secret.secrets().cancel_rotate_secret(SecretId=secret.name)

    assert secret.secrets().describe_secret(SecretId=secret.name)["RotationEnabled"] is False
    assert secret.value() == {"number": 1}


def _readable(secret: Rotated, label: str) -> dict[str, Any]:
    try:
        return dict(secret.secrets().get_secret_value(SecretId=secret.name, VersionStage=label))
    except secret.secrets().exceptions.ResourceNotFoundException:
        return {}
