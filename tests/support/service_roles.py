"""Roles of a deployed environment, tried by somebody who may act as each of them: whole, or with one action left out.

Services alone may assume these roles. A stand-in has the same policies and lets the account's root assume it, so that the calls a
service makes with the role can be made here, and are allowed or refused by IAM as the service's would be.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from tests.support.embedded import EmbeddedAws

STAND_IN = "stand-in"
REFUSALS = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRole:
    """One role of the rendered templates, by its physical name."""

    aws: EmbeddedAws
    name: str

    @property
    def statements(self) -> tuple[dict[str, Any], ...]:
        """Return the statements of all inline policies, every intrinsic function resolved."""
        iam = self.aws.clients("iam")
        names = iam.list_role_policies(RoleName=self.name)["PolicyNames"]
        documents = [iam.get_role_policy(RoleName=self.name, PolicyName=name)["PolicyDocument"] for name in names]
        return tuple(statement for document in documents for statement in document["Statement"])

    @property
    def actions(self) -> frozenset[str]:
        """Return what the role allows."""
        return frozenset(action for one in self.statements if one["Effect"] == "Allow" for action in _listed(one["Action"]))

    def policy(self, without: str | None = None) -> str:
        """Return the role's policies as one document, one action left out of what it allows."""
        kept = []
        for one in self.statements:
            actions = [action for action in _listed(one["Action"]) if one["Effect"] == "Deny" or action != without]
            kept += [one | {"Action": actions}] if actions else []
        return json.dumps({"Version": "2012-10-17", "Statement": kept})

    def credentials(self, without: str | None = None) -> dict[str, str]:
        """Return credentials of a stand-in with the role's rights, one left out, as `EmbeddedAws.clients` takes them."""
        iam, sts = self.aws.clients("iam"), self.aws.clients("sts")
        root = f"arn:aws:iam::{self.aws.state.account_id}:root"
        trust = {"Effect": "Allow", "Principal": {"AWS": root}, "Action": "sts:AssumeRole"}
        with contextlib.suppress(iam.exceptions.EntityAlreadyExistsException):
            iam.create_role(RoleName=STAND_IN, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
        iam.put_role_policy(RoleName=STAND_IN, PolicyName="rights", PolicyDocument=self.policy(without))
        given = sts.assume_role(RoleArn=f"arn:aws:iam::{self.aws.state.account_id}:role/{STAND_IN}", RoleSessionName="try")["Credentials"]
        return {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        }

    def may(self, action: str, resource: str, region: str, *, without: str | None = None) -> bool:
        """Return what IAM's policy simulator says of one action, for what only a service can do."""
        answer = self.aws.clients("iam", region).simulate_custom_policy(
            PolicyInputList=[self.policy(without)], ActionNames=[action], ResourceArns=[resource]
        )
        return str(answer["EvaluationResults"][0]["EvalDecision"]) == "allowed"


def refused(call: Any, client: Any) -> bool:
    """Return whether IAM refuses a call; any other error is the test's own and is raised."""
    try:
        call(client)
    except ClientError as error:
        if error.response["Error"]["Code"] in REFUSALS or error.response["ResponseMetadata"]["HTTPStatusCode"] == 403:
            return True
        raise
    return False


def _listed(actions: str | list[str]) -> list[str]:
    return [actions] if isinstance(actions, str) else actions
