"""The global table as the deployed global template describes it: what a plan must know of it and cannot change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from deployer.planning.survey import StackFacts
from deployer.planning.template_text import read_template, section
from deployer.planning.template_values import with_values

_TABLE_TYPE = "AWS::DynamoDB::GlobalTable"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedTable:
    """`consistency` is EVENTUAL or STRONG, "" when it cannot be told from the template; Regions likewise, then none.

    `protected_regions` have deletion protection; `retained` tells that removing the stack leaves the table standing.
    """

    logical_id: str
    consistency: str
    replica_regions: frozenset[str]
    witness_regions: frozenset[str]
    protected_regions: frozenset[str]
    retained: bool


def deployed_table(global_stack: StackFacts | None) -> DeployedTable | None:
    """Return the table of a deployed global stack, None when there is no stack or no table in it."""
    if global_stack is None or not global_stack.template_body:
        return None
    template = with_values(read_template(global_stack.template_body), dict(global_stack.parameters))
    for logical_id, resource in section(template, "Resources").items():
        if isinstance(resource, dict) and resource.get("Type") == _TABLE_TYPE:
            return _table(logical_id, resource, global_stack.region)
    return None


def _table(logical_id: str, resource: dict[str, Any], home_region: str) -> DeployedTable:
    properties = section(resource, "Properties")
    consistency = properties.get("MultiRegionConsistency", "EVENTUAL")
    replicas = list(_parts(properties.get("Replicas")))
    protected = [replica for replica in replicas if str(replica.get("DeletionProtectionEnabled")).lower() == "true"]
    return DeployedTable(
        logical_id=logical_id,
        consistency=consistency if isinstance(consistency, str) else "",
        replica_regions=_regions(replicas, home_region),
        witness_regions=_regions(list(_parts(properties.get("GlobalTableWitnesses"))), home_region),
        protected_regions=_regions(protected, home_region),
        retained=str(resource.get("DeletionPolicy", "Delete")).startswith("Retain"),
    )


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    return (part for part in value if isinstance(part, dict)) if isinstance(value, list) else iter(())


def _regions(parts: list[dict[str, Any]], home_region: str) -> frozenset[str]:
    """Return the parts' Regions, none at all when one of them is not written as a name."""
    named = [home_region if part.get("Region") == {"Ref": "AWS::Region"} else part.get("Region") for part in parts]
    return frozenset(str(name) for name in named) if all(isinstance(name, str) for name in named) else frozenset()
