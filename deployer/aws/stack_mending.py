"""Leading a stack out of a status that takes no update: continue a rollback, roll back, and what still stands of an unfinished one.

Sources: CloudFormation API reference (ContinueUpdateRollback, RollbackStack, ListStackResources) and user guide ("Stack status codes").
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from deployer.aws.calls import asking
from deployer.aws.session import Aws

_NOT_THERE: Final = ("DELETE_COMPLETE", "CREATE_IN_PROGRESS")


def continue_update_rollback(aws: Aws, stack_id: str, region: str, token: str) -> None:
    """Begin to go on with a rollback that failed (UPDATE_ROLLBACK_FAILED); no resource is skipped. Raises AwsRefused."""
    with asking("cloudformation", "ContinueUpdateRollback", region):
        aws.client("cloudformation", region).continue_update_rollback(StackName=stack_id, ClientRequestToken=token)


def roll_back(aws: Aws, stack_id: str, region: str, token: str) -> None:
    """Begin to return a stack that stopped at its failure (UPDATE_FAILED) to its last good state. Raises AwsRefused."""
    with asking("cloudformation", "RollbackStack", region):
        aws.client("cloudformation", region).rollback_stack(StackName=stack_id, ClientRequestToken=token)


def standing_resources(aws: Aws, stack_id: str, region: str) -> tuple[str, ...]:
    """Return the logical ids of the stack's resources that exist, those included that it gave up (DELETE_SKIPPED). Raises AwsRefused."""
    pages: Iterator[Any] = iter(aws.client("cloudformation", region).get_paginator("list_stack_resources").paginate(StackName=stack_id))
    found: list[str] = []
    while True:
        with asking("cloudformation", "ListStackResources", region):
            page = next(pages, None)
        if page is None:
            return tuple(found)
        found.extend(
            one["LogicalResourceId"]
            for one in page["StackResourceSummaries"]
            if one.get("PhysicalResourceId") and one["ResourceStatus"] not in _NOT_THERE
        )
