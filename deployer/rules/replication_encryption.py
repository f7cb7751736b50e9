"""E9751: encrypted objects are replicated, too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.reading import Fault, Reading

_ENCRYPTION = ("BucketEncryption", "ServerSideEncryptionConfiguration")
_ALGORITHM = ("ServerSideEncryptionByDefault", "SSEAlgorithm")


class ReplicationEncryption(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a replication that skips every object."""

    id = "E9751"
    shortdesc = "A bucket encrypted with KMS opts its encrypted objects in to replication and names the replica's key"
    description = (
        "Without SseKmsEncryptedObjects and ReplicaKmsKeyID S3 skips objects encrypted with KMS and says so nowhere. Judged by the "
        "bucket's default encryption; what writers ask for object by object is not in a template."
    )
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html"
    facts = ("F5.2", "F5.4")
    tags = ("multi-region", "s3", "kms")
    parent_rules = ("E9700",)

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for each replication rule that skips encrypted objects."""
        for bucket in reading.resources("AWS::S3::Bucket"):
            algorithms = [node.text or "" for rule in bucket.items(*_ENCRYPTION) for node in rule.each(*_ALGORITHM)]
            if not any(algorithm.startswith("aws:kms") for algorithm in algorithms):
                continue
            for rule in bucket.items("ReplicationConfiguration", "Rules"):
                opted = rule.first("SourceSelectionCriteria", "SseKmsEncryptedObjects", "Status")
                key = rule.first("Destination", "EncryptionConfiguration", "ReplicaKmsKeyID")
                if opted is None or opted.text == "Disabled":
                    yield rule.path, f"{bucket.logical_id} is encrypted with KMS and its rule skips such objects"
                elif key is None:
                    yield rule.path, f"{bucket.logical_id} replicates objects encrypted with KMS and names no ReplicaKmsKeyID"
