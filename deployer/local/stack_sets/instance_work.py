"""The work on one stack instance: its stack is created, updated, deleted or checked for drift by CloudFormation calls.

Knows nothing of stack sets. Every function waits until CloudFormation has settled, looking every 50 ms at most, and
answers with an `Outcome`; errors of calls are outcomes too, in AWS's own words.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from deployer.local.stack_sets.templates import Template

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient

# As long as the execution role's session lasts.
SETTLE_SECONDS_MAX: Final = 3600.0
_POLL_SECONDS: Final = (0.01, 0.02, 0.03, 0.05)
# A stack in one of these has nothing to update: it is deleted and made anew.
_STILLBORN: Final = frozenset({"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "REVIEW_IN_PROGRESS"})
_GONE: Final = "DELETE_COMPLETE"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceOrder:
    """What one instance's stack should be. `stack_id` is empty before its first creation; `token` marks the events."""

    stack_name: str
    stack_id: str
    template: Template
    parameters: tuple[tuple[str, str], ...]
    capabilities: tuple[str, ...]
    tags: tuple[tuple[str, str], ...]
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How the work ended. `reason` is empty after success; drift fields are filled by `detect_drift` alone."""

    succeeded: bool
    reason: str = ""
    stack_id: str = ""
    drift_status: str = ""
    resource_drifts: tuple[Mapping[str, Any], ...] = ()


def deploy(cloudformation: CloudFormationClient, order: InstanceOrder, begun: Callable[[str], None]) -> Outcome:
    """Bring the instance's stack to the order, creating it when there is none; `begun` hears the new stack's id."""
    status = _status(cloudformation, order.stack_id)
    if status in _STILLBORN:
        cloudformation.delete_stack(StackName=order.stack_id)
        status = _settled(cloudformation, order.stack_id)
    if status != _GONE:
        return _update(cloudformation, order)
    stack_id = cloudformation.create_stack(StackName=order.stack_name, **_wanted(order))["StackId"]
    begun(stack_id)
    return _outcome(cloudformation, stack_id, order.token, "CREATE_COMPLETE")


def delete(cloudformation: CloudFormationClient, order: InstanceOrder) -> Outcome:
    """Delete the instance's stack; one that is not there counts as deleted."""
    if _status(cloudformation, order.stack_id) == _GONE:
        return Outcome(succeeded=True)
    cloudformation.delete_stack(StackName=order.stack_id, ClientRequestToken=order.token)
    return _outcome(cloudformation, order.stack_id, order.token, _GONE)


def detect_drift(cloudformation: CloudFormationClient, order: InstanceOrder) -> Outcome:
    """Run drift detection on the instance's stack and answer what it found, resource by resource."""
    if _status(cloudformation, order.stack_id) == _GONE:
        return Outcome(succeeded=False, reason="The stack instance has no stack to check for drift")
    detection_id = cloudformation.detect_stack_drift(StackName=order.stack_id)["StackDriftDetectionId"]
    detection = cloudformation.describe_stack_drift_detection_status(StackDriftDetectionId=detection_id)
    pauses = _pauses()
    while detection["DetectionStatus"] == "DETECTION_IN_PROGRESS" and next(pauses):
        detection = cloudformation.describe_stack_drift_detection_status(StackDriftDetectionId=detection_id)
    if detection["DetectionStatus"] != "DETECTION_COMPLETE":
        return Outcome(succeeded=False, reason=detection.get("DetectionStatusReason", "Drift detection failed"))
    return Outcome(
        succeeded=True,
        stack_id=order.stack_id,
        drift_status=detection["StackDriftStatus"],
        resource_drifts=tuple(_resource_drifts(cloudformation, order.stack_id)),
    )


def _update(cloudformation: CloudFormationClient, order: InstanceOrder) -> Outcome:
    try:
        cloudformation.update_stack(StackName=order.stack_id, **_wanted(order))
    except ClientError as error:
        if "No updates are to be performed" in error.response["Error"]["Message"]:
            return Outcome(succeeded=True, stack_id=order.stack_id)
        raise
    return _outcome(cloudformation, order.stack_id, order.token, "UPDATE_COMPLETE")


def _wanted(order: InstanceOrder) -> dict[str, Any]:
    return {
        **order.template.for_a_stack,
        "Parameters": [{"ParameterKey": name, "ParameterValue": value} for name, value in order.parameters],
        "Capabilities": list(order.capabilities),
        "Tags": [{"Key": key, "Value": value} for key, value in order.tags],
        "ClientRequestToken": order.token,
    }


def _outcome(cloudformation: CloudFormationClient, stack_id: str, token: str, wanted: str) -> Outcome:
    status = _settled(cloudformation, stack_id)
    if status == wanted:
        return Outcome(succeeded=True, stack_id=stack_id)
    return Outcome(succeeded=False, stack_id=stack_id, reason=_failure(cloudformation, stack_id, token) or f"Stack is in {status} state")


def _settled(cloudformation: CloudFormationClient, stack_id: str) -> str:
    pauses = _pauses()
    status = _status(cloudformation, stack_id)
    while status.endswith("_IN_PROGRESS") and status not in _STILLBORN and next(pauses):
        status = _status(cloudformation, stack_id)
    return status


def _status(cloudformation: CloudFormationClient, stack_id: str) -> str:
    if not stack_id:
        return _GONE
    try:
        return cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"]
    except ClientError as error:
        if "does not exist" in error.response["Error"]["Message"]:
            return _GONE
        raise


def _failure(cloudformation: CloudFormationClient, stack_id: str, token: str) -> str:
    """Return the first failure of this operation in the form StackSets report it, empty when none is recorded."""
    pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id)
    events = [event for page in pages for event in page["StackEvents"]]
    for event in reversed(events):
        ours = event.get("ClientRequestToken") == token
        if ours and event.get("ResourceStatus", "").endswith("_FAILED"):
            return (
                f"ResourceLogicalId:{event['LogicalResourceId']}, ResourceType:{event['ResourceType']}, "
                f"ResourceStatusReason:{event.get('ResourceStatusReason', '')}."
            )
    return ""


def _resource_drifts(cloudformation: CloudFormationClient, stack_id: str) -> list[Mapping[str, Any]]:
    drifts: list[Mapping[str, Any]] = []
    page: dict[str, str] = {}
    while True:
        answer = cloudformation.describe_stack_resource_drifts(StackName=stack_id, **page)  # type: ignore[arg-type]
        drifts += answer["StackResourceDrifts"]
        if "NextToken" not in answer:
            return drifts
        page = {"NextToken": answer["NextToken"]}


def _pauses() -> Iterator[bool]:
    """Wait a little longer each time, up to 50 ms; yield False once the time allowed is over."""
    deadline = time.monotonic() + SETTLE_SECONDS_MAX
    for seconds in chain(_POLL_SECONDS, repeat(_POLL_SECONDS[-1])):
        time.sleep(seconds)
        yield time.monotonic() < deadline
