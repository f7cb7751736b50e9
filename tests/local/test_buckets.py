"""Buckets given by a template: encryption, lifecycle, locks, replication, and no deletion of content."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.embedded import EmbeddedAws
from tests.support.stacks import StackFailed, delete, deploy, unique

ROLE = "arn:aws:iam::111122223333:role/replication"


def a_bucket(name: str, *, replicates_to: str = "", versioned: bool = True) -> dict[str, Any]:
    """Return a bucket resource."""
    properties: dict[str, Any] = {"BucketName": name}
    if versioned:
        properties["VersioningConfiguration"] = {"Status": "Enabled"}
    if replicates_to:
        rule = {
            "Id": "all",
            "Status": "Enabled",
            "Priority": 1,
            "Filter": {"And": {"Prefix": "audit/", "TagFilters": [{"Key": "kind", "Value": "payment"}]}},
            "DeleteMarkerReplication": {"Status": "Disabled"},
            "Destination": {"Bucket": f"arn:aws:s3:::{replicates_to}"},
        }
        properties["ReplicationConfiguration"] = {"Role": ROLE, "Rules": [rule]}
    return {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": properties}}


def test_second_pass_turns_two_way_replication_on(embedded_aws: EmbeddedAws) -> None:
    """Once both buckets exist, an update of each makes objects of either Region appear in the other."""
    east, west = unique("east"), unique("west")
    first = deploy(embedded_aws, a_bucket(east))
    second = deploy(embedded_aws, a_bucket(west), region="us-east-2")
    deploy(embedded_aws, a_bucket(east, replicates_to=west), name=first.name)
    deploy(embedded_aws, a_bucket(west, replicates_to=east), name=second.name, region="us-east-2")
    in_east, in_west = embedded_aws.clients("s3"), embedded_aws.clients("s3", "us-east-2")

    in_east.put_object(Bucket=east, Key="audit/1", Body=b"one", Tagging="kind=payment")
    in_west.put_object(Bucket=west, Key="audit/2", Body=b"two", Tagging="kind=payment")
    in_east.put_object(Bucket=east, Key="other/3", Body=b"three")

    assert in_west.get_object(Bucket=west, Key="audit/1")["Body"].read() == b"one"
    assert in_east.get_object(Bucket=east, Key="audit/2")["Body"].read() == b"two"
    assert in_west.list_objects_v2(Bucket=west)["KeyCount"] == 2


def test_encryption_and_lifecycle_are_what_the_template_says(embedded_aws: EmbeddedAws) -> None:
    """S3 answers them, a change of one shows, and a lifecycle that is left out goes."""
    name = unique("settings")
    rule = {
        **{"Id": "colder", "Status": "Enabled", "ObjectSizeGreaterThan": "1", "Prefix": "audit/", "ExpirationInDays": "400"},
        "Transitions": [{"StorageClass": "STANDARD_IA", "TransitionInDays": "30"}, {"StorageClass": "GLACIER", "TransitionInDays": "90"}],
        "NoncurrentVersionTransitions": [{"StorageClass": "GLACIER", "TransitionInDays": 10}],
        "NoncurrentVersionExpiration": {"NoncurrentDays": 365},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
    }
    by_default = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": True}
    resources = a_bucket(name)
    resources["Bucket"]["Properties"] |= {
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [by_default]},
        "LifecycleConfiguration": {"TransitionDefaultMinimumObjectSize": "varies_by_storage_class", "Rules": [rule]},
    }
    stack = deploy(embedded_aws, resources)
    s3 = embedded_aws.clients("s3")

    (kept,) = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    (encryption,) = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    deploy(embedded_aws, a_bucket(name), name=stack.name)

    assert [(one["Days"], one["StorageClass"]) for one in kept["Transitions"]] == [(30, "STANDARD_IA"), (90, "GLACIER")]
    assert kept["Filter"]["And"] == {"Prefix": "audit/", "ObjectSizeGreaterThan": 1}
    assert kept["NoncurrentVersionExpiration"]["NoncurrentDays"] == 365
    assert kept["Expiration"]["Days"] == 400
    assert encryption["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    with pytest.raises(s3.exceptions.ClientError, match="NoSuchLifecycleConfiguration"):
        s3.get_bucket_lifecycle_configuration(Bucket=name)


def test_locked_objects_stay_and_so_does_the_lock(embedded_aws: EmbeddedAws) -> None:
    """What is put gets the template's retention by itself, and no update takes the lock from the bucket."""
    lock = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": "7"}}}
    resources = a_bucket(unique("locked"))
    name = resources["Bucket"]["Properties"]["BucketName"]
    resources["Bucket"]["Properties"] |= {"ObjectLockEnabled": True, "ObjectLockConfiguration": lock}
    stack = deploy(embedded_aws, resources)
    s3 = embedded_aws.clients("s3")

    version = s3.put_object(Bucket=name, Key="audit/1", Body=b"one")["VersionId"]

    assert s3.get_object_retention(Bucket=name, Key="audit/1", VersionId=version)["Retention"]["Mode"] == "GOVERNANCE"
    with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=name, Key="audit/1", VersionId=version)
    with pytest.raises(StackFailed) as failed:
        deploy(embedded_aws, a_bucket(name), name=stack.name)
    assert "cannot be disabled" in failed.value.reasons["Bucket"]


def test_destination_must_exist(embedded_aws: EmbeddedAws) -> None:
    """Replication to a bucket that is not there fails the resource, and the bucket made for it goes again."""
    name = unique("east")

    with pytest.raises(StackFailed) as failed:
        deploy(embedded_aws, a_bucket(name, replicates_to=unique("nowhere")))

    assert "Destination bucket must exist" in failed.value.reasons["Bucket"]
    assert name not in [bucket["Name"] for bucket in embedded_aws.clients("s3").list_buckets()["Buckets"]]


def test_destination_must_be_versioned(embedded_aws: EmbeddedAws) -> None:
    """Replication to a bucket without versioning fails the resource in S3's words."""
    plain = unique("plain")
    deploy(embedded_aws, a_bucket(plain, versioned=False), region="us-east-2")

    with pytest.raises(StackFailed) as failed:
        deploy(embedded_aws, a_bucket(unique("east"), replicates_to=plain))

    assert "must have versioning enabled" in failed.value.reasons["Bucket"]


def test_dropped_replication_stops(embedded_aws: EmbeddedAws) -> None:
    """A template that no longer has a ReplicationConfiguration takes it from the bucket."""
    east, west = unique("east"), unique("west")
    deploy(embedded_aws, a_bucket(west), region="us-east-2")
    stack = deploy(embedded_aws, a_bucket(east, replicates_to=west))
    deploy(embedded_aws, a_bucket(east), name=stack.name)
    client = embedded_aws.clients("s3")

    with pytest.raises(client.exceptions.ClientError, match="ReplicationConfigurationNotFoundError"):
        client.get_bucket_replication(Bucket=east)


@pytest.mark.parametrize("emptied_of_objects", [False, True], ids=["with an object", "with a delete marker"])
def test_bucket_with_content_is_not_deleted(embedded_aws: EmbeddedAws, emptied_of_objects: bool) -> None:
    """Deleting the stack fails while the bucket holds versions, as on AWS, and works once it holds none."""
    name = unique("kept")
    stack = deploy(embedded_aws, a_bucket(name))
    client = embedded_aws.clients("s3")
    client.put_object(Bucket=name, Key="a", Body=b"a")
    if emptied_of_objects:
        client.delete_object(Bucket=name, Key="a")

    with pytest.raises(StackFailed) as failed:
        delete(embedded_aws, stack)

    assert "not empty" in failed.value.reasons["Bucket"]
    found = client.list_object_versions(Bucket=name)
    for version in found.get("Versions", []) + found.get("DeleteMarkers", []):
        client.delete_object(Bucket=name, Key=version["Key"], VersionId=version["VersionId"])
    delete(embedded_aws, stack)
