"""A global table's properties as DynamoDB's API takes them, and the settings each replica has for itself.

Source: AWS::DynamoDB::GlobalTable, CloudFormation Template Reference; which settings are synchronised and which are not:
F1.16.
"""

from __future__ import annotations

import json
from typing import Any

from deployer.local.own_calls import own_client

Properties = dict[str, Any]


def creation(name: str, properties: Properties, region: str) -> dict[str, Any]:
    """Return CreateTable's arguments for the replica in `region`."""
    own: Properties = next(replica for replica in properties["Replicas"] if replica["Region"] == region)
    arguments: dict[str, Any] = {
        "TableName": name,
        "KeySchema": properties["KeySchema"],
        "AttributeDefinitions": properties["AttributeDefinitions"],
        "BillingMode": properties.get("BillingMode", "PROVISIONED"),
    }
    if arguments["BillingMode"] == "PROVISIONED":
        arguments["ProvisionedThroughput"] = _throughput(properties, own)
    if properties.get("GlobalSecondaryIndexes"):
        arguments["GlobalSecondaryIndexes"] = [_index(index, properties, own) for index in properties["GlobalSecondaryIndexes"]]
    if properties.get("LocalSecondaryIndexes"):
        arguments["LocalSecondaryIndexes"] = properties["LocalSecondaryIndexes"]
    if properties.get("StreamSpecification"):
        arguments["StreamSpecification"] = {"StreamEnabled": True, **properties["StreamSpecification"]}
    if properties.get("SSESpecification"):
        arguments["SSESpecification"] = _encryption(properties["SSESpecification"], own)
    if own.get("TableClass"):
        arguments["TableClass"] = own["TableClass"]
    return arguments


def replica_creation(properties: Properties, region: str) -> dict[str, Any]:
    """Return what UpdateTable takes to create the replica in `region`."""
    own: Properties = next(replica for replica in properties["Replicas"] if replica["Region"] == region)
    key = (own.get("SSESpecification") or {}).get("KMSMasterKeyId")
    return {"RegionName": region} | ({"KMSMasterKeyId": key} if key else {})


def table_changes(old: Properties, new: Properties) -> list[dict[str, Any]]:
    """Return UpdateTable's arguments, one call each, for what changed of the table as a whole."""
    own = new["Replicas"][0]
    changes: list[dict[str, Any]] = []
    if old.get("BillingMode") != new.get("BillingMode"):
        mode = new.get("BillingMode", "PROVISIONED")
        provisioned = {"ProvisionedThroughput": _throughput(new, own)} if mode == "PROVISIONED" else {}
        changes.append({"BillingMode": mode} | provisioned)
    if new.get("StreamSpecification") and old.get("StreamSpecification") != new["StreamSpecification"]:
        changes.append({"StreamSpecification": {"StreamEnabled": True, **new["StreamSpecification"]}})
    if new.get("SSESpecification") and old.get("SSESpecification") != new["SSESpecification"]:
        changes.append({"SSESpecification": _encryption(new["SSESpecification"], own)})
    before, after = ({index["IndexName"]: index for index in side.get("GlobalSecondaryIndexes") or ()} for side in (old, new))
    for name in sorted(before.keys() - after.keys()):
        changes.append({"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": name}}]})
    for name in sorted(after.keys() - before.keys()):
        created = {"GlobalSecondaryIndexUpdates": [{"Create": _index(after[name], new, own)}]}
        changes.append(created | {"AttributeDefinitions": new["AttributeDefinitions"]})
    return changes


def settle_time_to_live(name: str, old: Properties, new: Properties) -> None:
    """Turn expiry on or off, which DynamoDB then synchronises to every replica."""
    before, after = old.get("TimeToLiveSpecification") or {}, new.get("TimeToLiveSpecification") or {}
    if bool(after.get("Enabled")) != bool(before.get("Enabled")):
        attribute = (after or before)["AttributeName"]
        specification = {"Enabled": bool(after.get("Enabled")), "AttributeName": attribute}
        own_client("dynamodb").update_time_to_live(TableName=name, TimeToLiveSpecification=specification)


def settle_replica(name: str, old: Properties, new: Properties) -> None:
    """Set recovery, deletion protection, insights, tags and policy of one replica, in its own Region."""
    client = own_client("dynamodb", new["Region"])
    recovery = new.get("PointInTimeRecoverySpecification") or {"PointInTimeRecoveryEnabled": False}
    if recovery != (old.get("PointInTimeRecoverySpecification") or {"PointInTimeRecoveryEnabled": False}):
        client.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery)
    protected = bool(new.get("DeletionProtectionEnabled", False))
    if protected != bool(old.get("DeletionProtectionEnabled", False)):
        client.update_table(TableName=name, DeletionProtectionEnabled=protected)
    insights, before = (bool((side.get("ContributorInsightsSpecification") or {}).get("Enabled")) for side in (new, old))
    if insights != before:
        client.update_contributor_insights(TableName=name, ContributorInsightsAction="ENABLE" if insights else "DISABLE")
    _tag(client, name, old, new)
    _settle_policy(client, name, old, new)


def _settle_policy(client: Any, name: str, old: Properties, new: Properties) -> None:
    before, after = ((side.get("ResourcePolicy") or {}).get("PolicyDocument") for side in (old, new))
    if before != after:
        arn = client.describe_table(TableName=name)["Table"]["TableArn"]
        if after:
            client.put_resource_policy(ResourceArn=arn, Policy=json.dumps(after))
        else:
            client.delete_resource_policy(ResourceArn=arn)


def _tag(client: Any, name: str, old: Properties, new: Properties) -> None:
    before, after = ({tag["Key"]: tag["Value"] for tag in side.get("Tags") or ()} for side in (old, new))
    added = [{"Key": key, "Value": value} for key, value in after.items() if before.get(key) != value]
    removed = sorted(before.keys() - after.keys())
    if added or removed:
        arn = client.describe_table(TableName=name)["Table"]["TableArn"]
        if removed:
            client.untag_resource(ResourceArn=arn, TagKeys=removed)
        if added:
            client.tag_resource(ResourceArn=arn, Tags=added)


def _encryption(specification: Properties, replica: Properties) -> dict[str, Any]:
    key = (replica.get("SSESpecification") or {}).get("KMSMasterKeyId")
    chosen: dict[str, Any] = {"Enabled": specification.get("SSEEnabled", False)}
    if specification.get("SSEType"):
        chosen["SSEType"] = specification["SSEType"]
    return chosen | ({"KMSMasterKeyId": key} if key else {})


def _index(template: Properties, properties: Properties, replica: Properties) -> dict[str, Any]:
    index = {name: template[name] for name in ("IndexName", "KeySchema", "Projection")}
    if properties.get("BillingMode", "PROVISIONED") == "PROVISIONED":
        index["ProvisionedThroughput"] = _throughput(template, replica)
    return index


def _throughput(written: Properties, read: Properties) -> dict[str, int]:
    """Return provisioned capacity: writes are the table's, reads the replica's; autoscaled ones start at their minimum."""
    return {
        "WriteCapacityUnits": _units(written.get("WriteProvisionedThroughputSettings") or {}, "Write"),
        "ReadCapacityUnits": _units(read.get("ReadProvisionedThroughputSettings") or {}, "Read"),
    }


def _units(template: Properties, kind: str) -> int:
    scaling = template.get(f"{kind}CapacityAutoScalingSettings") or {}
    return int(template.get(f"{kind}CapacityUnits") or scaling.get("MinCapacity") or 5)
