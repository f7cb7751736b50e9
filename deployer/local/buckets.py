"""What a template says of a bucket beyond MiniStack: its lock and replication, and that a bucket with content is not deleted.

Replication is S3's own and so copies objects for real, across Regions and both ways. As on AWS, both buckets must be
versioned and the destination must exist first (F5.1), so that two buckets that replicate to each other need two passes.
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from deployer.local.own_calls import own_client


def settle_replication(physical_id: str, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Bring a bucket's replication to what its template says; raises ValueError or S3's refusal.

    Source: AWS::S3::Bucket ReplicationConfiguration, CloudFormation Template Reference.
    """
    wanted = new.get("ReplicationConfiguration")
    client = own_client("s3")
    if wanted and wanted != old.get("ReplicationConfiguration"):
        for rule in wanted["Rules"]:
            _require(rule["Destination"]["Bucket"])
        client.put_bucket_replication(Bucket=physical_id, ReplicationConfiguration=as_api(wanted))
    elif old.get("ReplicationConfiguration") and not wanted:
        client.delete_bucket_replication(Bucket=physical_id)
    return {}


def settle_object_lock(physical_id: str, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Lock a bucket's objects as its template says; raises ValueError when a lock is to be taken away, which S3 never does (F5.7).

    Source: AWS::S3::Bucket ObjectLockConfiguration, CloudFormation Template Reference.
    """
    wanted = new.get("ObjectLockConfiguration")
    if wanted and wanted != old.get("ObjectLockConfiguration"):
        own_client("s3").put_object_lock_configuration(Bucket=physical_id, ObjectLockConfiguration=_lock(wanted))
    elif old.get("ObjectLockConfiguration") and not wanted:
        raise ValueError("Object Lock cannot be disabled once it is enabled")
    return {}


def refuse_content(physical_id: str, properties: dict[str, Any]) -> None:
    """Raise ValueError when a bucket about to be deleted holds objects, versions or delete markers (F5.9)."""
    client = own_client("s3")
    try:
        content = client.list_object_versions(Bucket=physical_id, MaxKeys=1)
    except client.exceptions.NoSuchBucket:
        return
    if content.get("Versions") or content.get("DeleteMarkers"):
        raise ValueError(f"The bucket you tried to delete is not empty (Service: S3, Status Code: 409, Bucket: {physical_id})")


def as_api(configuration: dict[str, Any]) -> dict[str, Any]:
    """Return S3's ReplicationConfiguration for a template's: the same but for `Id` and the filters' tags."""
    return {"Role": configuration["Role"], "Rules": [_rule(rule) for rule in configuration["Rules"]]}


def _lock(template: dict[str, Any]) -> dict[str, Any]:
    retention = dict(template.get("Rule", {}).get("DefaultRetention", {}))
    retention |= {unit: int(retention[unit]) for unit in ("Days", "Years") if unit in retention}
    return {"ObjectLockEnabled": "Enabled"} | ({"Rule": {"DefaultRetention": retention}} if retention else {})


def _rule(template: dict[str, Any]) -> dict[str, Any]:
    rule = {name: value for name, value in template.items() if name not in ("Id", "Filter", "Priority")}
    if "Id" in template:
        rule["ID"] = template["Id"]
    if "Priority" in template:
        rule["Priority"] = int(template["Priority"])
    if "Filter" in template:
        rule["Filter"] = _filter(template["Filter"])
    return rule


def _filter(template: dict[str, Any]) -> dict[str, Any]:
    chosen = {name: value for name, value in template.items() if name == "Prefix"}
    if "TagFilter" in template:
        chosen["Tag"] = template["TagFilter"]
    if "And" in template:
        both = template["And"]
        chosen["And"] = {"Prefix": both["Prefix"]} if "Prefix" in both else {}
        chosen["And"]["Tags"] = both.get("TagFilters", [])
    return chosen


def _require(bucket_arn: str) -> None:
    try:
        own_client("s3").head_bucket(Bucket=bucket_arn.rpartition(":")[2])
    except ClientError as refused:
        # A bucket of another Region answers with a redirect: it exists.
        if refused.response["Error"]["Code"] in ("404", "NoSuchBucket"):
            raise ValueError("Destination bucket must exist.") from refused
