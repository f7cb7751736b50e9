"""What CloudFormation says it did to a stack: the events of the stack's newest operation, oldest first.

An operation begins with an event of the stack itself, CREATE_, UPDATE_ or DELETE_IN_PROGRESS; so the newest operation can be
found in the events alone, without this machine's clock. [CloudFormation user guide: Stack events]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from deployer.aws.calls import asking
from deployer.aws.session import Aws
from deployer.aws.stacks import says_absent
from deployer.vocabulary.errors import AwsRefused

if TYPE_CHECKING:
    from types_boto3_cloudformation.type_defs import OperationEventTypeDef, StackEventTypeDef

STACK_TYPE: Final = "AWS::CloudFormation::Stack"
_BEGINNINGS: Final = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS")
# An operation on 500 resources (fact 4.14) makes fewer than 5,000 events; a reader that lost its place stops here.
_EVENTS_MAX: Final = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class StackEvent:
    """One event; `reason` is CloudFormation's own text or empty; `token` is the ClientRequestToken of the operation or empty."""

    event_id: str
    at: datetime
    stack_id: str
    logical_id: str
    physical_id: str
    resource_type: str
    status: str
    reason: str
    token: str

    @property
    def is_of_stack(self) -> bool:
        """Whether it tells of the stack itself, not of a resource in it (which may be a nested stack)."""
        return self.resource_type == STACK_TYPE and self.physical_id == self.stack_id


def newest_operation_events(
    aws: Aws, stack_id: str, region: str, *, after_event_id: str = "", since: datetime | None = None
) -> tuple[StackEvent, ...]:
    """Return the events of the stack's newest operation, oldest first; of those only the ones after `after_event_id`, if given.

    Those before `since` are left out, and none is read beyond the first of them. A stack that is gone for good has none. Raises AwsRefused.
    """
    collected: list[StackEvent] = []
    for event in _newest_first(aws, stack_id, region):
        if event.event_id == after_event_id or len(collected) == _EVENTS_MAX or (since and event.at < since):
            break
        collected.append(event)
        if event.is_of_stack and event.status in _BEGINNINGS:
            break
    return tuple(reversed(collected))


def failed_validations(aws: Aws, stack_id: str, region: str) -> tuple[StackEvent, ...]:
    """Return what CloudFormation's validation before provisioning objected to, oldest first; empty when it objected to nothing.

    Such a failure touches no resource, so it shows in no stack event. Each comes with the status VALIDATION_FAILED, and with the
    property's path in the reason. [CloudFormation API reference: DescribeEvents] Raises AwsRefused.
    """
    paginator = aws.client("cloudformation", region).get_paginator("describe_events")
    with asking("cloudformation", "DescribeEvents", region):
        pages = list(paginator.paginate(StackName=stack_id, Filters={"FailedEvents": True}))
    found = [event for page in pages for event in page.get("OperationEvents", []) if event.get("EventType") == "VALIDATION_ERROR"]
    return tuple(_validation(event, stack_id) for event in reversed(found))


def _validation(answer: OperationEventTypeDef, stack_id: str) -> StackEvent:
    path = answer.get("ValidationPath", "")
    reason = answer.get("ValidationStatusReason", "") or answer.get("ResourceStatusReason", "")
    return StackEvent(
        event_id=answer.get("EventId", ""),
        at=answer["Timestamp"],
        stack_id=stack_id,
        logical_id=answer.get("LogicalResourceId", ""),
        physical_id=answer.get("PhysicalResourceId", ""),
        resource_type=answer.get("ResourceType", ""),
        status="VALIDATION_FAILED",
        reason=f"{reason} (at {path})" if path else reason,
        token=answer.get("ClientRequestToken", ""),
    )


def _newest_first(aws: Aws, stack_id: str, region: str) -> Iterator[StackEvent]:
    paginator = aws.client("cloudformation", region).get_paginator("describe_stack_events")
    pages = iter(paginator.paginate(StackName=stack_id))
    while True:
        try:
            with asking("cloudformation", "DescribeStackEvents", region):
                page = next(pages, None)
        except AwsRefused as refused:
            if says_absent(refused):
                return
            raise
        if page is None:
            return
        for event in page["StackEvents"]:
            yield _event(event)


def _event(answer: StackEventTypeDef) -> StackEvent:
    return StackEvent(
        event_id=answer["EventId"],
        at=answer["Timestamp"],
        stack_id=answer["StackId"],
        logical_id=answer.get("LogicalResourceId", ""),
        physical_id=answer.get("PhysicalResourceId", ""),
        resource_type=answer.get("ResourceType", ""),
        status=answer.get("ResourceStatus", ""),
        reason=answer.get("ResourceStatusReason", ""),
        token=answer.get("ClientRequestToken", ""),
    )
