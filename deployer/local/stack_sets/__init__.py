"""CloudFormation StackSets for the embedded AWS: the API as botocore models it, with self-managed roles really assumed.

The way of a call: `query_input` reads it by the model, `constraints` checks it by the model, an action of `*_actions`
changes the `records` on the `shelves`, `query_output` writes the answer by the model. Operations run on threads
(`operation_run`), walk through Regions and accounts (`region_walk`), reach each account by its roles (`sessions`) and
work on its stack through the endpoint as an SDK would (`instance_work`).

Service-managed stack sets work through the organization instead of roles (`permissions`, `targets`). Not imitated, and
refused as such: AutoDeployment, lists of accounts behind a URL, units united with single accounts, and importing stacks.
CloudFormation here creates resources without asking IAM whether the execution role may; only the calls on the stacks
themselves are enforced.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from deployer.local import attach, attach_cloudformation, attach_stack_sets
from deployer.local.stack_sets import instance_actions, operation_actions, organization_actions, shelves, stack_set_actions, templates
from deployer.local.stack_sets.constraints import check_input
from deployer.local.stack_sets.permissions import acting_account
from deployer.local.stack_sets.query_input import read_input
from deployer.local.stack_sets.query_output import Answer, write_answer, write_refusal
from deployer.local.stack_sets.refusals import Refused, not_imitated
from deployer.local.stack_sets.service_model import input_shape, operation_model
from deployer.local.stack_sets.stack_set_actions import Caller

_Act = Callable[[Caller, dict[str, Any]], dict[str, Any]]


def _import(caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    raise not_imitated("Importing stacks into a StackSet")


ACTIONS: Final[Mapping[str, _Act]] = {
    "CreateStackSet": stack_set_actions.create_stack_set,
    "UpdateStackSet": stack_set_actions.update_stack_set,
    "DeleteStackSet": stack_set_actions.delete_stack_set,
    "DescribeStackSet": stack_set_actions.describe_stack_set,
    "ListStackSets": stack_set_actions.list_stack_sets,
    "CreateStackInstances": instance_actions.create_stack_instances,
    "UpdateStackInstances": instance_actions.update_stack_instances,
    "DeleteStackInstances": instance_actions.delete_stack_instances,
    "DescribeStackInstance": instance_actions.describe_stack_instance,
    "ListStackInstances": instance_actions.list_stack_instances,
    "ListStackInstanceResourceDrifts": instance_actions.list_stack_instance_resource_drifts,
    "DescribeStackSetOperation": operation_actions.describe_stack_set_operation,
    "ListStackSetOperations": operation_actions.list_stack_set_operations,
    "ListStackSetOperationResults": operation_actions.list_stack_set_operation_results,
    "StopStackSetOperation": operation_actions.stop_stack_set_operation,
    "DetectStackSetDrift": operation_actions.detect_stack_set_drift,
    "ImportStacksToStackSet": _import,
    "ListStackSetAutoDeploymentTargets": instance_actions.list_stack_set_auto_deployment_targets,
    "ActivateOrganizationsAccess": organization_actions.activate_organizations_access,
    "DeactivateOrganizationsAccess": organization_actions.deactivate_organizations_access,
    "DescribeOrganizationsAccess": organization_actions.describe_organizations_access,
}


def register() -> None:
    """Make the embedded AWS of this process answer the StackSet calls."""
    # One body for every Region needs a CloudFormation that tells the Regions apart.
    attach_cloudformation.register()
    attach.verify(attach_stack_sets.SEAMS)
    attach_stack_sets.register_template_source(templates.kept_template)
    attach_stack_sets.register_sessions_one_at_a_time()
    attach.register_cloudformation_actions({name: _served(name, act) for name, act in ACTIONS.items()})


def reset() -> None:
    """Forget every stack set; operations under way begin nothing more. Stacks are left to whoever resets those."""
    shelves.clear()


def _served(name: str, act: _Act) -> attach.Action:
    model = operation_model(name)
    shape = input_shape(name)

    def answer(parameters: dict[str, list[str]]) -> Answer:
        try:
            request = read_input(shape, parameters)
            check_input(shape, request)
            with shelves.LOCK:
                account = acting_account(attach.current_account(), request)
                result = act(Caller(account=account, region=attach.current_region()), request)
                return write_answer(model, result)
        except Refused as refused:
            return write_refusal(model, refused)

    return answer
