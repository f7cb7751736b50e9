"""Admits, runs, stops and ends the operations of a stack set, each on a thread of its own.

One operation at a time; with managed execution the next ones queue in the order of their requests (F4.8). Called with
`shelves.LOCK` held, except for what runs on the thread.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from deployer.local.stack_sets import instance_work
from deployer.local.stack_sets.instance_work import InstanceOrder, Outcome
from deployer.local.stack_sets.records import DriftCount, Operation, OperationResult, Place, StackInstance, StackSet, now
from deployer.local.stack_sets.refusals import Refused
from deployer.local.stack_sets.region_walk import walk
from deployer.local.stack_sets.sessions import NotTrusted, execution_client, service_client
from deployer.local.stack_sets.shelves import LOCK

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient

_STACK_NAME_CHARACTERS_MAX: Final = 128
_log: Final = logging.getLogger("stack_sets")


def check_admission(stack_set: StackSet, operation_id: str) -> None:
    """Raise Refused unless an operation of this id may be asked for now (F4.8).

    An id that was used is the idempotency token of what it began: it is refused as already existing, or as stale when
    other operations have been performed since.
    """
    if operation_id in stack_set.operations:
        if operation_id == list(stack_set.operations)[-1]:
            raise Refused("OperationIdAlreadyExistsException", f"Operation {operation_id} already exists")
        raise Refused("StaleRequestException", f"Another operation has been performed on {stack_set.id} since operation {operation_id}")
    if stack_set.unended() and not stack_set.managed_execution:
        raise Refused("OperationInProgressException", f"Another Operation on StackSet {stack_set.arn} is in progress")


def begin(stack_set: StackSet, operation: Operation, places: Iterable[Place]) -> None:
    """Take an admitted operation on, to work on these instances; it queues behind one that has not ended."""
    operation.status = "QUEUED" if stack_set.unended() else "RUNNING"
    operation.results = {
        place: OperationResult(account=place[0], region=place[1], organizational_unit_id=stack_set.instances[place].organizational_unit_id)
        for place in places
    }
    if operation.action == "DETECT_DRIFT":
        operation.drift = DriftCount(status="IN_PROGRESS", total=len(operation.results))
    stack_set.operations[operation.id] = operation
    for place in operation.results:
        instance = stack_set.instances[place]
        instance.detailed_status, instance.last_operation_id = "PENDING", operation.id
    if operation.status == "RUNNING":
        _start(stack_set, operation)


def stop(stack_set: StackSet, operation: Operation) -> None:
    """Let a running operation begin nothing more, and a queued one begin not at all (F4.12)."""
    if operation.status == "RUNNING":
        operation.status = "STOPPING"
    elif operation.status == "QUEUED":
        _end(stack_set, operation, "STOPPED")
    elif operation.status != "STOPPING":
        raise Refused("InvalidOperationException", f"Operation {operation.id} is in {operation.status} state and cannot be stopped")


def _start(stack_set: StackSet, operation: Operation) -> None:
    operation.status = "RUNNING"
    Thread(target=_run, args=(stack_set, operation), name=f"stack-set-{stack_set.name}", daemon=True).start()


def _run(stack_set: StackSet, operation: Operation) -> None:
    within_tolerance = walk(
        operation.results,
        operation.preferences,
        partial(_perform, stack_set, operation),
        lambda: operation.status != "RUNNING" or stack_set.status == "DELETED",
    )
    with LOCK:
        if operation.status == "STOPPING":
            _end(stack_set, operation, "STOPPED")
        else:
            _end(stack_set, operation, "SUCCEEDED" if within_tolerance else "FAILED")
        queued = stack_set.unended()
        if queued and stack_set.status == "ACTIVE":
            _start(stack_set, queued[0])


def _end(stack_set: StackSet, operation: Operation, status: str) -> None:
    reason = "Cancelled since the operation was stopped" if status == "STOPPED" else "Cancelled since failure tolerance has exceeded"
    for place, result in operation.results.items():
        if result.status == "PENDING" and place in stack_set.instances:
            result.status, result.status_reason = "CANCELLED", reason
            instance = stack_set.instances[place]
            instance.detailed_status, instance.status_reason = "CANCELLED", reason
    operation.status, operation.ended_at = status, now()
    if operation.drift is not None:
        operation.drift.checked_at = operation.ended_at
        operation.drift.status = {"STOPPED": "STOPPED", "FAILED": "FAILED"}.get(
            status, "PARTIAL_SUCCESS" if operation.drift.failed else "COMPLETED"
        )
        stack_set.drift = operation.drift


def _perform(stack_set: StackSet, operation: Operation, place: Place) -> bool:
    with LOCK:
        # A queued deletion may have taken the instance away before this operation's turn.
        instance = stack_set.instances.get(place)
        if instance is None:
            operation.results[place].status = "SUCCEEDED"
            return True
        operation.results[place].status = instance.detailed_status = "RUNNING"
        order = _order(stack_set, instance, operation)
    outcome = _attempt(stack_set, operation, instance, order)
    with LOCK:
        result = operation.results[place]
        result.status, result.status_reason = "SUCCEEDED" if outcome.succeeded else "FAILED", outcome.reason
        _settle(stack_set, operation, instance, outcome)
    return outcome.succeeded


def _attempt(stack_set: StackSet, operation: Operation, instance: StackInstance, order: InstanceOrder) -> Outcome:
    """Do the work of one instance; whatever goes wrong is an outcome, for nobody waits for this thread."""
    if operation.retain_stacks:
        return Outcome(succeeded=True)
    try:
        return _work(_client(stack_set, operation, instance), operation, instance, order)
    except NotTrusted as error:
        return Outcome(succeeded=False, reason=str(error))
    except ClientError as error:
        return Outcome(succeeded=False, reason=error.response["Error"]["Message"])
    except BotoCoreError as error:
        return Outcome(succeeded=False, reason=str(error))
    except Exception as error:
        _log.exception("Operation %s broke down on %s", operation.id, instance.place)
        return Outcome(succeeded=False, reason=f"Internal failure: {error}")


def _client(stack_set: StackSet, operation: Operation, instance: StackInstance) -> CloudFormationClient:
    if stack_set.is_service_managed:
        return service_client(stack_set_id=stack_set.id, account=instance.account, region=instance.region)
    return execution_client(
        stack_set_arn=stack_set.arn,
        administration_role_arn=operation.administration_role_arn,
        execution_role_name=operation.execution_role_name,
        account=instance.account,
        region=instance.region,
    )


def _work(client: CloudFormationClient, operation: Operation, instance: StackInstance, order: InstanceOrder) -> Outcome:
    def begun(stack_id: str) -> None:
        with LOCK:
            instance.stack_id = stack_id

    if operation.action == "DELETE":
        return instance_work.delete(client, order)
    if operation.action == "DETECT_DRIFT":
        return instance_work.detect_drift(client, order)
    return instance_work.deploy(client, order, begun)


def _order(stack_set: StackSet, instance: StackInstance, operation: Operation) -> InstanceOrder:
    values = stack_set.parameters | instance.overrides
    declared = [parameter.name for parameter in stack_set.template.parameters]
    unique = str(uuid4())
    room = _STACK_NAME_CHARACTERS_MAX - len("StackSet--") - len(unique)
    return InstanceOrder(
        stack_name=f"StackSet-{stack_set.name[:room]}-{unique}",
        stack_id=instance.stack_id,
        template=stack_set.template,
        parameters=tuple((name, values[name]) for name in declared if name in values),
        capabilities=stack_set.capabilities,
        tags=stack_set.tags,
        token=operation.id,
    )


def _settle(stack_set: StackSet, operation: Operation, instance: StackInstance, outcome: Outcome) -> None:
    instance.detailed_status = "SUCCEEDED" if outcome.succeeded else "FAILED"
    if operation.action == "DETECT_DRIFT":
        _settle_drift(operation, instance, outcome)
        return
    instance.status_reason = outcome.reason
    if operation.action == "DELETE":
        if outcome.succeeded:
            stack_set.instances.pop(instance.place, None)
        else:
            instance.status = instance.detailed_status = "INOPERABLE"
        return
    instance.status = "CURRENT" if outcome.succeeded else "OUTDATED"
    instance.stack_id = outcome.stack_id or instance.stack_id


def _settle_drift(operation: Operation, instance: StackInstance, outcome: Outcome) -> None:
    count = operation.drift
    if count is None:
        return
    if not outcome.succeeded:
        count.failed += 1
        return
    count.drifted += outcome.drift_status == "DRIFTED"
    count.in_sync += outcome.drift_status == "IN_SYNC"
    instance.drift_status, instance.drift_checked_at = outcome.drift_status, now()
    # Only what the latest detection found can be listed.
    instance.resource_drifts = {operation.id: [dict(drift) for drift in outcome.resource_drifts]}
