"""`AWS::DynamoDB::GlobalTable` through DynamoDB's own API: a table in the stack's Region, and its replicas elsewhere.

Items written in one Region are read in the others. Settings that DynamoDB does not synchronise (recovery, deletion
protection, tags: F1.16) are set on each replica. Consistency and witnesses are recorded and shown by DescribeTable;
what a replica sees of a partition is not imitated here.
"""

from __future__ import annotations

import contextlib
from typing import Any, Final

from deployer.local import attach, attach_services, global_table_rules, schemas
from deployer.local import replica_settings as settings
from deployer.local.attach import ResourceType
from deployer.local.own_calls import own_client

_TYPE: Final = "AWS::DynamoDB::GlobalTable"
Properties = dict[str, Any]


def create(logical_id: str, properties: Properties, stack_name: str) -> tuple[str, dict[str, Any]]:
    """Create the table and its replicas; leaves none of them behind when one cannot be made. Raises ValueError."""
    region = attach.current_region()
    wanted = _checked(properties, region)
    _refuse(global_table_rules.mistakes_in(wanted, region))
    name = str(wanted.get("TableName") or attach.generated_name(stack_name, logical_id, characters_max=255))
    client = own_client("dynamodb")
    client.create_table(**settings.creation(name, wanted, region))
    try:
        for other in _others(wanted, region):
            client.update_table(TableName=name, ReplicaUpdates=[{"Create": settings.replica_creation(wanted, other)}])
        _settle(name, {}, wanted)
    except Exception:
        with contextlib.suppress(Exception):
            _remove(name, _others(wanted, region))
        raise
    return name, _attributes(name)


def update(physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> tuple[str, dict[str, Any]]:
    """Change the table: capacity, stream, indexes, one replica more or less, and each replica's settings."""
    region = attach.current_region()
    wanted, before = _checked(new, region), _checked(old, region)
    _refuse(global_table_rules.update_mistakes(before, wanted, region))
    client = own_client("dynamodb")
    had, has = set(_others(before, region)), set(_others(wanted, region))
    for change in settings.table_changes(before, wanted):
        # What DynamoDB keeps alike on every replica (F1.16), MiniStack changes where it is asked to.
        for one in (region, *sorted(had & has)):
            own_client("dynamodb", one).update_table(TableName=physical_id, **change)
    changes = [{"Create": settings.replica_creation(wanted, other)} for other in sorted(has - had)]
    for change in changes + [{"Delete": {"RegionName": other}} for other in sorted(had - has)]:
        client.update_table(TableName=physical_id, ReplicaUpdates=[change])
    _settle(physical_id, before, wanted)
    return physical_id, _attributes(physical_id)


def delete(physical_id: str, properties: Properties) -> None:
    """Delete the replicas, then the table; refuses all when one of them is protected (ValueError)."""
    own = own_client("dynamodb")
    try:
        described = own.describe_table(TableName=physical_id)["Table"]
    except own.exceptions.ResourceNotFoundException:
        return
    others = tuple(replica["RegionName"] for replica in described.get("Replicas") or ())
    for region in (attach.current_region(), *others):
        table = own_client("dynamodb", region).describe_table(TableName=physical_id)["Table"]
        if table.get("DeletionProtectionEnabled"):
            raise ValueError(f"Resource cannot be deleted as it is currently protected against deletion in {region}")
    _remove(physical_id, others)


GLOBAL_TABLE: Final = ResourceType(create=create, update=update, delete=delete, create_only=("TableName",))


def _checked(properties: Properties, region: str) -> Properties:
    _refuse(schemas.mistakes_in(_TYPE, region, properties))
    schema = schemas.schema_of(_TYPE, region)
    plain: Properties = schemas.plain(schema, schema, properties)
    return plain


def _refuse(mistakes: tuple[str, ...]) -> None:
    if mistakes:
        raise ValueError("; ".join(mistakes))


def _others(properties: Properties, region: str) -> tuple[str, ...]:
    return tuple(other for other in global_table_rules.regions_of(properties) if other != region)


def _settle(name: str, old: Properties, new: Properties) -> None:
    """Set what belongs to the table as a whole after its creation, then what belongs to each replica."""
    settings.settle_time_to_live(name, old, new)
    consistency, witnesses = global_table_rules.consistency_of(new), global_table_rules.witnesses_of(new)
    before = {replica["Region"]: replica for replica in old.get("Replicas") or ()}
    for replica in new["Replicas"]:
        region = replica["Region"]
        settings.settle_replica(name, before.get(region, {}), replica)
        attach_services.note_table_consistency(attach.current_account(), region, name, consistency, witnesses)


def _remove(name: str, others: tuple[str, ...]) -> None:
    client = own_client("dynamodb")
    for other in others:
        # One a creation did not get to is no replica yet.
        with contextlib.suppress(client.exceptions.ClientError):
            client.update_table(TableName=name, ReplicaUpdates=[{"Delete": {"RegionName": other}}])
    client.delete_table(TableName=name)


def _attributes(name: str) -> dict[str, Any]:
    table = own_client("dynamodb").describe_table(TableName=name)["Table"]
    attributes = {"Arn": table["TableArn"], "TableId": table["TableId"]}
    return attributes | ({"StreamArn": table["LatestStreamArn"]} if table.get("LatestStreamArn") else {})
