"""E9742: a replica is encrypted with a key of its own Region."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.reading import Fault, Node, Reading, Resource

# Type -> (its replicas, a replica's key, whether all of them are in other Regions than the stack).
_KEYS = {
    "AWS::DynamoDB::GlobalTable": ("Replicas", ("SSESpecification", "KMSMasterKeyId"), False),
    "AWS::SecretsManager::Secret": ("ReplicaRegions", ("KmsKeyId",), True),
}


class ReplicaKey(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a key that a replica cannot use."""

    id = "E9742"
    shortdesc = "The KMS key of a replica is a key of the replica's own Region"
    description = (
        "A KMS key works in its own Region only: a replica with another Region's key fails at deployment, or is lost when that key's "
        "Region is. An alias that every Region has and the id of a multi-Region key (mrk-) are right everywhere. Keys given as parameters "
        "are not judged."
    )
    source_url = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/globaltables-security.html"
    facts = ("F1.17", "F8.1")
    tags = ("multi-region", "kms", "dynamodb", "secretsmanager")
    parent_rules = ("E9700",)

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for each replica whose key belongs to another Region."""
        keys = {key.logical_id: key for key in reading.resources("AWS::KMS::Key")}
        for kind, (replicas_key, key_path, all_away) in _KEYS.items():
            for resource in reading.resources(kind):
                replicas = [(replica, replica.first(*key_path)) for replica in resource.items(replicas_key)]
                used = [(replica, key) for replica, key in replicas if key is not None]
                for replica, key in used:
                    shared = len([other for _, other in used if other.value == key.value]) > 1
                    if fault := _fault(replica, key, keys.get(key.target or ""), shared=shared, away=shared or all_away):
                        yield key.path, fault


def _fault(replica: Node, key: Node, own: Resource | None, *, shared: bool, away: bool) -> str | None:
    """Return what is wrong with a replica's key; `own` when it is the template's, `away` when the replica is elsewhere."""
    region = replica.first("Region")
    others = key.regions - {region.known} if region and region.known else frozenset()
    if others:
        return f"The replica in {region.known if region else '?'} uses a key of {', '.join(sorted(others))}"
    multi = own.first("MultiRegion") if own else None
    if own and away and not (multi and multi.text == "true" and "Ref" in key.value):
        return f"{own.logical_id} is a key of the stack's Region alone"
    of_one_region = key.known and not key.regions and not key.known.startswith("alias/") and "mrk-" not in key.known
    return f"One key serves replicas in several Regions: {key.known}" if shared and of_one_region else None
