"""The gate's check `alarms`: none of the alarms that judge the Region went into ALARM since the roll-out began.

One that rang before tells of something else, and would keep its own mending from being rolled out. A new one needs no second look:
CloudWatch has already asked for as many bad minutes as it takes. So the gate has failed at once, as CloudFormation's rollback triggers and
CodeDeploy have it. At the gate of a first roll-out, whose parts came up one by one, it is given time to fall silent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from deployer.aws.alarms import AlarmInAlarm, alarms_in_alarm
from deployer.aws.session import Aws
from deployer.planning.gates import GatedRegion
from deployer.rollout.gate_finding import Finding, not_seen
from deployer.vocabulary.errors import AwsRefused

_TOLD_MAX: Final = 3


def look_at_alarms(gated: GatedRegion, aws: Aws, *, since: datetime, is_first: bool) -> Finding:
    """Return what the Region's alarms say; `since` is when the roll-out began. Raises AwsRefused when the caller may not ask."""
    try:
        return judge_alarms(alarms_in_alarm(aws, gated.alarm_names, gated.region), since=since, is_first=is_first)
    except AwsRefused as refused:
        return not_seen(refused)


def judge_alarms(ringing: Sequence[AlarmInAlarm], *, since: datetime, is_first: bool) -> Finding:
    """Return whether any of these alarms began to ring at `since` or later."""
    new = [alarm for alarm in ringing if alarm.since >= since]
    if new:
        told = "; ".join(f"{alarm.name} in ALARM since {alarm.since:%H:%M:%SZ}: {alarm.reason}".rstrip(": ") for alarm in new[:_TOLD_MAX])
        more = f"; and {len(new) - _TOLD_MAX} more" if len(new) > _TOLD_MAX else ""
        return Finding(is_good=False, detail=told + more, is_final=not is_first)
    if ringing:
        return Finding(is_good=True, detail=f"in ALARM from before: {', '.join(alarm.name for alarm in ringing)}")
    return Finding(is_good=True, detail="none in ALARM")
