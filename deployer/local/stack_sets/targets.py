"""Which instances a request is about: every account it names in every Region it names (F4.7)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

from deployer.local.stack_sets.records import Place, StackSet
from deployer.local.stack_sets.refusals import invalid, not_imitated
from deployer.local.stack_sets.shelves import find_instance


def requested_places(request: dict[str, Any], *, both_optional: bool = False) -> list[Place]:
    """Return (account, Region) pairs, none twice; raises Refused when only one of the two lists is there.

    With `both_optional` a request may leave out both, and nothing is returned.
    """
    if "DeploymentTargets" in request:
        raise not_imitated("DeploymentTargets")
    accounts, regions = request.get("Accounts", ()), request.get("Regions", ())
    if both_optional and not accounts and not regions:
        return []
    if not accounts or not regions:
        raise invalid("Accounts and Regions must be specified together, with at least one of each")
    return list(dict.fromkeys(product(accounts, regions)))


def existing_places(stack_set: StackSet, places: Iterable[Place]) -> list[Place]:
    """Return the places; raises Refused (StackInstanceNotFoundException) when one of them has no instance."""
    return [find_instance(stack_set, account, region).place for account, region in places]
