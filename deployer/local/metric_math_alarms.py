"""`AWS::CloudWatch::Alarm` on a metric math expression: checked against its schema, and kept with its expression, for MiniStack knows none.

Such an alarm stands under its name, with its actions; `alarm_evaluation` judges it, and composite alarms follow it. One whose expression
is not understood here (`metric_math`) moves only when somebody sets its state (`SetAlarmState`), and is listed as recorded only.
"""

from __future__ import annotations

from typing import Any, Final

from deployer.local import attach, schemas
from deployer.local.attach import ResourceType
from deployer.local.metric_math import Expression, expression_of
from deployer.local.own_calls import own_client

TYPE: Final = "AWS::CloudWatch::Alarm"

# (account, Region, alarm name) -> its expression, None for one that is not understood
_expressions: dict[tuple[str, str, str], Expression | None] = {}


def create(logical_id: str, properties: dict[str, Any], stack_name: str) -> tuple[str, dict[str, Any]]:
    """Record the alarm under its own or a generated name, which is what `Ref` answers."""
    return _put(str(properties.get("AlarmName") or attach.generated_name(stack_name, logical_id, characters_max=255)), properties)


def update(physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str) -> tuple[str, dict[str, Any]]:
    """Change the alarm in place; another name is another alarm, and the engine deletes the old one."""
    return _put(str(new.get("AlarmName") or physical_id), new)


def delete(physical_id: str, properties: dict[str, Any]) -> None:
    """Forget the alarm."""
    own_client("cloudwatch").delete_alarms(AlarmNames=[physical_id])
    _expressions.pop(_place(physical_id), None)


METRIC_MATH_ALARM: Final = ResourceType(create=create, update=update, delete=delete, create_only=("AlarmName",))


def uses_metric_math(properties: dict[str, Any]) -> bool:
    """Return whether an alarm looks at an expression instead of one metric."""
    return bool(properties.get("Metrics"))


def expression_behind(account_id: str, region: str, name: str) -> Expression | None:
    """Return the expression that an alarm of this name is judged by; None for an alarm on a metric, and for one that is only recorded."""
    return _expressions.get((account_id, region, name))


def only_recorded(account_id: str, region: str, name: str) -> bool:
    """Return whether an alarm of this name stands here and looks at nothing."""
    place = account_id, region, name
    return place in _expressions and _expressions[place] is None


def _put(name: str, properties: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    region = attach.current_region()
    mistakes = schemas.mistakes_in(TYPE, region, properties)
    if mistakes:
        raise ValueError(f"Model validation failed ({'; '.join(mistakes)})")
    schema = schemas.schema_of(TYPE, region)
    cloudwatch = own_client("cloudwatch")
    # MiniStack's engine adds CloudFormation's own tags to a resource's, which only CloudFormation may set.
    tags = [tag for tag in properties.get("Tags") or [] if not tag["Key"].startswith("aws:")]
    cloudwatch.put_metric_alarm(**schemas.plain(schema, schema, properties) | {"AlarmName": name, "Tags": tags})
    _expressions[_place(name)] = _understood(properties)
    return name, {"Arn": cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["AlarmArn"]}


def _understood(properties: dict[str, Any]) -> Expression | None:
    try:
        return expression_of(properties["Metrics"])
    except ValueError:
        return None


def _place(name: str) -> tuple[str, str, str]:
    return attach.current_account(), attach.current_region(), name
