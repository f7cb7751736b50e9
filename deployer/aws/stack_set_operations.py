"""StackSet operations: begin one, look at one. Each changing function takes the operation's id, AWS's idempotency token (fact 4.8).

Every operation here goes through its Regions one after another, in the order given, and stops at the first that fails
(facts 4.4, 4.5). Whether an id that exists already means "attach" or "somebody else" is the caller's to judge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from deployer.aws.calls import asking
from deployer.aws.session import Aws
from deployer.aws.stacks import CAPABILITIES, as_parameters, as_tags
from deployer.aws.template_source import TemplateSource
from deployer.vocabulary.errors import AwsRefused
from deployer.vocabulary.places import Place

NAME_TAKEN: Final = "NameAlreadyExistsException"
OPERATION_ID_TAKEN: Final = "OperationIdAlreadyExistsException"
OPERATION_UNDER_WAY: Final = "OperationInProgressException"

if TYPE_CHECKING:
    from types_boto3_cloudformation.type_defs import StackSetOperationPreferencesUnionTypeDef


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSetRequest:
    """What a StackSet should be. An administration role once named must be named again at each update (fact 4.2)."""

    name: str
    template: TemplateSource
    parameters: tuple[tuple[str, str], ...]
    tags: tuple[tuple[str, str], ...]
    administration_role_arn: str
    execution_role_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation: `status` is RUNNING, QUEUED, STOPPING, SUCCEEDED, FAILED or STOPPED; `began_at` is AWS's own clock.

    `failed_instances_count` counts instances that failed even when the operation as a whole succeeded (fact 4.10).
    """

    operation_id: str
    action: str
    status: str
    status_reason: str
    began_at: datetime
    failed_instances_count: int

    @property
    def under_way(self) -> bool:
        """Whether AWS is still at work on it."""
        return self.status in ("RUNNING", "QUEUED", "STOPPING")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionResult:
    """How one account's Region fares in one operation: PENDING, RUNNING, SUCCEEDED, FAILED or CANCELLED, and AWS's reason."""

    account_id: str
    region: str
    status: str
    reason: str

    @property
    def place(self) -> Place:
        """The account and Region it is about."""
        return self.account_id, self.region

    @property
    def settled(self) -> bool:
        """Whether this Region will not move any more in this operation."""
        return self.status in ("SUCCEEDED", "FAILED", "CANCELLED")


def create_stack_set(aws: Aws, request: StackSetRequest, region: str, token: str) -> None:
    """Create a StackSet without instances. Raises AwsRefused, with `NAME_TAKEN` as its code when one of that name exists."""
    with asking("cloudformation", "CreateStackSet", region):
        aws.client("cloudformation", region).create_stack_set(ClientRequestToken=token, **_definition(request))


def update_stack_set(
    aws: Aws,
    request: StackSetRequest,
    region: str,
    *,
    operation_id: str,
    accounts: Sequence[str],
    regions: Sequence[str],
    failures_tolerated: int = 0,
    at_once: bool = False,
) -> None:
    """Begin to bring the definition to `request` and the instances of `accounts` in `regions` to the definition, in `regions`' order.

    Every other instance is OUTDATED from then on (fact 4.7); no accounts mean every instance there is, and no Regions none. AWS keeps the
    new definition even when the operation fails (fact 4.6). In a Region more than `failures_tolerated` accounts may not fail if
    the next Region is to have its turn (fact 4.5); with `at_once` no Region waits for another's turn (fact 4.4). Raises AwsRefused,
    also when a Region named has no instance.
    """
    preferences = _one_by_one(() if at_once else regions, failures_tolerated)
    if at_once:
        preferences["RegionConcurrencyType"] = "PARALLEL"
    targets: dict[str, Any] = {"Accounts": list(accounts), "Regions": list(regions)} if accounts and regions else {}
    with asking("cloudformation", "UpdateStackSet", region):
        aws.client("cloudformation", region).update_stack_set(
            OperationId=operation_id, OperationPreferences=preferences, **targets, **_definition(request)
        )


def create_instances(
    aws: Aws,
    name: str,
    region: str,
    *,
    operation_id: str,
    accounts: Sequence[str],
    regions: Sequence[str],
    overrides: Mapping[str, str] = MappingProxyType({}),
    concurrent_count: int = 1,
) -> None:
    """Begin to create instances of StackSet `name` in `accounts`, in `regions`' order, so many accounts at a time; each with `overrides`.

    One that exists already is brought up to date instead. Raises AwsRefused.
    """
    own: dict[str, Any] = {"ParameterOverrides": as_parameters(tuple(overrides.items()))} if overrides else {}
    with asking("cloudformation", "CreateStackInstances", region):
        aws.client("cloudformation", region).create_stack_instances(
            StackSetName=name,
            Accounts=list(accounts),
            Regions=list(regions),
            OperationId=operation_id,
            OperationPreferences=_one_by_one(regions) if concurrent_count == 1 else _several(regions, concurrent_count),
            **own,
        )


def update_overrides(
    aws: Aws, name: str, region: str, *, operation_id: str, account_id: str, instance_region: str, overrides: Mapping[str, str]
) -> None:
    """Begin to give one instance these parameter values of its own, and no other: what is not listed is the StackSet's again (fact 4.13).

    Raises AwsRefused.
    """
    with asking("cloudformation", "UpdateStackInstances", region):
        aws.client("cloudformation", region).update_stack_instances(
            StackSetName=name,
            Accounts=[account_id],
            Regions=[instance_region],
            ParameterOverrides=as_parameters(tuple(overrides.items())),  # type: ignore[arg-type]
            OperationId=operation_id,
            OperationPreferences=_one_by_one([instance_region]),
        )


def stop_operation(aws: Aws, name: str, region: str, operation_id: str) -> None:
    """Ask AWS to begin no further instance in an operation; what is at work there goes on to its end (fact 4.12).

    One that has ended meanwhile is no error. Raises AwsRefused.
    """
    try:
        with asking("cloudformation", "StopStackSetOperation", region):
            aws.client("cloudformation", region).stop_stack_set_operation(StackSetName=name, OperationId=operation_id)
    except AwsRefused as refused:
        if refused.code != "InvalidOperationException":
            raise


def delete_instances(aws: Aws, name: str, region: str, *, operation_id: str, accounts: Sequence[str], regions: Sequence[str]) -> None:
    """Begin to delete the instances of `accounts` in `regions`' order, stacks included. Raises AwsRefused."""
    with asking("cloudformation", "DeleteStackInstances", region):
        aws.client("cloudformation", region).delete_stack_instances(
            StackSetName=name,
            Accounts=list(accounts),
            Regions=list(regions),
            RetainStacks=False,
            OperationId=operation_id,
            OperationPreferences=_one_by_one(regions),
        )


def delete_stack_set(aws: Aws, name: str, region: str) -> None:
    """Delete a StackSet that has no instances left; one that is gone already is no error. Raises AwsRefused."""
    try:
        with asking("cloudformation", "DeleteStackSet", region):
            aws.client("cloudformation", region).delete_stack_set(StackSetName=name)
    except AwsRefused as refused:
        if refused.code != "StackSetNotFoundException":
            raise


def read_operation(aws: Aws, name: str, region: str, operation_id: str) -> Operation:
    """Return the operation, strongly consistent (fact 4.10). Raises AwsRefused, also when there is none of that id."""
    with asking("cloudformation", "DescribeStackSetOperation", region):
        answer = aws.client("cloudformation", region).describe_stack_set_operation(StackSetName=name, OperationId=operation_id)[
            "StackSetOperation"
        ]
    return Operation(
        operation_id=operation_id,
        action=answer.get("Action", ""),
        status=answer.get("Status", ""),
        status_reason=answer.get("StatusReason", ""),
        began_at=answer["CreationTimestamp"],
        failed_instances_count=answer.get("StatusDetails", {}).get("FailedStackInstancesCount", 0),
    )


def read_results(aws: Aws, name: str, region: str, operation_id: str) -> tuple[RegionResult, ...]:
    """Return how each Region fares in the operation; only eventually consistent (fact 4.10). Raises AwsRefused."""
    paginator = aws.client("cloudformation", region).get_paginator("list_stack_set_operation_results")
    pages: Iterator[Any] = iter(paginator.paginate(StackSetName=name, OperationId=operation_id))
    results: list[RegionResult] = []
    while True:
        with asking("cloudformation", "ListStackSetOperationResults", region):
            page = next(pages, None)
        if page is None:
            return tuple(results)
        results.extend(
            RegionResult(
                account_id=summary.get("Account", ""),
                region=summary.get("Region", ""),
                status=summary.get("Status", ""),
                reason=summary.get("StatusReason", ""),
            )
            for summary in page["Summaries"]
        )


def _several(region_order: Sequence[str], concurrent_count: int) -> StackSetOperationPreferencesUnionTypeDef:
    # Strict tolerance never works on more accounts than may still fail, plus one: with none tolerated that would be one (fact 4.4).
    return {
        "RegionConcurrencyType": "SEQUENTIAL",
        "RegionOrder": list(region_order),
        "FailureToleranceCount": 0,
        "MaxConcurrentCount": concurrent_count,
        "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE",
    }


def _definition(request: StackSetRequest) -> dict[str, Any]:
    return {
        "StackSetName": request.name,
        "Parameters": as_parameters(request.parameters),
        "Tags": as_tags(request.tags),
        "Capabilities": CAPABILITIES,
        "PermissionModel": "SELF_MANAGED",
        "AdministrationRoleARN": request.administration_role_arn,
        "ExecutionRoleName": request.execution_role_name,
        **request.template.arguments,
    }


def _one_by_one(region_order: Sequence[str], failures_tolerated: int = 0) -> StackSetOperationPreferencesUnionTypeDef:
    preferences: StackSetOperationPreferencesUnionTypeDef = {
        "RegionConcurrencyType": "SEQUENTIAL",
        "FailureToleranceCount": failures_tolerated,
        "MaxConcurrentCount": 1,
    }
    if region_order:
        preferences["RegionOrder"] = list(region_order)
    return preferences
