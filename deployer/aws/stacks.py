"""Stacks: read, create, update and delete one. Waiting and judging belong to those who call.

Sources: CloudFormation API reference (CreateStack, UpdateStack, DescribeStacks, GetTemplate, DeleteStack).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from deployer.aws.calls import asking
from deployer.aws.session import Aws
from deployer.aws.template_source import TemplateSource
from deployer.vocabulary.errors import AwsRefused

if TYPE_CHECKING:
    from types_boto3_cloudformation.type_defs import StackTypeDef

GONE: Final = "DELETE_COMPLETE"
CAPABILITIES: Final = ("CAPABILITY_NAMED_IAM",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """One stack as CloudFormation describes it; the pairs are sorted by name. `moved_at` is when it was last changed, ISO 8601."""

    name: str
    region: str
    stack_id: str
    status: str
    status_reason: str
    parameters: tuple[tuple[str, str], ...]
    tags: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, str], ...]
    termination_protection: bool
    moved_at: str = ""

    @property
    def in_progress(self) -> bool:
        """Whether CloudFormation is still at work on it."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"


@dataclass(frozen=True, slots=True, kw_only=True)
class StackRequest:
    """What a stack should be. `token` becomes the ClientRequestToken: 1-128 letters, digits and hyphens."""

    name: str
    template: TemplateSource
    parameters: tuple[tuple[str, str], ...]
    tags: tuple[tuple[str, str], ...]
    token: str


def read_stack(aws: Aws, name_or_id: str, region: str) -> Stack | None:
    """Return the stack of that name or StackId, None when there is none. One deleted is only found by its StackId.

    Raises AwsRefused.
    """
    try:
        with asking("cloudformation", "DescribeStacks", region):
            answer = aws.client("cloudformation", region).describe_stacks(StackName=name_or_id)
    except AwsRefused as refused:
        if says_absent(refused):
            return None
        raise
    return _stack(answer["Stacks"][0], region)


def read_template(aws: Aws, name_or_id: str, region: str) -> str:
    """Return the template body as it was sent, empty when the stack is gone. Raises AwsRefused."""
    try:
        with asking("cloudformation", "GetTemplate", region):
            answer = aws.client("cloudformation", region).get_template(StackName=name_or_id, TemplateStage="Original")
    except AwsRefused as refused:
        if says_absent(refused):
            return ""
        raise
    body: object = answer["TemplateBody"]
    # botocore parses a JSON body by itself; a YAML one stays text.
    return body if isinstance(body, str) else json.dumps(body)


def create_stack(aws: Aws, request: StackRequest, region: str) -> str:
    """Begin to create the stack; return its StackId. Raises AwsRefused."""
    with asking("cloudformation", "CreateStack", region):
        return aws.client("cloudformation", region).create_stack(
            StackName=request.name,
            Parameters=as_parameters(request.parameters),  # type: ignore[arg-type]
            Tags=as_tags(request.tags),  # type: ignore[arg-type]
            Capabilities=CAPABILITIES,
            ClientRequestToken=request.token,
            **request.template.arguments,  # type: ignore[arg-type]
        )["StackId"]


def update_stack(aws: Aws, request: StackRequest, region: str) -> str | None:
    """Begin to update the stack; return its StackId, None when CloudFormation finds nothing to update. Raises AwsRefused."""
    try:
        with asking("cloudformation", "UpdateStack", region):
            return aws.client("cloudformation", region).update_stack(
                StackName=request.name,
                Parameters=as_parameters(request.parameters),  # type: ignore[arg-type]
                Tags=as_tags(request.tags),  # type: ignore[arg-type]
                Capabilities=CAPABILITIES,
                ClientRequestToken=request.token,
                **request.template.arguments,  # type: ignore[arg-type]
            )["StackId"]
    except AwsRefused as refused:
        if "No updates are to be performed" in refused.detail:
            return None
        raise


def delete_stack(aws: Aws, stack_id: str, region: str, token: str) -> None:
    """Begin to delete the stack with this StackId. Raises AwsRefused."""
    with asking("cloudformation", "DeleteStack", region):
        aws.client("cloudformation", region).delete_stack(StackName=stack_id, ClientRequestToken=token)


def as_parameters(pairs: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """Return (name, value) pairs in the shape CloudFormation takes parameters."""
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in pairs]


def as_tags(pairs: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """Return (key, value) pairs in the shape CloudFormation takes tags."""
    return [{"Key": key, "Value": value} for key, value in pairs]


def sorted_pairs(items: Sequence[Mapping[str, object]], key: str, value: str) -> tuple[tuple[str, str], ...]:
    """Return CloudFormation's list of dictionaries as sorted (key, value) pairs."""
    return tuple(sorted((str(item[key]), str(item.get(value, ""))) for item in items))


def says_absent(refused: AwsRefused) -> bool:
    """Return whether CloudFormation answered that the stack does not exist."""
    # CloudFormation has no code of its own for a stack that is not there.
    return refused.code == "ValidationError" and "does not exist" in refused.detail


def _stack(answer: StackTypeDef, region: str) -> Stack:
    moved_at = answer.get("LastUpdatedTime") or answer.get("CreationTime")
    return Stack(
        name=answer["StackName"],
        region=region,
        stack_id=answer.get("StackId", ""),
        status=answer["StackStatus"],
        status_reason=answer.get("StackStatusReason", ""),
        parameters=sorted_pairs(answer.get("Parameters", []), "ParameterKey", "ParameterValue"),
        tags=sorted_pairs(answer.get("Tags", []), "Key", "Value"),
        outputs=sorted_pairs(answer.get("Outputs", []), "OutputKey", "OutputValue"),
        termination_protection=answer.get("EnableTerminationProtection", False),
        moved_at=moved_at.isoformat() if moved_at else "",
    )
