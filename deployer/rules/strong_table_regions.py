"""E9732: a strongly consistent table has its quorum."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.reading import Fault, Reading


class StrongTableRegions(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a table without a quorum."""

    id = "E9732"
    shortdesc = "A global table with strong consistency has exactly three different Regions, one of which may be a witness"
    description = (
        "Three replicas, or two and a witness: DynamoDB refuses anything else, and the shape cannot be changed once there is data. "
        "Replicas that depend on a condition are not counted."
    )
    source_url = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html"
    facts = ("F1.5",)
    tags = ("multi-region", "dynamodb")
    parent_rules = ("E9700",)

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for each strongly consistent table that has not three Regions."""
        for table in reading.resources("AWS::DynamoDB::GlobalTable"):
            consistency = table.first("MultiRegionConsistency")
            members = [*table.items("Replicas"), *table.items("GlobalTableWitnesses")]
            if consistency is None or consistency.text != "STRONG" or any("Fn::If" in member.path for member in members):
                continue
            found = [member.first("Region") for member in members]
            regions = [region.text or str(region.value) for region in found if region]
            if len(regions) != 3:
                yield consistency.path, f"{table.logical_id} has {len(regions)} Regions ({', '.join(regions)}) and needs three"
            elif len(set(regions)) != 3:
                yield consistency.path, f"{table.logical_id} names a Region twice: {', '.join(regions)}"
