"""What DynamoDB and CloudFormation refuse of a global table, though every property by itself is allowed.

Pure: properties in, sentences out. Facts F1.1-F1.15; source: AWS::DynamoDB::GlobalTable, CloudFormation Template
Reference, and "How DynamoDB global tables work", DynamoDB Developer Guide.
"""

from __future__ import annotations

from typing import Any, Final

Properties = dict[str, Any]

STRONG: Final = "STRONG"
EVENTUAL: Final = "EVENTUAL"


def regions_of(properties: Properties) -> tuple[str, ...]:
    """Return the Regions of a global table's replicas, as the template lists them."""
    return tuple(str(replica.get("Region", "")) for replica in properties.get("Replicas") or ())


def witnesses_of(properties: Properties) -> tuple[str, ...]:
    """Return the Regions of a global table's witnesses."""
    return tuple(str(witness.get("Region", "")) for witness in properties.get("GlobalTableWitnesses") or ())


def consistency_of(properties: Properties) -> str:
    """Return a global table's consistency, EVENTUAL unless the template says STRONG."""
    return str(properties.get("MultiRegionConsistency") or EVENTUAL)


def mistakes_in(properties: Properties, stack_region: str) -> tuple[str, ...]:
    """Return why a global table cannot be created by a stack in `stack_region`; empty when it can."""
    regions, witnesses = regions_of(properties), witnesses_of(properties)
    found = []
    if stack_region not in regions:
        found.append(f"Replicas must contain the stack's own Region, {stack_region}")
    for region in sorted({region for region in regions if regions.count(region) > 1}):
        found.append(f"Replicas names {region} more than once")
    for region in sorted(set(witnesses) & set(regions)):
        found.append(f"{region} cannot be both a replica and a witness")
    if consistency_of(properties) == STRONG:
        return tuple(found + _strong_mistakes(properties, len(regions), len(witnesses)))
    if witnesses:
        found.append("GlobalTableWitnesses needs MultiRegionConsistency STRONG")
    if len(regions) > 1 and not properties.get("StreamSpecification"):
        found.append("StreamSpecification is required for a table with more than one replica")
    return tuple(found)


def update_mistakes(old: Properties, new: Properties, stack_region: str) -> tuple[str, ...]:
    """Return why a global table cannot go from `old` to `new`; empty when it can."""
    if consistency_of(old) != consistency_of(new):
        return ("MultiRegionConsistency cannot be changed once the table exists",)
    before, after = set(regions_of(old)), set(regions_of(new))
    found = list(mistakes_in(new, stack_region))
    if consistency_of(new) == STRONG and (before != after or set(witnesses_of(old)) != set(witnesses_of(new))):
        found.append("The replicas and witnesses of a table with MultiRegionConsistency STRONG cannot be changed")
    elif len(before ^ after) > 1:
        found.append("Only one replica can be added or removed in an update")
    if old.get("KeySchema") != new.get("KeySchema") or old.get("LocalSecondaryIndexes") != new.get("LocalSecondaryIndexes"):
        found.append("KeySchema and LocalSecondaryIndexes cannot be changed once the table exists")
    if len(_index_names(old) ^ _index_names(new)) > 1:
        found.append("Only one global secondary index can be created or deleted in an update")
    return tuple(found)


def _strong_mistakes(properties: Properties, replicas_count: int, witnesses_count: int) -> list[str]:
    found = []
    if (replicas_count, witnesses_count) not in ((3, 0), (2, 1)):
        found.append(
            "MultiRegionConsistency STRONG needs three Regions: three replicas, or two replicas and one witness "
            f"(found {replicas_count} and {witnesses_count})"
        )
    if properties.get("TimeToLiveSpecification", {}).get("Enabled") not in (None, False, "false"):
        found.append("MultiRegionConsistency STRONG does not support TimeToLiveSpecification")
    if properties.get("LocalSecondaryIndexes"):
        found.append("MultiRegionConsistency STRONG does not support LocalSecondaryIndexes")
    return found


def _index_names(properties: Properties) -> set[str]:
    return {str(index["IndexName"]) for index in properties.get("GlobalSecondaryIndexes") or ()}
