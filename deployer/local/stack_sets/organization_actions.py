"""ActivateOrganizationsAccess, DeactivateOrganizationsAccess, DescribeOrganizationsAccess: may StackSets work in the organization?

Each takes who asks and the request's members, and returns the answer's members; raises Refused before anything changed.
"""

from __future__ import annotations

from deployer.local.stack_sets import permissions
from deployer.local.stack_sets.stack_set_actions import Caller, Members


def activate_organizations_access(caller: Caller, request: Members) -> Members:
    """Give StackSets trusted access to the caller's organization."""
    permissions.activate(caller.account)
    return {}


def deactivate_organizations_access(caller: Caller, request: Members) -> Members:
    """Take it away; stacks that stand are left alone."""
    permissions.deactivate(caller.account)
    return {}


def describe_organizations_access(caller: Caller, request: Members) -> Members:
    """Tell whether StackSets have it."""
    return {"Status": permissions.trusted_access(caller.account)}
