"""StackSet calls in the organization's words."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from deployer.aws.organization_calls import in_units

UNIT = "ou-abcd-12345678"
MODEL = ServiceModel(Loader().load_service_model("cloudformation", "service-2"), "cloudformation")
INTERSECTION = {"OrganizationalUnitIds": [UNIT], "Accounts": ["222233334444"], "AccountFilterType": "INTERSECTION"}


def said(operation: str, **params: Any) -> dict[str, Any]:
    """Return what is sent for a call with these members."""
    return in_units((UNIT,))(params=params, model=MODEL.operation_model(operation))


@pytest.mark.parametrize("operation", ["CreateStackInstances", "UpdateStackInstances", "DeleteStackInstances", "UpdateStackSet"])
def test_accounts_become_the_units_accounts(operation: str) -> None:
    """No more accounts are reached than the call named."""
    assert said(operation, StackSetName="one", Accounts=["222233334444"], Regions=["us-east-2"]) == {
        "StackSetName": "one",
        "Regions": ["us-east-2"],
        "DeploymentTargets": INTERSECTION,
        "CallAs": "DELEGATED_ADMIN",
    }


@pytest.mark.parametrize("operation", ["DescribeStackSet", "ListStackInstances", "DescribeStackSetOperation", "StopStackSetOperation"])
def test_every_call_says_who_calls(operation: str) -> None:
    """The stack set is the management account's, and is not found otherwise."""
    assert said(operation, StackSetName="one") == {"StackSetName": "one", "CallAs": "DELEGATED_ADMIN"}


def test_definition_takes_no_roles_and_deploys_nothing_by_itself() -> None:
    """A new account of a unit would get a live stack otherwise."""
    sent = said("CreateStackSet", StackSetName="one", PermissionModel="SELF_MANAGED", AdministrationRoleARN="", ExecutionRoleName="")

    assert sent == {
        "StackSetName": "one",
        "PermissionModel": "SERVICE_MANAGED",
        "AutoDeployment": {"Enabled": False},
        "CallAs": "DELEGATED_ADMIN",
    }


def test_update_of_all_instances_stays_one() -> None:
    """Without accounts there is nothing to narrow."""
    assert "DeploymentTargets" not in said("UpdateStackSet", StackSetName="one", PermissionModel="SELF_MANAGED")


@pytest.mark.parametrize("operation", ["DescribeStacks", "CreateStack", "ExecuteChangeSet"])
def test_other_calls_are_left_alone(operation: str) -> None:
    """Stacks know nothing of organizations."""
    assert said(operation, StackName="one") == {"StackName": "one"}
