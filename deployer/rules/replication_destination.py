"""W9752: a copy leaves its Region."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.reading import Fault, Reading, Resource


class ReplicationDestination(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a copy that is lost with its original."""

    id = "W9752"
    shortdesc = "A bucket replicates to a bucket of another Region"
    description = (
        "A destination that is the bucket itself, another bucket of the same stack, or named after the stack's own Region keeps the copy "
        "where the original is. A destination of any other name may be anywhere, and is not judged."
    )
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html"
    facts = ("F5.1",)
    tags = ("multi-region", "s3")
    parent_rules = ("E9700",)

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for each rule whose destination stays in the Region."""
        buckets = reading.resources("AWS::S3::Bucket")
        for bucket in buckets:
            for rule in bucket.items("ReplicationConfiguration", "Rules"):
                for destination in rule.each("Destination", "Bucket"):
                    for region in reading.served or reading.regions:
                        reached = _bucket_name(destination.at(region).text)
                        own = {name for one in buckets for name in _names(one, region)}
                        if reached in own or region in reading.regions_in(reached):
                            yield destination.path, f"In {region} {bucket.logical_id} replicates to {reached}, in {region} itself"
                            break


def _bucket_name(arn: str | None) -> str:
    return (arn or "").rpartition(":::")[2].removesuffix(".Arn}").removeprefix("${")


def _names(bucket: Resource, region: str) -> Iterator[str]:
    """Yield what a destination calls this bucket: its logical id, and its name in this Region."""
    yield bucket.logical_id
    for name in bucket.at(region).each("BucketName"):
        if name.text is not None:
            yield name.text
