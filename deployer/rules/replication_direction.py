"""W9753: copies go both ways."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.reading import Fault, Reading


class ReplicationDirection(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a Region whose records exist once."""

    id = "W9753"
    shortdesc = "A bucket that replicates in one Region of a body replicates in all of them"
    description = (
        "What the other Region wrote after a failover exists there alone. Judged in bodies that say which Regions get them; a switch that "
        "is a parameter, such as the second pass of a roll-out, is no direction."
    )
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html"
    facts = ("F5.1", "F5.3")
    tags = ("multi-region", "s3")
    parent_rules = ("E9700",)

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for each bucket that replicates in some Regions only."""
        for bucket in reading.resources("AWS::S3::Bucket"):
            present = {region: bucket.at(region).first("ReplicationConfiguration") for region in reading.where(bucket)}
            without = sorted(region for region, replication in present.items() if replication is None)
            having = [replication for replication in present.values() if replication is not None]
            if having and without:
                yield having[0].path, f"{bucket.logical_id} does not replicate in {', '.join(without)}"
