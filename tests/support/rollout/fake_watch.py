"""CloudWatch and Secrets Manager in one Region, and the system as callers see it, as far as a gate looks at them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from deployer.outside.view import HttpAnswer, Outside
from tests.support.rollout.wire import refusal

API_KEY = "the-key-of-callers"


class FakeAlarms:
    """`ringing` maps an alarm to since when it is in ALARM; every name asked for is kept."""

    def __init__(self) -> None:
        """Begin in silence."""
        self.ringing: dict[str, datetime] = {}
        self.composite: set[str] = set()
        self.asked: set[str] = set()

    def describe_alarms(self, *, AlarmNames: list[str], AlarmTypes: list[str], StateValue: str, MaxRecords: int) -> dict[str, Any]:
        """Return those of the names that are in the state, of the types asked for."""
        self.asked.update(AlarmNames)
        found: dict[str, list[dict[str, Any]]] = {"MetricAlarms": [], "CompositeAlarms": []}
        for name, since in self.ringing.items():
            kind = "CompositeAlarm" if name in self.composite else "MetricAlarm"
            if name in AlarmNames and kind in AlarmTypes and StateValue == "ALARM":
                told = {"AlarmName": name, "StateValue": "ALARM", "StateReason": "too many", "StateTransitionedTimestamp": since}
                found[f"{kind}s"].append(told)
        return found


class FakeSecrets:
    """One secret, of any name; `key` None when it is not there."""

    def __init__(self) -> None:
        """Begin with the key that callers have."""
        self.key: str | None = API_KEY
        self.reads = 0

    def get_secret_value(self, *, SecretId: str) -> dict[str, Any]:
        """Return the secret."""
        self.reads += 1
        if self.key is None:
            raise refusal("ResourceNotFoundException", f"Secrets Manager can't find {SecretId}")
        return {"SecretString": json.dumps({"api_key": self.key})}


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeApi(Outside):
    """Regions that answer callers as `sick(region)` has them: empty is well, `health` or `payment` fail there.

    `taken` are the payments by idempotency key; with `forgets` a Region does not know a key again.
    """

    sick: Callable[[str], str] = lambda region: ""
    forgets: bool = False
    keys: tuple[str, ...] = (API_KEY,)
    taken: dict[str, dict[str, str]] = field(default_factory=dict)
    bodies: list[str] = field(default_factory=list)

    def get(self, region: str, host: str, path: str, *, seconds_max: float = 5.0) -> HttpAnswer:
        """Answer /health."""
        well = self.sick(region) != "health" and path == "/health"
        return HttpAnswer(status=200 if well else 503, body=json.dumps({"region": region, "checks": {}}))

    def post(self, region: str, host: str, path: str, body: str, *, headers: Mapping[str, str], seconds_max: float = 5.0) -> HttpAnswer:
        """Take a payment once."""
        if headers["x-api-key"] not in self.keys:
            return HttpAnswer(status=403, body='{"message": "Forbidden"}')
        if self.sick(region) == "payment":
            return HttpAnswer(status=500, body='{"detail": "The function failed."}')
        self.bodies.append(body)
        key = headers["Idempotency-Key"]
        known = key in self.taken and not self.forgets
        if not known:
            told = json.loads(body, parse_float=str, parse_int=str)
            self.taken[key] = {**told, "status": "accepted", "region": region, "transactionId": f"payment-{len(self.bodies)}"}
        return HttpAnswer(status=201, body=json.dumps(self.taken[key]), headers={"idempotent-replayed": "true"} if known else {})
