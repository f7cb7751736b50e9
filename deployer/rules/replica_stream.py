"""E9733: an eventually consistent table can replicate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.reading import Fault, Reading


class ReplicaStream(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a table whose replicas cannot be made."""

    id = "E9733"
    shortdesc = "A global table with eventual consistency and several replicas has a StreamSpecification"
    description = (
        "This kind of replication reads the stream; cfn-lint passes its absence and the deployment fails. Eventual is the default. Silent "
        "when the consistency is a parameter without a value."
    )
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html"
    facts = ("F1.13",)
    tags = ("multi-region", "dynamodb")
    parent_rules = ("E9700",)

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for each eventually consistent table without a stream."""
        for table in reading.resources("AWS::DynamoDB::GlobalTable"):
            consistency = table.first("MultiRegionConsistency")
            eventual = consistency is None or set(consistency.possible) == {"EVENTUAL"}
            if eventual and len(list(table.items("Replicas"))) > 1 and table.first("StreamSpecification") is None:
                yield table.path, f"{table.logical_id} has several replicas and no StreamSpecification"
