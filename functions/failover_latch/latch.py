"""Whether an alarm's event latches the failover, and what the latch then writes. Without network.

Route 53 brings traffic back by itself as soon as the primary answers health checks again, which can flap, and can be before anybody
knows what was wrong (F2.12). The latch makes a failover stay: it sets the same hold that an operator sets.

Event: "Invoke a Lambda function from an alarm", Amazon CloudWatch User Guide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

HOLD_ID: Final = "primary"
LATCH: Final = "failover latch"
REASON_CHARACTERS_MAX: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Traffic held in the standby: `set_at` is ISO 8601, UTC."""

    set_at: str
    set_by: str
    reason: str


def hold_for(event: Mapping[str, Any], *, alarm_name: str, now: str) -> Hold | None:
    """Return the hold that an alarm's event calls for, None for another alarm's event and for one that is no alarm (any more).

    `now` is the moment in ISO 8601, UTC. Raises KeyError or TypeError for what is no alarm's event at all.
    """
    alarm = event["alarmData"]
    state = alarm["state"]
    if alarm["alarmName"] != alarm_name or state["value"] != "ALARM":
        return None
    reason = f"{alarm_name} rang at {state.get('timestamp', 'an unknown time')}: {state.get('reason', 'no reason given')}"
    return Hold(set_at=now, set_by=LATCH, reason=reason[:REASON_CHARACTERS_MAX])


def item_of(hold: Hold) -> dict[str, dict[str, str]]:
    """Return the hold as a DynamoDB item in attribute-value form, as the deployer's commands read and write it."""
    return {
        "hold_id": {"S": HOLD_ID},
        "set_at": {"S": hold.set_at},
        "set_by": {"S": hold.set_by},
        "reason": {"S": hold.reason},
    }
