"""W9735: a global table is in more than one Region."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.reading import Fault, Reading


class SingleReplica(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a global table that is none."""

    id = "W9735"
    shortdesc = "A global table has replicas in at least two Regions"
    description = "With one replica the data is lost with its Region. A replica that depends on a condition counts."
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html"
    facts = ("F1.14",)
    tags = ("multi-region", "dynamodb")
    parent_rules = ("E9700",)

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for each global table in one Region."""
        for table in reading.resources("AWS::DynamoDB::GlobalTable"):
            replicas = list(table.items("Replicas"))
            if len(replicas) == 1:
                yield replicas[0].path, f"{table.logical_id} has a replica in one Region only"
