"""Which accounts an organization's units hold. Only reads.

Sources: AWS Organizations API reference, ListAccountsForParent and ListOrganizationalUnitsForParent: either may be called by the
management account or by a delegated administrator.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from deployer.aws.calls import asking
from deployer.aws.session import Aws


def list_accounts(aws: Aws, units: Iterable[str], region: str) -> tuple[str, ...]:
    """Return the active accounts below these units or roots, nested units included, sorted, none twice.

    The management account is among them where it is below; a StackSet never reaches that one. Raises AwsRefused.
    """
    found: set[str] = set()
    seen: set[str] = set()
    waiting = list(units)
    # A unit has one parent, so each is met once and this ends.
    while waiting:
        unit = waiting.pop()
        if unit in seen:
            continue
        seen.add(unit)
        accounts = _listed(aws, region, "ListAccountsForParent", "list_accounts_for_parent", "Accounts", unit)
        found.update(account["Id"] for account in accounts if account.get("Status") == "ACTIVE")
        nested = _listed(
            aws, region, "ListOrganizationalUnitsForParent", "list_organizational_units_for_parent", "OrganizationalUnits", unit
        )
        waiting.extend(one["Id"] for one in nested)
    return tuple(sorted(found))


def management_account(aws: Aws, region: str) -> str:
    """Return the account that manages the caller's organization. Raises AwsRefused."""
    with asking("organizations", "DescribeOrganization", region):
        return str(aws.client("organizations", region).describe_organization()["Organization"]["MasterAccountId"])


def _listed(aws: Aws, region: str, operation: str, paginated: str, key: str, parent: str) -> Iterator[Any]:
    pages = iter(aws.client("organizations", region).get_paginator(paginated).paginate(ParentId=parent))
    while True:
        with asking("organizations", operation, region):
            page = next(pages, None)
        if page is None:
            return
        yield from page[key]
