"""`AWS::CloudWatch::CompositeAlarm` through CloudWatch's own API, which evaluates the rule for real.

Source: AWS::CloudWatch::CompositeAlarm, CloudFormation Template Reference; the name is create-only.
"""

from __future__ import annotations

from typing import Any, Final

from deployer.local import attach, schemas
from deployer.local.attach import ResourceType
from deployer.local.own_calls import own_client

_TYPE: Final = "AWS::CloudWatch::CompositeAlarm"


def create(logical_id: str, properties: dict[str, Any], stack_name: str) -> tuple[str, dict[str, Any]]:
    """Create the alarm under its own or a generated name, which is what `Ref` answers; a name in use is refused."""
    name = str(properties.get("AlarmName") or attach.generated_name(stack_name, logical_id, characters_max=255))
    if _described(name):
        raise ValueError(f"{name} already exists")
    return _put(name, properties)


def update(physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str) -> tuple[str, dict[str, Any]]:
    """Change the alarm in place; another name is another alarm, and the engine deletes the old one."""
    return _put(physical_id, new)


def delete(physical_id: str, properties: dict[str, Any]) -> None:
    """Delete the alarm."""
    own_client("cloudwatch").delete_alarms(AlarmNames=[physical_id])


COMPOSITE_ALARM: Final = ResourceType(create=create, update=update, delete=delete, create_only=("AlarmName",))


def _put(name: str, properties: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    region = attach.current_region()
    mistakes = schemas.mistakes_in(_TYPE, region, properties)
    if mistakes:
        raise ValueError(f"Model validation failed ({'; '.join(mistakes)})")
    schema = schemas.schema_of(_TYPE, region)
    own_client("cloudwatch").put_composite_alarm(**schemas.plain(schema, schema, properties) | {"AlarmName": name})
    return name, {"Arn": _described(name)[0]["AlarmArn"]}


def _described(name: str) -> list[dict[str, Any]]:
    found = own_client("cloudwatch").describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])
    alarms: list[dict[str, Any]] = found["CompositeAlarms"]
    return alarms
