"""Who does the work of a stack set: roles of the accounts (SELF_MANAGED), or the organization's service (SERVICE_MANAGED).

Service-managed stack sets live in the management account, also those that a delegated administrator makes; they need trusted access and
take no roles. Automatic deployment is not imitated, and so has to be off. [B cloudformation:CreateStackSet; user guide: Service-managed]
"""

from __future__ import annotations

from typing import Any

from deployer.local import attach_organizations, organizations
from deployer.local.stack_sets.records import SELF_MANAGED, SERVICE_MANAGED, StackSet
from deployer.local.stack_sets.refusals import Refused, invalid, not_imitated

DELEGATED_ADMIN = "DELEGATED_ADMIN"


def acting_account(account: str, request: dict[str, Any]) -> str:
    """Return the account whose stack sets a caller means: the management account's for a delegated administrator; raises Refused."""
    if request.get("CallAs") != DELEGATED_ADMIN:
        return account
    if not organizations.is_delegated(account, organizations.STACK_SETS_PRINCIPAL):
        raise invalid(
            "You must be the management account or delegated admin account of an organization before operating a SERVICE_MANAGED stack set"
        )
    return attach_organizations.management_account(account)


def requested_permission_model(account: str, request: dict[str, Any]) -> str:
    """Return the permission model of a new stack set in `account`; raises Refused for what does not go with it."""
    model = str(request.get("PermissionModel", SELF_MANAGED))
    if model == SERVICE_MANAGED:
        if "AutoDeployment" not in request:
            raise invalid("AutoDeployment is required when PermissionModel is SERVICE_MANAGED")
        if not organizations.is_trusted(account):
            raise invalid("You must enable organizations access to operate a service managed stack set")
    elif request.get("CallAs") == DELEGATED_ADMIN:
        raise invalid("CallAs DELEGATED_ADMIN is valid only with SERVICE_MANAGED permissions")
    _check_members(model, request)
    return model


def check_permission_model(stack_set: StackSet, request: dict[str, Any]) -> None:
    """Raise Refused for an update that means another permission model than the stack set's, or what does not go with it."""
    if request.get("PermissionModel", stack_set.permission_model) != stack_set.permission_model:
        raise invalid(f"The permission model of a StackSet cannot be changed, it is {stack_set.permission_model}")
    _check_members(stack_set.permission_model, request)


def trusted_access(account: str) -> str:
    """Return ENABLED or DISABLED, as DescribeOrganizationsAccess says it."""
    return "ENABLED" if organizations.is_trusted(attach_organizations.management_account(account)) else "DISABLED"


def activate(account: str) -> None:
    """Give StackSets trusted access to the organization that `account` manages; raises Refused for a member."""
    if attach_organizations.management_account(account) != account:
        raise Refused("InvalidOperationException", "Only the management account can activate organizations access")
    organizations.trust(account)


def deactivate(account: str) -> None:
    """Take trusted access away; raises Refused for a member."""
    if attach_organizations.management_account(account) != account:
        raise Refused("InvalidOperationException", "Only the management account can deactivate organizations access")
    organizations.distrust(account)


def _check_members(model: str, request: dict[str, Any]) -> None:
    if request.get("AutoDeployment", {}).get("Enabled"):
        raise not_imitated("AutoDeployment of new accounts")
    if model == SERVICE_MANAGED and ("AdministrationRoleARN" in request or "ExecutionRoleName" in request):
        raise invalid("AdministrationRoleARN and ExecutionRoleName are valid only with SELF_MANAGED permissions")
    if model == SELF_MANAGED and "AutoDeployment" in request:
        raise invalid("AutoDeployment is valid only with SERVICE_MANAGED permissions")
