"""E9741: a secret is where the data is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.reading import Fault, Reading, Resource


class SecretRegions(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a secret and a table that live in different Regions."""

    id = "E9741"
    shortdesc = "A secret's replicas and the stack's own Region are the Regions of the global table beside it"
    description = (
        "The stack's own Region holds the secret itself and has to be one of the table's, so a secret's replicas are all of the table's "
        "Regions but one. A witness holds no data and needs no secret. Judged when the template has one set of table Regions and names "
        "all Regions."
    )
    source_url = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/create-manage-multi-region-secrets.html"
    facts = ("F1.14", "F8.1")
    tags = ("multi-region", "secretsmanager", "dynamodb")
    parent_rules = ("E9700",)

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for each secret whose replicas do not match the table's."""
        places = {_regions(table, "Replicas") for table in reading.resources("AWS::DynamoDB::GlobalTable")}
        table_regions = places.pop() if len(places) == 1 else None
        if not table_regions or len(table_regions) < 2:
            return
        for secret in reading.resources("AWS::SecretsManager::Secret"):
            replicas = _regions(secret, "ReplicaRegions")
            if not replicas:
                continue
            strangers, missing = sorted(replicas - table_regions), sorted(table_regions - replicas)
            if strangers:
                yield secret.path, f"{secret.logical_id} is replicated to {', '.join(strangers)}, where the table is not"
            elif len(missing) != 1:
                lacking = f"lacks {', '.join(missing)}" if missing else "leaves no Region of the table to the stack itself"
                yield secret.path, f"{secret.logical_id} {lacking}"


def _regions(resource: Resource, key: str) -> frozenset[str] | None:
    """Return the Regions of the list, None when one of them is not known."""
    found = [item.first("Region") for item in resource.items(key)]
    names = [node.known if node else None for node in found]
    return None if None in names else frozenset(name for name in names if name)
