"""Which instances a request is about: every account it names, or that its units hold, in every Region it names (F4.7).

Accounts belong to self-managed stack sets, DeploymentTargets to service-managed ones. The management account is never among them, whatever
unit it is in [user guide: Service-managed StackSets]. [B cloudformation:DeploymentTargets]
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

from deployer.local import attach_organizations
from deployer.local.stack_sets.records import Place, StackSet
from deployer.local.stack_sets.refusals import invalid, not_imitated
from deployer.local.stack_sets.shelves import find_instance


def requested_places(stack_set: StackSet, request: dict[str, Any], *, both_optional: bool = False) -> list[Place]:
    """Return (account, Region) pairs, none twice; raises Refused when only one of the two lists is there.

    With `both_optional` a request may leave out both, and nothing is returned.
    """
    wrong, right = ("Accounts", "Organizational Units") if stack_set.is_service_managed else ("DeploymentTargets", "accounts")
    if wrong in request:
        raise invalid(f"StackSets with {stack_set.permission_model} permission model can only have {right} as target")
    regions = request.get("Regions", ())
    accounts = requested_accounts(stack_set, request) if stack_set.is_service_managed else request.get("Accounts", ())
    if both_optional and not accounts and not regions:
        return []
    if not accounts or not regions:
        raise invalid("Accounts and Regions must be specified together, with at least one of each")
    return list(dict.fromkeys(product(accounts, regions)))


def requested_accounts(stack_set: StackSet, request: dict[str, Any]) -> list[str]:
    """Return the accounts that a service-managed request's DeploymentTargets come to, sorted; raises Refused."""
    targets = request.get("DeploymentTargets", {})
    if "AccountsUrl" in targets:
        raise not_imitated("AccountsUrl")
    named, units = set(targets.get("Accounts", ())), targets.get("OrganizationalUnitIds", ())
    choice = targets.get("AccountFilterType", "UNION")
    if targets and not units:
        raise invalid("OrganizationalUnitIds are required")
    if choice in ("INTERSECTION", "DIFFERENCE") and not named:
        raise invalid(f"Accounts are required with AccountFilterType {choice}")
    if named and choice in ("NONE", "UNION"):
        raise not_imitated(f"Accounts with AccountFilterType {choice}")
    held = set(account_units(stack_set, units))
    return sorted({"INTERSECTION": held & named, "DIFFERENCE": held - named}.get(choice, held))


def account_units(stack_set: StackSet, units: Iterable[str]) -> dict[str, str]:
    """Return the unit or root of each account that these units hold, nested ones included; raises Refused for an unknown unit."""
    held: dict[str, str] = {}
    for unit in units:
        try:
            held |= dict(attach_organizations.active_accounts(stack_set.account, unit))
        except LookupError as error:
            raise invalid(str(error)) from error
    held.pop(stack_set.account, None)
    return held


def existing_places(stack_set: StackSet, places: Iterable[Place]) -> list[Place]:
    """Return the places; raises Refused (StackInstanceNotFoundException) when one of them has no instance."""
    return [find_instance(stack_set, account, region).place for account, region in places]
