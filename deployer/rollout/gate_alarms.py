"""The gate's check `alarms`: none of the alarms that judge the Region went into ALARM since the roll-out began.

One that rang before tells of something else, and would keep its own mending from being rolled out. A new one that asks for more than one
fault needs no second look: the gate has failed at once, as CloudFormation's rollback triggers and CodeDeploy have it. One that rings for
minutes after a single fault, a worker that started too slowly, only has to fall silent before the burn-in begins.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from deployer.aws.alarms import AlarmInAlarm, alarms_in_alarm
from deployer.aws.session import Aws
from deployer.planning.gates import GatedRegion
from deployer.rollout.gate_finding import Finding, not_seen
from deployer.vocabulary.errors import AwsRefused

_TOLD_MAX: Final = 3


def look_at_alarms(gated: GatedRegion, aws: Aws, *, since: datetime) -> Finding:
    """Return what the Region's alarms say; `since` is when the roll-out began. Raises AwsRefused when the caller may not ask."""
    try:
        return judge_alarms(alarms_in_alarm(aws, gated.alarm_names, gated.region), since=since, sure=gated.sure_alarm_names)
    except AwsRefused as refused:
        return not_seen(refused)


def judge_alarms(ringing: Sequence[AlarmInAlarm], *, since: datetime, sure: Collection[str] = ()) -> Finding:
    """Return whether any of these alarms began to ring at `since` or later; one of the `sure` is final, and told first."""
    new = sorted((alarm for alarm in ringing if alarm.since >= since), key=lambda alarm: alarm.name not in sure)
    if new:
        told = "; ".join(f"{alarm.name} in ALARM since {alarm.since:%H:%M:%SZ}: {alarm.reason}".rstrip(": ") for alarm in new[:_TOLD_MAX])
        more = f"; and {len(new) - _TOLD_MAX} more" if len(new) > _TOLD_MAX else ""
        return Finding(is_good=False, detail=told + more, is_final=new[0].name in sure)
    if ringing:
        return Finding(is_good=True, detail=f"in ALARM from before: {', '.join(alarm.name for alarm in ringing)}")
    return Finding(is_good=True, detail="none in ALARM")
