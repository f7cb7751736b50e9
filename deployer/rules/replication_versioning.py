"""E9750: a bucket that replicates keeps versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.reading import Fault, Reading


class ReplicationVersioning(CloudFormationLintRule):  # type: ignore[misc]
    """Finds replication that S3 refuses."""

    id = "E9750"
    shortdesc = "A bucket with replication has versioning enabled"
    description = "S3 refuses a replication configuration on a bucket without versioning; cfn-lint passes it."
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html"
    facts = ("F5.1",)
    tags = ("multi-region", "s3")
    parent_rules = ("E9700",)

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for each replicating bucket without versioning."""
        for bucket in reading.resources("AWS::S3::Bucket"):
            replication = bucket.first("ReplicationConfiguration")
            status = bucket.first("VersioningConfiguration", "Status")
            if replication and (status is None or status.text == "Suspended"):
                yield replication.path, f"{bucket.logical_id} replicates without versioning"
