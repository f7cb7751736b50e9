"""StackSets as they stand: the definition, the instances, the newest operation. Only reads.

Sources: CloudFormation API reference (DescribeStackSet, ListStackInstances, DescribeStackInstance, ListStackSetOperations) and
the facts of section 4.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.aws.calls import asking
from deployer.aws.session import Aws
from deployer.aws.stacks import sorted_pairs
from deployer.vocabulary.errors import AwsRefused
from deployer.vocabulary.places import Place

if TYPE_CHECKING:
    from types_boto3_cloudformation.type_defs import StackInstanceSummaryTypeDef

NOT_FOUND = "StackSetNotFoundException"


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSet:
    """A StackSet's own definition; the pairs are sorted by name."""

    name: str
    region: str
    stack_set_id: str
    template_body: str
    parameters: tuple[tuple[str, str], ...]
    tags: tuple[tuple[str, str], ...]
    administration_role_arn: str
    execution_role_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StackInstance:
    """One instance: `status` is CURRENT, OUTDATED or INOPERABLE; `stack_id` is empty until its stack was begun.

    `drift_status` is what the StackSet's last drift detection found: DRIFTED, IN_SYNC, UNKNOWN or NOT_CHECKED.
    """

    account_id: str
    region: str
    stack_id: str
    status: str
    detailed_status: str
    status_reason: str
    drift_status: str = ""

    @property
    def place(self) -> Place:
        """The account and Region it stands in."""
        return self.account_id, self.region


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationSummary:
    """One operation in the StackSet's history: action CREATE, UPDATE, DELETE or DETECT_DRIFT; status as AWS spells it."""

    operation_id: str
    action: str
    status: str

    @property
    def under_way(self) -> bool:
        """Whether the operation holds the StackSet."""
        return self.status in ("RUNNING", "STOPPING", "QUEUED")


def read_stack_set(aws: Aws, name: str, region: str) -> StackSet | None:
    """Return the StackSet of that name as seen in its administration Region, None when there is none. Raises AwsRefused."""
    try:
        with asking("cloudformation", "DescribeStackSet", region):
            answer = aws.client("cloudformation", region).describe_stack_set(StackSetName=name)["StackSet"]
    except AwsRefused as refused:
        if refused.code == NOT_FOUND:
            return None
        raise
    return StackSet(
        name=answer.get("StackSetName", name),
        region=region,
        stack_set_id=answer.get("StackSetId", ""),
        template_body=answer.get("TemplateBody", ""),
        parameters=sorted_pairs(answer.get("Parameters", []), "ParameterKey", "ParameterValue"),
        tags=sorted_pairs(answer.get("Tags", []), "Key", "Value"),
        administration_role_arn=answer.get("AdministrationRoleARN", ""),
        execution_role_name=answer.get("ExecutionRoleName", ""),
    )


def list_instances(aws: Aws, name: str, region: str) -> tuple[StackInstance, ...]:
    """Return every instance of the StackSet, none when the StackSet does not exist. Raises AwsRefused."""
    return tuple(
        StackInstance(
            account_id=summary.get("Account", ""),
            region=summary.get("Region", ""),
            stack_id=summary.get("StackId", ""),
            status=summary.get("Status", ""),
            detailed_status=summary.get("StackInstanceStatus", {}).get("DetailedStatus", ""),
            status_reason=summary.get("StatusReason", ""),
            drift_status=summary.get("DriftStatus", ""),
        )
        for summary in _summaries(aws, name, region)
    )


def read_overrides(aws: Aws, name: str, instance: StackInstance, region: str) -> tuple[tuple[str, str], ...]:
    """Return the instance's own parameter values (fact 4.13), sorted (name, value) pairs; none when it is gone.

    Raises AwsRefused.
    """
    try:
        with asking("cloudformation", "DescribeStackInstance", region):
            answer = aws.client("cloudformation", region).describe_stack_instance(
                StackSetName=name, StackInstanceAccount=instance.account_id, StackInstanceRegion=instance.region
            )["StackInstance"]
    except AwsRefused as refused:
        if refused.code in (NOT_FOUND, "StackInstanceNotFoundException"):
            return ()
        raise
    return sorted_pairs(answer.get("ParameterOverrides", []), "ParameterKey", "ParameterValue")


def newest_operation(aws: Aws, name: str, region: str) -> OperationSummary | None:
    """Return the StackSet's newest operation, None when it has had none or does not exist. Raises AwsRefused."""
    try:
        with asking("cloudformation", "ListStackSetOperations", region):
            answer = aws.client("cloudformation", region).list_stack_set_operations(StackSetName=name, MaxResults=1)
    except AwsRefused as refused:
        if refused.code == NOT_FOUND:
            return None
        raise
    for summary in answer.get("Summaries", []):
        return OperationSummary(
            operation_id=summary.get("OperationId", ""), action=summary.get("Action", ""), status=summary.get("Status", "")
        )
    return None


def _summaries(aws: Aws, name: str, region: str) -> Iterator[StackInstanceSummaryTypeDef]:
    paginator = aws.client("cloudformation", region).get_paginator("list_stack_instances")
    pages: Iterator[Any] = iter(paginator.paginate(StackSetName=name))
    while True:
        try:
            with asking("cloudformation", "ListStackInstances", region):
                page = next(pages, None)
        except AwsRefused as refused:
            if refused.code == NOT_FOUND:
                return
            raise
        if page is None:
            return
        yield from page["Summaries"]
