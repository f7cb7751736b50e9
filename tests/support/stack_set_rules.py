"""StackSets as tests drive them: templates that succeed, fail or wait on command, and calls that wait for operations.

Everything has a name of its own, so tests share one embedded AWS; only the two default roles are shared.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.support.embedded import EmbeddedAws

HOME_REGION: Final = "us-east-2"
PEER_REGION: Final = "us-east-1"
REGIONS: Final = (HOME_REGION, PEER_REGION)
HOME_FIRST: Final = {"RegionOrder": [HOME_REGION, PEER_REGION]}
ADMINISTRATION_ROLE: Final = "AWSCloudFormationStackSetAdministrationRole"
EXECUTION_ROLE: Final = "AWSCloudFormationStackSetExecutionRole"
_WAIT_SECONDS_MAX: Final = 30.0


def a_name(kind: str = "set") -> str:
    """Return a name nobody else uses."""
    return f"{kind}-{uuid4().hex[:10]}"


def a_template(*, default: str | None = "one", broken_in: str = "", gated: bool = False, extra: dict[str, Any] | None = None) -> str:
    """Return a template with one SSM parameter whose value is the template's parameter `Value`.

    `broken_in` names a Region where the stack fails; `gated` holds the stack until `StackSets.open_gate`; `extra` adds
    resources.
    """
    value = {"Type": "String"} | ({} if default is None else {"Default": default})
    resources: dict[str, Any] = {"Setting": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Ref": "Value"}}}}
    if broken_in:
        broken = {"Type": "AWS::SSM::Parameter", "Condition": "Breaks", "Properties": {"Type": "Nonsense", "Value": "x"}}
        resources["Broken"] = broken
    if gated:
        resources["Handle"] = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
        gate = {"Handle": {"Ref": "Handle"}, "Timeout": "60"}
        resources["Gate"] = {"Type": "AWS::CloudFormation::WaitCondition", "Properties": gate}
    return json.dumps(
        {
            "Parameters": {"Value": value, "Secret": {"Type": "String", "Default": "none", "NoEcho": True}},
            "Conditions": {"Breaks": {"Fn::Equals": [{"Ref": "AWS::Region"}, broken_in or "nowhere"]}},
            "Resources": resources | (extra or {}),
            "Outputs": {"Value": {"Value": {"Ref": "Value"}}},
        }
    )


def parameters(**values: str) -> list[dict[str, str]]:
    """Return values in the form the API takes parameters."""
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()]


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSets:
    """Calls on StackSets in one Region of an embedded AWS, as root unless another client is given."""

    aws: EmbeddedAws
    client: Any

    @property
    def account(self) -> str:
        """Return the account that administers and, unless a test says otherwise, gets the stacks."""
        return self.aws.state.account_id

    def create(self, template: str | None = None, **members: Any) -> str:
        """Create a stack set without instances; return its name."""
        name = members.pop("StackSetName", None) or a_name()
        template_members = {} if "TemplateURL" in members else {"TemplateBody": template or a_template()}
        self.client.create_stack_set(StackSetName=name, **template_members, **members)
        return str(name)

    def deployed(self, template: str | None = None, regions: tuple[str, ...] = REGIONS, **members: Any) -> str:
        """Create a stack set with an instance in each Region and wait; return its name."""
        name = self.create(template, **members)
        assert self.add(name, regions)["Status"] == "SUCCEEDED"
        return name

    def begin(self, name: str, regions: tuple[str, ...] = REGIONS, **members: Any) -> str:
        """Begin to create instances; return the operation's id."""
        targets = {"Accounts": [self.account], "Regions": list(regions)} | members
        preferences = {"OperationPreferences": HOME_FIRST} | targets
        return str(self.client.create_stack_instances(StackSetName=name, **preferences)["OperationId"])

    def add(self, name: str, regions: tuple[str, ...] = REGIONS, **members: Any) -> dict[str, Any]:
        """Create instances and wait; return the operation."""
        return self.ended(name, self.begin(name, regions, **members))

    def update(self, name: str, **members: Any) -> dict[str, Any]:
        """Update the stack set, the home Region first, and wait; return the operation."""
        members = {"OperationPreferences": HOME_FIRST} | members
        return self.ended(name, self.client.update_stack_set(StackSetName=name, **members)["OperationId"])

    def override(self, name: str, regions: tuple[str, ...], **members: Any) -> dict[str, Any]:
        """Update instances and wait; return the operation."""
        answer = self.client.update_stack_instances(StackSetName=name, Accounts=[self.account], Regions=list(regions), **members)
        return self.ended(name, answer["OperationId"])

    def remove(self, name: str, regions: tuple[str, ...] = REGIONS, *, retain: bool = False) -> dict[str, Any]:
        """Delete instances and wait; return the operation."""
        answer = self.client.delete_stack_instances(StackSetName=name, Accounts=[self.account], Regions=list(regions), RetainStacks=retain)
        return self.ended(name, answer["OperationId"])

    def operation(self, name: str, operation_id: str) -> dict[str, Any]:
        """Return the operation as it stands."""
        answer = self.client.describe_stack_set_operation(StackSetName=name, OperationId=operation_id)
        return dict(answer["StackSetOperation"])

    def ended(self, name: str, operation_id: str) -> dict[str, Any]:
        """Wait for the operation's end and return it."""
        deadline = time.monotonic() + _WAIT_SECONDS_MAX
        while time.monotonic() < deadline:
            operation = self.operation(name, operation_id)
            if operation["Status"] in ("SUCCEEDED", "FAILED", "STOPPED"):
                return operation
            time.sleep(0.03)
        pytest.fail(f"operation {operation_id} did not end")

    def results(self, name: str, operation: dict[str, Any]) -> dict[str, str]:
        """Return the operation's result status by Region."""
        return {result["Region"]: result["Status"] for result in self.summaries(name, operation)}

    def reasons(self, name: str, operation: dict[str, Any]) -> dict[str, str]:
        """Return the operation's result reason by Region."""
        return {result["Region"]: result.get("StatusReason", "") for result in self.summaries(name, operation)}

    def summaries(self, name: str, operation: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the operation's results."""
        answer = self.client.list_stack_set_operation_results(StackSetName=name, OperationId=operation["OperationId"])
        return list(answer["Summaries"])

    def statuses(self, name: str) -> dict[str, tuple[str, str]]:
        """Return (status, detailed status) of the instances by Region."""
        instances = self.client.list_stack_instances(StackSetName=name)["Summaries"]
        return {one["Region"]: (one["Status"], one["StackInstanceStatus"]["DetailedStatus"]) for one in instances}

    def instance(self, name: str, region: str = HOME_REGION) -> dict[str, Any]:
        """Return one instance."""
        answer = self.client.describe_stack_instance(StackSetName=name, StackInstanceAccount=self.account, StackInstanceRegion=region)
        return dict(answer["StackInstance"])

    def stack(self, name: str, region: str = HOME_REGION) -> dict[str, Any]:
        """Return one instance's stack, as CloudFormation describes it."""
        stack_id = self.instance(name, region)["StackId"]
        return dict(self.aws.clients("cloudformation", region).describe_stacks(StackName=stack_id)["Stacks"][0])

    def value(self, name: str, region: str = HOME_REGION) -> str:
        """Return what the instance's stack made of the parameter `Value`."""
        return str(self.stack(name, region)["Outputs"][0]["OutputValue"])

    def open_gate(self, name: str, region: str = HOME_REGION, *, status: str = "SUCCESS") -> None:
        """Let a gated stack go on, or fail with status FAILURE, once it waits at its gate."""
        cloudformation = self.aws.clients("cloudformation", region)
        deadline = time.monotonic() + _WAIT_SECONDS_MAX
        while time.monotonic() < deadline:
            stack_id = self.instance(name, region).get("StackId")
            with suppress(ClientError):
                if stack_id:
                    cloudformation.signal_resource(StackName=stack_id, LogicalResourceId="Gate", UniqueId="1", Status=status)
                    return
            time.sleep(0.03)
        pytest.fail(f"the stack of {name} in {region} never waited at its gate")


def stack_sets(aws: EmbeddedAws, region: str = HOME_REGION) -> StackSets:
    """Return StackSets in a Region, with the two default roles in place."""
    cloudformation = {"Service": "cloudformation.amazonaws.com"}
    add_role(aws, ADMINISTRATION_ROLE, cloudformation, "sts:AssumeRole", f"arn:aws:iam::*:role/{EXECUTION_ROLE}")
    administrator = f"arn:aws:iam::{aws.state.account_id}:role/{ADMINISTRATION_ROLE}"
    add_role(aws, EXECUTION_ROLE, {"AWS": administrator}, "*", "*")
    return StackSets(aws=aws, client=aws.clients("cloudformation", region))


def add_role(
    aws: EmbeddedAws,
    name: str,
    trusted: dict[str, str],
    action: str | list[str],
    resource: str = "*",
    *,
    condition: dict[str, Any] | None = None,
    account: str = "",
) -> str:
    """Make sure that a role exists that trusts `trusted` and allows `action` on `resource`; return its ARN."""
    credentials = {"aws_access_key_id": account, "aws_secret_access_key": aws.state.secret_access_key} if account else {}
    iam = aws.clients("iam", **credentials)
    trust = {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"} | ({"Condition": condition} if condition else {})
    with suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy(trust))
        iam.put_role_policy(
            RoleName=name, PolicyName="all", PolicyDocument=_policy({"Effect": "Allow", "Action": action, "Resource": resource})
        )
    return f"arn:aws:iam::{account or aws.state.account_id}:role/{name}"


def as_user(aws: EmbeddedAws, action: str | list[str], resource: str = "*", region: str = HOME_REGION) -> StackSets:
    """Return StackSets as a new IAM user who is allowed `action` on `resource` and nothing else."""
    iam, name = aws.clients("iam"), a_name("user")
    iam.create_user(UserName=name)
    iam.put_user_policy(
        UserName=name, PolicyName="all", PolicyDocument=_policy({"Effect": "Allow", "Action": action, "Resource": resource})
    )
    key = iam.create_access_key(UserName=name)["AccessKey"]
    credentials = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    return StackSets(aws=aws, client=aws.clients("cloudformation", region, **credentials))


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def refusal(error: pytest.ExceptionInfo[ClientError]) -> tuple[str, int]:
    """Return (error code, HTTP status) of a refused call."""
    response = error.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]
