"""One look at a gate: every check of every Region side by side, each timed. What the looks add up to is the burn-in's.

Each question has a bound of seconds, so that a Region that swallows every packet cannot hold the gate up; the key of callers is read in the
Region itself, kept in memory for as long as it is taken, and goes nowhere but into the requests.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Final

from deployer.aws.secrets import read_secret_field
from deployer.aws.session import Aws
from deployer.outside.view import Outside
from deployer.planning.gates import Check, Gate, GatedRegion
from deployer.rollout.gate_alarms import look_at_alarms
from deployer.rollout.gate_canary import look_at_canaries
from deployer.rollout.gate_finding import Finding, Sample, not_seen
from deployer.rollout.gate_health import look_at_health
from deployer.rollout.gate_payment import look_at_payment
from deployer.vocabulary.clock import Clock
from deployer.vocabulary.errors import AwsRefused

AWS_SECONDS_MAX: Final = 10.0
KEY_FIELD: Final = "api_key"


class Looks:
    """Looks at one gate's Regions; `since` is when the roll-out began: what was seen before it is held against nobody."""

    def __init__(self, gate: Gate, aws: Aws, outside: Outside, clock: Clock, *, since: datetime) -> None:
        """Look by `outside` at what callers see, and by `aws` at what AWS says of it."""
        self._gate, self._outside, self._clock, self._since = gate, outside, clock, since
        self._aws = aws.in_a_hurry(AWS_SECONDS_MAX)
        self._keys: dict[str, str] = {}
        self._runs_seen: set[str] = set()

    def take(self, *, paying: bool) -> tuple[Sample, ...]:
        """Return a sample of every check, the payment only when `paying`, Region by Region in the gate's order.

        Raises AwsRefused when the caller may not ask what the gate has to know, DeployerError when the secret holds no key.
        """
        asked = [(one, check) for one in self._gate.regions for check in self._gate.checks if paying or check != "payment"]
        with ThreadPoolExecutor(max_workers=len(asked)) as pool:
            return tuple(pool.map(lambda place: self._sample(*place), asked))

    def _sample(self, gated: GatedRegion, check: Check) -> Sample:
        looks: dict[Check, Callable[[], Finding]] = {
            "health": partial(look_at_health, gated, self._outside),
            "payment": partial(self._pay, gated),
            "alarms": partial(look_at_alarms, gated, self._aws, since=self._since),
            "canary": partial(look_at_canaries, gated, self._aws, since=self._since, seen=self._runs_seen),
        }
        began_seconds = self._clock.monotonic_seconds()
        finding = looks[check]()
        return Sample(region=gated.region, check=check, finding=finding, took_seconds=self._clock.monotonic_seconds() - began_seconds)

    def _pay(self, gated: GatedRegion) -> Finding:
        try:
            key = self._keys.get(gated.region) or read_secret_field(
                self._aws, region=gated.region, name=self._gate.secret_name, field=KEY_FIELD
            )
        except AwsRefused as refused:
            return not_seen(refused)
        finding = look_at_payment(gated, self._gate, self._outside, api_key=key, moment=self._clock.now())
        # A key may be rotated while a gate stands: one that did not pay is read anew.
        self._keys[gated.region] = key if finding.is_good else ""
        return finding
