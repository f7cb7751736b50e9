"""DescribeStackSetOperation, ListStackSetOperations, ListStackSetOperationResults, StopStackSetOperation and
DetectStackSetDrift.

Each takes who asks and the request's members, and returns the answer's members; raises Refused before anything changed.
"""

from __future__ import annotations

from uuid import uuid4

from deployer.local.stack_sets import shelves
from deployer.local.stack_sets.operation_run import begin, check_admission, stop
from deployer.local.stack_sets.paging import page
from deployer.local.stack_sets.preferences import read_preferences
from deployer.local.stack_sets.records import Operation, StackSet
from deployer.local.stack_sets.refusals import Refused
from deployer.local.stack_sets.stack_set_actions import Caller, Members
from deployer.local.stack_sets.views import operation_summary, operation_view, result_summary


def describe_stack_set_operation(caller: Caller, request: Members) -> Members:
    """Describe one operation, as it stands at this moment."""
    stack_set, operation = _operation(caller, request)
    return {"StackSetOperation": operation_view(stack_set, operation)}


def list_stack_set_operations(caller: Caller, request: Members) -> Members:
    """List a stack set's operations, newest first."""
    stack_set = shelves.find(caller.account, caller.region, request["StackSetName"])
    newest_first = [operation_summary(operation) for operation in reversed(stack_set.operations.values())]
    return page(newest_first, request, f"ListStackSetOperations {stack_set.id}")


def list_stack_set_operation_results(caller: Caller, request: Members) -> Members:
    """List how an operation went in each account and Region, of one status when a filter says so."""
    stack_set, operation = _operation(caller, request)
    results = [
        result_summary(result)
        for result in operation.results.values()
        if all(rule.get("Values", result.status) == result.status for rule in request.get("Filters", ()))
    ]
    return page(results, request, f"ListStackSetOperationResults {stack_set.id} {operation.id}")


def stop_stack_set_operation(caller: Caller, request: Members) -> Members:
    """Ask an operation to begin nothing more; what is under way is waited for (F4.12)."""
    stop(*_operation(caller, request))
    return {}


def detect_stack_set_drift(caller: Caller, request: Members) -> Members:
    """Begin to check every instance for drift; an operation like any other, one at a time (F4.16)."""
    stack_set = shelves.find(caller.account, caller.region, request["StackSetName"])
    operation_id = request.get("OperationId") or str(uuid4())
    if operation_id in stack_set.operations:
        # This call declares neither OperationIdAlreadyExistsException nor StaleRequestException.
        raise Refused("InvalidOperationException", f"Operation {operation_id} already exists")
    check_admission(stack_set, operation_id)
    operation = Operation(
        id=operation_id,
        action="DETECT_DRIFT",
        preferences=read_preferences(request.get("OperationPreferences", {})),
        administration_role_arn=stack_set.administration_role_arn,
        execution_role_name=stack_set.execution_role_name,
    )
    begin(stack_set, operation, list(stack_set.instances))
    return {"OperationId": operation_id}


def _operation(caller: Caller, request: Members) -> tuple[StackSet, Operation]:
    stack_set = shelves.find(caller.account, caller.region, request["StackSetName"])
    return stack_set, shelves.find_operation(stack_set, request["OperationId"])
