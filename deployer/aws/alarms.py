"""CloudWatch alarms as they stand: which of them are in ALARM, since when, and why. Only reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from deployer.aws.calls import asking
from deployer.aws.session import Aws

NAMES_MAX: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmInAlarm:
    """An alarm in ALARM: its name, since when, and CloudWatch's own reason."""

    name: str
    since: datetime
    reason: str


def alarms_in_alarm(aws: Aws, names: Sequence[str], region: str) -> tuple[AlarmInAlarm, ...]:
    """Return which of these metric and composite alarms are in ALARM, sorted by name; names of no alarm are passed over.

    At most 100 names, DescribeAlarms' own limit for a question without pages. Raises AwsRefused. Source: DescribeAlarms, CloudWatch API
    Reference: composite alarms are told only when asked for.
    """
    if len(names) > NAMES_MAX:
        raise ValueError(f"{len(names)} names are more than {NAMES_MAX}")
    with asking("cloudwatch", "DescribeAlarms", region):
        answer = aws.client("cloudwatch", region).describe_alarms(
            AlarmNames=list(names), AlarmTypes=["MetricAlarm", "CompositeAlarm"], StateValue="ALARM", MaxRecords=NAMES_MAX
        )
    found = (*answer.get("MetricAlarms", []), *answer.get("CompositeAlarms", []))
    return tuple(
        AlarmInAlarm(
            name=alarm["AlarmName"],
            # The state's last change; what was only evaluated anew since then has the other moment moved.
            since=alarm.get("StateTransitionedTimestamp") or alarm["StateUpdatedTimestamp"],
            reason=alarm.get("StateReason", ""),
        )
        for alarm in sorted(found, key=lambda alarm: str(alarm["AlarmName"]))
        if alarm["StateValue"] == "ALARM"
    )
