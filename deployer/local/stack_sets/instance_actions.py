"""CreateStackInstances, UpdateStackInstances, DeleteStackInstances, DescribeStackInstance, ListStackInstances,
ListStackInstanceResourceDrifts and ListStackSetAutoDeploymentTargets.

Each takes who asks and the request's members, and returns the answer's members; raises Refused before anything changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from typing import Final
from uuid import uuid4

from deployer.local.stack_sets import shelves
from deployer.local.stack_sets.operation_run import begin, check_admission
from deployer.local.stack_sets.paging import page
from deployer.local.stack_sets.preferences import read_preferences
from deployer.local.stack_sets.records import Operation, Place, StackInstance, StackSet
from deployer.local.stack_sets.refusals import Refused
from deployer.local.stack_sets.stack_set_actions import Caller, Members
from deployer.local.stack_sets.targets import account_units, existing_places, requested_places
from deployer.local.stack_sets.templates import settled_overrides
from deployer.local.stack_sets.views import instance_summary, instance_view

INSTANCES_MAX: Final = 100_000  # F4.14
_FILTERED: Final[Mapping[str, Callable[[StackInstance], str]]] = {
    "DETAILED_STATUS": lambda instance: instance.detailed_status,
    "LAST_OPERATION_ID": lambda instance: instance.last_operation_id,
    "DRIFT_STATUS": lambda instance: instance.drift_status,
}


def create_stack_instances(caller: Caller, request: Members) -> Members:
    """Begin to create instances. One that exists already is brought up to date instead (F4.9)."""
    stack_set, operation = _admitted(caller, request, "CREATE")
    places = requested_places(stack_set, request)
    if len({*stack_set.instances, *places}) > INSTANCES_MAX:
        raise Refused("LimitExceededException", f"A stack set can have {INSTANCES_MAX} instances at most")
    overrides = _overrides(stack_set, places, request)
    targets = request.get("DeploymentTargets", {}).get("OrganizationalUnitIds", ())
    units = account_units(stack_set, targets)
    for account, region in places:
        unit = units.get(account, "")
        stack_set.instances.setdefault((account, region), StackInstance(account=account, region=region, organizational_unit_id=unit))
    stack_set.unit_targets.update(product(targets, request["Regions"]))
    _apply(stack_set, operation, overrides)
    return {"OperationId": operation.id}


def update_stack_instances(caller: Caller, request: Members) -> Members:
    """Begin to update existing instances with other parameter overrides (F4.13)."""
    stack_set, operation = _admitted(caller, request, "UPDATE")
    places = existing_places(stack_set, requested_places(stack_set, request))
    _apply(stack_set, operation, _overrides(stack_set, places, request))
    return {"OperationId": operation.id}


def delete_stack_instances(caller: Caller, request: Members) -> Members:
    """Begin to delete instances and, unless RetainStacks, their stacks. Places without an instance are passed over."""
    stack_set, operation = _admitted(caller, request, "DELETE")
    operation.retain_stacks = request["RetainStacks"]
    begin(stack_set, operation, [place for place in requested_places(stack_set, request) if place in stack_set.instances])
    return {"OperationId": operation.id}


def describe_stack_instance(caller: Caller, request: Members) -> Members:
    """Describe one instance."""
    stack_set, instance = _instance(caller, request)
    return {"StackInstance": instance_view(stack_set, instance)}


def list_stack_instances(caller: Caller, request: Members) -> Members:
    """List a stack set's instances: of an account, a Region, and all the filters given."""
    stack_set = shelves.find(caller.account, caller.region, request["StackSetName"])
    wanted = [
        instance_summary(stack_set, instance)
        for instance in stack_set.instances.values()
        if request.get("StackInstanceAccount", instance.account) == instance.account
        and request.get("StackInstanceRegion", instance.region) == instance.region
        and all(_FILTERED[rule["Name"]](instance) == rule["Values"] for rule in request.get("Filters", ()))
    ]
    return page(wanted, request, f"ListStackInstances {stack_set.id}")


def list_stack_instance_resource_drifts(caller: Caller, request: Members) -> Members:
    """List what the latest drift detection found on an instance, resource by resource."""
    stack_set, instance = _instance(caller, request)
    shelves.find_operation(stack_set, request["OperationId"])
    wanted = [
        drift
        for drift in instance.resource_drifts.get(request["OperationId"], ())
        if drift["StackResourceDriftStatus"] in request.get("StackInstanceResourceDriftStatuses", [drift["StackResourceDriftStatus"]])
    ]
    return page(wanted, request, f"ListStackInstanceResourceDrifts {stack_set.id} {instance.place}")


def list_stack_set_auto_deployment_targets(caller: Caller, request: Members) -> Members:
    """List the units that a service-managed stack set was deployed to, each with its Regions."""
    stack_set = shelves.find(caller.account, caller.region, request["StackSetName"])
    units = sorted({unit for unit, _ in stack_set.unit_targets})
    wanted = [
        {"OrganizationalUnitId": unit, "Regions": sorted(region for one, region in stack_set.unit_targets if one == unit)} for unit in units
    ]
    return page(wanted, request, f"ListStackSetAutoDeploymentTargets {stack_set.id}")


def _admitted(caller: Caller, request: Members, action: str) -> tuple[StackSet, Operation]:
    stack_set = shelves.find(caller.account, caller.region, request["StackSetName"])
    operation_id = request.get("OperationId") or str(uuid4())
    check_admission(stack_set, operation_id)
    return stack_set, Operation(
        id=operation_id,
        action=action,
        preferences=read_preferences(request.get("OperationPreferences", {})),
        administration_role_arn=stack_set.administration_role_arn,
        execution_role_name=stack_set.execution_role_name,
        targets=request.get("DeploymentTargets", {}),
    )


def _overrides(stack_set: StackSet, places: list[Place], request: Members) -> dict[Place, dict[str, str]]:
    """Return the overrides each place will have; those of a request that does not list any stay as they are."""
    present = {place: stack_set.instances[place].overrides if place in stack_set.instances else {} for place in places}
    if "ParameterOverrides" not in request:
        return present
    listed = request["ParameterOverrides"]
    return {place: settled_overrides(stack_set.template, listed, overrides) for place, overrides in present.items()}


def _apply(stack_set: StackSet, operation: Operation, overrides: dict[Place, dict[str, str]]) -> None:
    operable = [place for place in overrides if not stack_set.instances[place].inoperable]
    for place in operable:
        instance = stack_set.instances[place]
        instance.overrides, instance.status = overrides[place], "OUTDATED"
    begin(stack_set, operation, operable)


def _instance(caller: Caller, request: Members) -> tuple[StackSet, StackInstance]:
    stack_set = shelves.find(caller.account, caller.region, request["StackSetName"])
    return stack_set, shelves.find_instance(stack_set, request["StackInstanceAccount"], request["StackInstanceRegion"])
