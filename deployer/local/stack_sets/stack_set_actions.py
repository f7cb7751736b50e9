"""CreateStackSet, UpdateStackSet, DeleteStackSet, DescribeStackSet, ListStackSets.

Each takes who asks and the request's members, and returns the answer's members; raises Refused before anything changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from deployer.local.attach_stack_sets import caller_denial
from deployer.local.stack_sets import shelves
from deployer.local.stack_sets.constraints import check_stack_set_name
from deployer.local.stack_sets.operation_run import begin, check_admission
from deployer.local.stack_sets.paging import page
from deployer.local.stack_sets.permissions import check_permission_model, requested_permission_model
from deployer.local.stack_sets.preferences import read_preferences
from deployer.local.stack_sets.records import (
    DEFAULT_ADMINISTRATION_ROLE,
    DEFAULT_EXECUTION_ROLE,
    SERVICE_MANAGED,
    Operation,
    StackSet,
)
from deployer.local.stack_sets.refusals import Refused, invalid, not_imitated
from deployer.local.stack_sets.targets import existing_places, requested_places
from deployer.local.stack_sets.templates import Template, check_capabilities, requested_template, settled_parameters
from deployer.local.stack_sets.views import stack_set_summary, stack_set_view

STACK_SETS_MAX: Final = 1000  # F4.14
Members = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whose call it is, and where it arrived."""

    account: str
    region: str


def create_stack_set(caller: Caller, request: Members) -> Members:
    """Create a stack set without instances; the same ClientRequestToken answers with what it created before."""
    model = requested_permission_model(caller.account, request)
    if "StackId" in request:
        raise not_imitated("Importing a stack into a new StackSet")
    name = request["StackSetName"]
    check_stack_set_name(name)
    active = [stack_set for stack_set in shelves.shelf(caller.account, caller.region) if stack_set.status == "ACTIVE"]
    for stack_set in active:
        if stack_set.name == name:
            return _created_before(stack_set, request)
    if len(active) >= STACK_SETS_MAX:
        raise Refused("LimitExceededException", f"An account can have {STACK_SETS_MAX} stack sets at most")
    template = requested_template(request)
    if template is None:
        raise invalid("Either TemplateBody or TemplateURL must be specified.")
    check_capabilities(template, request.get("Capabilities", ()))
    stack_set = StackSet(
        name=name,
        uuid=str(uuid4()),
        account=caller.account,
        region=caller.region,
        template=template,
        parameters=settled_parameters(template, request.get("Parameters", ())),
        administration_role_arn="" if model == SERVICE_MANAGED else _administration_role(caller, request),
        execution_role_name="" if model == SERVICE_MANAGED else request.get("ExecutionRoleName", DEFAULT_EXECUTION_ROLE),
        permission_model=model,
        custom_administration_role="AdministrationRoleARN" in request,
        description=request.get("Description", ""),
        capabilities=tuple(request.get("Capabilities", ())),
        tags=_tags(request),
        managed_execution=request.get("ManagedExecution", {}).get("Active", False),
        request_token=request.get("ClientRequestToken", ""),
        request=request,
    )
    shelves.put(stack_set)
    return {"StackSetId": stack_set.id}


def update_stack_set(caller: Caller, request: Members) -> Members:
    """Change a stack set and begin to update its instances, all of them or those named.

    The change stays whatever becomes of the operation (F4.6). A change of template or parameters outdates every
    instance, also those not named (F4.7).
    """
    stack_set = shelves.find(caller.account, caller.region, request["StackSetName"])
    operation_id = request.get("OperationId") or str(uuid4())
    check_admission(stack_set, operation_id)
    preferences = read_preferences(request.get("OperationPreferences", {}))
    check_permission_model(stack_set, request)
    named = requested_places(stack_set, request, both_optional=True)
    places = existing_places(stack_set, named) if named else list(stack_set.instances)
    template = _updated_template(stack_set, request)
    check_capabilities(template, request.get("Capabilities", ()))
    parameters = settled_parameters(template, request.get("Parameters", ()), stack_set.parameters)
    managed = _managed_execution(stack_set, request)
    if stack_set.custom_administration_role and "AdministrationRoleARN" not in request:
        raise invalid("AdministrationRoleARN must be specified: the StackSet was created with a customized administration role")
    role_arn = "" if stack_set.is_service_managed else _administration_role(caller, request)

    if template is not stack_set.template or "Parameters" in request:
        for instance in stack_set.instances.values():
            if not instance.inoperable:
                instance.status = "OUTDATED"
    stack_set.template, stack_set.parameters, stack_set.managed_execution = template, parameters, managed
    stack_set.administration_role_arn = role_arn
    stack_set.custom_administration_role = "AdministrationRoleARN" in request
    stack_set.execution_role_name = request.get("ExecutionRoleName", stack_set.execution_role_name)
    stack_set.description = request.get("Description", stack_set.description)
    stack_set.capabilities = tuple(request.get("Capabilities", ()))
    stack_set.tags = _tags(request) if "Tags" in request else stack_set.tags
    # From now on the request that created it no longer describes it.
    stack_set.request = {}
    operation = Operation(
        id=operation_id,
        action="UPDATE",
        preferences=preferences,
        administration_role_arn=role_arn,
        execution_role_name=stack_set.execution_role_name,
        targets=request.get("DeploymentTargets", {}),
    )
    begin(stack_set, operation, [place for place in places if not stack_set.instances[place].inoperable])
    return {"OperationId": operation_id}


def delete_stack_set(caller: Caller, request: Members) -> Members:
    """Delete a stack set that has no instances left."""
    try:
        stack_set = shelves.find(caller.account, caller.region, request["StackSetName"])
    except Refused:
        # The call declares no error for a stack set that is not there [B DeleteStackSet errors].
        return {}
    if stack_set.unended():
        raise Refused("OperationInProgressException", f"Another Operation on StackSet {stack_set.arn} is in progress")
    if stack_set.instances:
        raise Refused("StackSetNotEmptyException", "StackSet is not empty")
    stack_set.status = "DELETED"
    return {}


def describe_stack_set(caller: Caller, request: Members) -> Members:
    """Describe one stack set."""
    return {"StackSet": stack_set_view(shelves.find(caller.account, caller.region, request["StackSetName"]))}


def list_stack_sets(caller: Caller, request: Members) -> Members:
    """List the stack sets of the account in the Region, of one status when it is given."""
    wanted = [
        stack_set_summary(stack_set)
        for stack_set in shelves.shelf(caller.account, caller.region)
        if request.get("Status", stack_set.status) == stack_set.status
    ]
    return page(wanted, request, "ListStackSets")


def _created_before(stack_set: StackSet, request: Members) -> Members:
    token = request.get("ClientRequestToken", "")
    if not token or token != stack_set.request_token:
        raise Refused("NameAlreadyExistsException", f"The name is already in use: {stack_set.name}")
    if stack_set.request != request:
        raise Refused("CreatedButModifiedException", f"StackSet {stack_set.name} exists, but has been changed")
    return {"StackSetId": stack_set.id}


def _updated_template(stack_set: StackSet, request: Members) -> Template:
    template = requested_template(request)
    if (template is not None) == request.get("UsePreviousTemplate", False):
        raise invalid("Specify exactly one of TemplateBody, TemplateURL, or UsePreviousTemplate as true.")
    return template or stack_set.template


def _managed_execution(stack_set: StackSet, request: Members) -> bool:
    active: bool = request.get("ManagedExecution", {}).get("Active", stack_set.managed_execution)
    if active != stack_set.managed_execution and stack_set.unended():
        raise Refused("InvalidOperationException", "ManagedExecution cannot be changed while operations are running or queued")
    return active


def _administration_role(caller: Caller, request: Members) -> str:
    """Return the administration role's ARN; raises Refused unless the caller may pass it, the default one too (F4.2)."""
    role_arn: str = request.get("AdministrationRoleARN", f"arn:aws:iam::{caller.account}:role/{DEFAULT_ADMINISTRATION_ROLE}")
    denial = caller_denial("iam:PassRole", role_arn, {"iam:PassedToService": "cloudformation.amazonaws.com"})
    if denial:
        raise Refused("AccessDenied", denial)
    return role_arn


def _tags(request: Members) -> tuple[tuple[str, str], ...]:
    return tuple((tag["Key"], tag["Value"]) for tag in request.get("Tags", ()))
