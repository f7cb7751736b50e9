"""Reads the data behind a CloudWatch alarm for the health checks that follow it; blocks, and so belongs on a thread of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from deployer.local import attach
from deployer.local.metric_state import MetricRule, state_of
from deployer.local.own_calls import own_client


def metric_state(account_id: str, alarm_name: str, region: str) -> str:
    """Return OK, ALARM or INSUFFICIENT_DATA by the data of an alarm's metric over its evaluation periods.

    An alarm that is not there, or in a Region that does not answer, or that Route 53 cannot follow (metric math), has no data.
    """
    with attach.scope(account_id, region):
        client = own_client("cloudwatch", region)
    try:
        alarms = client.describe_alarms(AlarmNames=[alarm_name])["MetricAlarms"]
        if not alarms or "MetricName" not in alarms[0]:
            return "INSUFFICIENT_DATA"
        values = _values(client, alarms[0])
    except (ClientError, BotoCoreError):
        return "INSUFFICIENT_DATA"
    rule = MetricRule(
        comparison=alarms[0]["ComparisonOperator"],
        threshold=float(alarms[0]["Threshold"]),
        missing=alarms[0].get("TreatMissingData", "missing"),
    )
    return state_of(rule, values)


def _values(client: Any, alarm: dict[str, Any]) -> list[float | None]:
    seconds, count = int(alarm["Period"]), int(alarm["EvaluationPeriods"])
    end = datetime.now(UTC)
    values: list[float | None] = []
    for number in range(count):
        until = end - timedelta(seconds=seconds * number)
        found = client.get_metric_statistics(
            Namespace=alarm["Namespace"],
            MetricName=alarm["MetricName"],
            Dimensions=alarm.get("Dimensions", []),
            StartTime=until - timedelta(seconds=seconds),
            EndTime=until,
            Period=seconds,
            Statistics=[alarm.get("Statistic", "Average")],
        )["Datapoints"]
        # A window that is not aligned to periods may touch two of them; the newer one is the one meant.
        newest = max(found, key=lambda point: point["Timestamp"], default=None)
        values.append(float(newest[alarm.get("Statistic", "Average")]) if newest else None)
    return values
