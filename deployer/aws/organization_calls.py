"""How StackSet calls are spelled when the organization's service does the work instead of roles (service-managed permissions).

The rest of the deployer speaks of accounts and Regions; here the same call names the units that hold the accounts, and says that its caller
is a delegated administrator, which the account of a failover pair always is: a service-managed StackSet never reaches the management
account, so the pair cannot live there. New accounts of a unit get no stack by themselves, for that would be a live one: AutoDeployment
is off. Source: CloudFormation API reference, DeploymentTargets, CallAs, AutoDeployment.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

_ROLES = ("AdministrationRoleARN", "ExecutionRoleName")


def in_units(units: Sequence[str]) -> Callable[..., dict[str, Any]]:
    """Return a botocore handler of `provide-client-params` that turns a call about accounts into one about these units' accounts.

    Accounts named stay the only ones reached: they are what the units are intersected with.
    """

    def spelled(params: dict[str, Any], model: Any, **_: Any) -> dict[str, Any]:
        members = model.input_shape.members if model.input_shape is not None else {}
        if "CallAs" not in members:
            return params
        said = {**params, "CallAs": "DELEGATED_ADMIN"}
        if "PermissionModel" in said:
            said |= {"PermissionModel": "SERVICE_MANAGED", "AutoDeployment": {"Enabled": False}}
            for role in _ROLES:
                said.pop(role, None)
        if "DeploymentTargets" in members and "Accounts" in said:
            accounts = said.pop("Accounts")
            said["DeploymentTargets"] = {
                "OrganizationalUnitIds": list(units),
                "Accounts": accounts,
                "AccountFilterType": "INTERSECTION",
            }
        return said

    return spelled
