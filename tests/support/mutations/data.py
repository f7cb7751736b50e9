"""Faults of the table, the secret and the audit log."""

from __future__ import annotations

from typing import Any

from tests.support.mutations.bodies import BUCKET, HERE, KEY_OF_ONE_REGION, SECRET, TABLE, Mutation, Template, of_type


def replicating(template: Template) -> Any:
    """Return the properties of the bucket that replicates."""
    [bucket] = [bucket for bucket in of_type(template, BUCKET) if "ReplicationConfiguration" in bucket]
    return bucket


def replication_rule(template: Template) -> Any:
    """Return the bucket's replication rule, from the branch of its condition that has one."""
    configuration = replicating(template)["ReplicationConfiguration"]
    return (configuration["Fn::If"][1] if "Fn::If" in configuration else configuration)["Rules"][0]


def replicas(template: Template) -> Any:
    """Return the table's replicas."""
    [table] = of_type(template, TABLE)
    return table["Replicas"]


def unprotected_replica(template: Template) -> None:
    """Forget the protection of one replica."""
    replicas(template)[-1].pop("DeletionProtectionEnabled")


def unrecoverable_replica(template: Template) -> None:
    """Forget the recovery of one replica."""
    replicas(template)[-1].pop("PointInTimeRecoverySpecification")


def untagged_replica(template: Template) -> None:
    """Forget a tag of one replica."""
    replicas(template)[-1]["Tags"].pop()


def replica_with_a_key(template: Template) -> None:
    """Give one replica a customer's key."""
    replicas(template)[0]["SSESpecification"] = {"KMSMasterKeyId": "alias/ledger"}


def expiring(template: Template) -> None:
    """Let items of a strongly consistent table expire."""
    of_type(template, TABLE)[0]["TimeToLiveSpecification"] = {"AttributeName": "expires", "Enabled": True}


def local_index(template: Template) -> None:
    """Give a strongly consistent table a local index."""
    key = [{"AttributeName": "transaction_id", "KeyType": "HASH"}, {"AttributeName": "transaction_id", "KeyType": "RANGE"}]
    index = {"IndexName": "by_id", "KeySchema": key, "Projection": {"ProjectionType": "ALL"}}
    of_type(template, TABLE)[0]["LocalSecondaryIndexes"] = [index]


def no_witness(template: Template) -> None:
    """Leave the quorum one Region short."""
    del of_type(template, TABLE)[0]["GlobalTableWitnesses"]


def no_stream(template: Template) -> None:
    """Make the table eventually consistent, without the stream that takes."""
    table = of_type(template, TABLE)[0]
    table["MultiRegionConsistency"] = "EVENTUAL"
    for name in ("GlobalTableWitnesses", "StreamSpecification"):
        table.pop(name, None)


def no_billing_mode(template: Template) -> None:
    """Leave capacity to the default."""
    del of_type(template, TABLE)[0]["BillingMode"]


def one_replica(template: Template) -> None:
    """Keep the data in one Region."""
    del replicas(template)[1:]


def secret_alone(template: Template) -> None:
    """Keep the secret in one Region."""
    del of_type(template, SECRET)[0]["ReplicaRegions"]


def secret_elsewhere(template: Template) -> None:
    """Replicate the secret to where no table is."""
    of_type(template, SECRET)[0]["ReplicaRegions"] = [{"Region": "eu-west-1"}]


def one_key_for_all(template: Template) -> None:
    """Encrypt every replica with one Region's key."""
    for replica in replicas(template):
        replica["SSESpecification"] = {"KMSMasterKeyId": KEY_OF_ONE_REGION}


def no_versions(template: Template) -> None:
    """Replicate without versions."""
    del replicating(template)["VersioningConfiguration"]


def encrypted_without_opting_in(template: Template) -> None:
    """Encrypt with KMS, and let replication skip what is encrypted."""
    rule = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    replicating(template)["BucketEncryption"] = {"ServerSideEncryptionConfiguration": [rule]}
    replication_rule(template)["SourceSelectionCriteria"] = {"ReplicaModifications": {"Status": "Enabled"}}


def copy_at_home(template: Template) -> None:
    """Copy to the bucket itself."""
    own = replicating(template)["BucketName"]
    replication_rule(template)["Destination"]["Bucket"] = {"Fn::Sub": ["arn:${AWS::Partition}:s3:::${Own}", {"Own": own}]}


def one_way(template: Template) -> None:
    """Let only the primary copy."""
    template["Conditions"]["IsPrimary"] = {"Fn::Equals": [HERE, "primary"]}
    bucket = replicating(template)
    bucket["ReplicationConfiguration"] = {"Fn::If": ["IsPrimary", bucket["ReplicationConfiguration"], {"Ref": "AWS::NoValue"}]}


def small_objects_stay(template: Template) -> None:
    """Leave the size of objects to S3's default."""
    for bucket in of_type(template, BUCKET):
        for rule in bucket.get("LifecycleConfiguration", {}).get("Rules", []):
            rule.pop("ObjectSizeGreaterThan", None)


MUTATIONS = {
    "a replica is unprotected": Mutation("global_", unprotected_replica, "E9730"),
    "a replica cannot be recovered": Mutation("global_", unrecoverable_replica, "E9730"),
    "a replica lacks a tag": Mutation("global_", untagged_replica, "E9730"),
    "one replica has a key of its own": Mutation("global_", replica_with_a_key, "E9730"),
    "a strong table has a TTL": Mutation("global_", expiring, "E9731"),
    "a strong table has a local index": Mutation("global_", local_index, "E9731"),
    "a strong table has no witness": Mutation("global_", no_witness, "E9732"),
    "an eventual table has no stream": Mutation("global_", no_stream, "E9733"),
    "capacity is left to the default": Mutation("global_", no_billing_mode, "W9734"),
    "the table is in one Region": Mutation("global_", one_replica, "W9735"),
    "the secret is in one Region": Mutation("global_", secret_alone, "W9740"),
    "the secret is where no table is": Mutation("global_", secret_elsewhere, "E9741"),
    "replicas share one Region's key": Mutation("global_", one_key_for_all, "E9742"),
    "replication has no versions": Mutation("regional", no_versions, "E9750"),
    "replication skips encrypted objects": Mutation("regional", encrypted_without_opting_in, "E9751"),
    "the copy stays at home": Mutation("regional", copy_at_home, "W9752"),
    "only the primary copies": Mutation("regional", one_way, "W9753"),
    "small objects stay where they are": Mutation("regional", small_objects_stay, "W9754"),
}
