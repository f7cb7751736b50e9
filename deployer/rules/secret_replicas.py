"""W9740: what a Region needs to take traffic, it has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.reading import Fault, Reading


class SecretReplicas(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a secret that is lost with its Region."""

    id = "W9740"
    shortdesc = "A secret beside a global table is replicated"
    description = (
        "A template that keeps data in several Regions is run in several; the Region that is left cannot read a secret that was in the "
        "other alone. Silent in templates without a global table of several replicas."
    )
    source_url = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/create-manage-multi-region-secrets.html"
    facts = ("F8.1",)
    tags = ("multi-region", "secretsmanager")
    parent_rules = ("E9700",)

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for each secret without ReplicaRegions beside a replicated table."""
        tables = reading.resources("AWS::DynamoDB::GlobalTable")
        if not any(len(list(table.items("Replicas"))) > 1 for table in tables):
            return
        for secret in reading.resources("AWS::SecretsManager::Secret"):
            if secret.first("ReplicaRegions") is None:
                yield secret.path, f"{secret.logical_id} is in the stack's Region only"
