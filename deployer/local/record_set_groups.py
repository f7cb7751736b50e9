"""`AWS::Route53::RecordSetGroup` through Route 53's own API: all records of a group change in one batch or not at all.

Source: AWS::Route53::RecordSetGroup, CloudFormation Template Reference.
"""

from __future__ import annotations

from typing import Any, Final

from deployer.local import attach
from deployer.local.attach import ResourceType
from deployer.local.own_calls import own_client

Record = dict[str, Any]


def create(logical_id: str, properties: dict[str, Any], stack_name: str) -> tuple[str, dict[str, Any]]:
    """Create the group's records; raises Route 53's refusal when one of them exists already."""
    _change(properties, [("CREATE", record) for record in _records(properties)])
    name = attach.generated_name(stack_name, logical_id, characters_max=128)
    return name, {"Id": name}


def update(physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str) -> tuple[str, dict[str, Any]]:
    """Bring the group's records to what the template says; another hosted zone gets them anew."""
    if _zone(old) != _zone(new):
        _change(new, [("CREATE", record) for record in _records(new)])
        delete(physical_id, old)
        return physical_id, {"Id": physical_id}
    wanted = {_key(record): record for record in _records(new)}
    gone = [record for record in _records(old) if _key(record) not in wanted]
    _change(new, [("DELETE", record) for record in gone] + [("UPSERT", record) for record in wanted.values()])
    return physical_id, {"Id": physical_id}


def delete(physical_id: str, properties: dict[str, Any]) -> None:
    """Delete the group's records that are still there; a zone that is gone took them along."""
    client = own_client("route53")
    try:
        present = client.get_paginator("list_resource_record_sets").paginate(HostedZoneId=_zone(properties)).build_full_result()
    except (client.exceptions.NoSuchHostedZone, LookupError):
        return
    ours = {_key(record) for record in _records(properties)}
    _change(properties, [("DELETE", record) for record in present["ResourceRecordSets"] if _key(record) in ours])


RECORD_SET_GROUP: Final = ResourceType(create=create, update=update, delete=delete)


def _change(properties: dict[str, Any], changes: list[tuple[str, Record]]) -> None:
    if changes:
        batch = {"Changes": [{"Action": action, "ResourceRecordSet": record} for action, record in changes]}
        own_client("route53").change_resource_record_sets(HostedZoneId=_zone(properties), ChangeBatch=batch)


def _zone(properties: dict[str, Any]) -> str:
    """Return the id of the group's hosted zone, given by id or by name, on the group or on its first record."""
    places = (properties, *(properties.get("RecordSets") or ())[:1])
    for place in places:
        if place.get("HostedZoneId"):
            return str(place["HostedZoneId"])
    name = next((str(place["HostedZoneName"]) for place in places if place.get("HostedZoneName")), "")
    zones = own_client("route53").list_hosted_zones_by_name(DNSName=name)["HostedZones"] if name else []
    for zone in zones:
        if zone["Name"].rstrip(".") == name.rstrip("."):
            return str(zone["Id"]).rpartition("/")[2]
    raise LookupError(f"There is no hosted zone named {name!r}")


def _records(properties: dict[str, Any]) -> tuple[Record, ...]:
    return tuple(_record(template) for template in properties.get("RecordSets") or ())


def _record(template: dict[str, Any]) -> Record:
    """Return the API's ResourceRecordSet for a template's record: same names, but values wrapped and numbers as numbers."""
    record = {name: value for name, value in template.items() if name not in ("HostedZoneId", "HostedZoneName", "Comment")}
    if "ResourceRecords" in record:
        record["ResourceRecords"] = [{"Value": str(value)} for value in record["ResourceRecords"]]
    for name in ("TTL", "Weight"):
        if name in record:
            record[name] = int(record[name])
    if "AliasTarget" in record:
        alias = dict(record["AliasTarget"])
        alias["EvaluateTargetHealth"] = str(alias.get("EvaluateTargetHealth", False)).lower() == "true"
        record["AliasTarget"] = alias
    return record


def _key(record: Record) -> tuple[str, str, str]:
    return str(record["Name"]).rstrip(".").lower(), str(record["Type"]), str(record.get("SetIdentifier", ""))
