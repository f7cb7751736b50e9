"""A gate as data: what a Region has to show after a wave, and for how long, before the next one begins.

Decides what is looked at and what it is called; looks at nothing. `rollout.gate` performs it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from deployer.params.model import Environment, RegionParameters
from deployer.params.payments import PaymentsParameters
from deployer.vocabulary.names import PATTERNS, PRIMARY, SECONDARY, name_of

GATE_PHASE: Final = "gate"

Check = Literal["health", "payment", "alarms", "canary"]
CHECKS: Final[tuple[Check, ...]] = ("health", "payment", "alarms", "canary")

# Says nothing of what was just rolled out here: what tells of the other Region (as every alarm on `peer …` does), of one canary run, of
# what callers send, and what looks back over hours or days.
_LEFT_OUT: Final = (
    *("standby traffic alarm", "watcher doubt alarm", "refused requests alarm"),
    *("audit gap alarm", "audit unproved alarm", "reconciliation alarm", "certificate alarm", "key age alarm"),
)
# These have asked for more than one fault before they ring; the others ring for a whole window after a single one.
_SURE: Final = ("server errors alarm", "own canary alarm", "region sick alarm")
_OWN_CHECK: Final = {PRIMARY: "primary check alarm", SECONDARY: "secondary check alarm"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GatedRegion:
    """One Region at a gate: `host` is its own name, `alarm_names` what in it judges it, `canary_names` what pays in it from itself.

    `sure_alarm_names` are those of the alarms that no second look is needed after.
    """

    region: str
    role: str
    host: str
    alarm_names: tuple[str, ...]
    sure_alarm_names: tuple[str, ...]
    canary_names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Look at Regions until every check has been good for `burn_in_seconds` on end, for at most `seconds_max`.

    Looks are `sample_seconds` apart, payments `payment_seconds`. A Region that answers badly for `bad_seconds_max` on end has failed. At
    the gate of a first roll-out (`is_first`), before which nobody can pay, everything has `seconds_max` to become good, and no alarm is
    looked at: each looks back over minutes in which the parts came up one by one. A payment is `amount` of `currency`; both are empty while
    payments are paused, and none is made. `secret_name` holds the key of callers.
    """

    phase: str
    action: Literal["check", "none"]
    suffix: str
    regions: tuple[GatedRegion, ...]
    is_first: bool
    secret_name: str
    amount: str
    currency: str
    burn_in_seconds: float
    sample_seconds: float
    payment_seconds: float
    bad_seconds_max: float
    seconds_max: float
    reason: str

    @property
    def checks(self) -> tuple[Check, ...]:
        """What is looked at, in order."""
        looked: dict[Check, bool] = {"payment": bool(self.amount), "alarms": not self.is_first}
        return tuple(check for check in CHECKS if looked.get(check, True))

    @property
    def title(self) -> str:
        """What a person calls this step."""
        return f"gate of {' and '.join(one.region for one in self.regions)}"


def plan_gate(environment: Environment, regions: tuple[str, ...], *, reason: str, is_needed: bool = True, is_first: bool = False) -> Gate:
    """Return the gate that these Regions have to pass, in this order; one that is not needed has the action `none`.

    `reason` says why it is needed or not; `is_first` that the system takes its first payments after it.
    """
    amount, currency = payment_of(environment.payments)
    bounds = environment.rollout
    return Gate(
        phase=GATE_PHASE,
        action="check" if is_needed else "none",
        suffix=environment.suffix,
        regions=tuple(
            _gated(environment, one, with_alarms=not is_first) for name in regions for one in environment.regions if one.name == name
        ),
        is_first=is_first,
        secret_name=name_of("secret", suffix=environment.suffix),
        amount=amount,
        currency=currency,
        burn_in_seconds=bounds.gate_burn_in_seconds,
        sample_seconds=bounds.gate_sample_seconds,
        payment_seconds=bounds.gate_payment_seconds,
        bad_seconds_max=bounds.gate_bad_seconds_max,
        seconds_max=bounds.gate_seconds_max,
        reason=reason,
    )


def payment_of(payments: PaymentsParameters) -> tuple[str, str]:
    """Return (amount, currency) of the smallest payment that these terms surely let through: a cent, or one unit of another currency,
    whose decimals are not known here. Both are empty while payments are paused."""
    if payments.paused:
        return "", ""
    if not payments.currencies or "USD" in payments.currencies:
        return "0.01", "USD"
    return "1", payments.currencies[0]


def _gated(environment: Environment, region: RegionParameters, *, with_alarms: bool) -> GatedRegion:
    def names(kinds: Iterable[str]) -> tuple[str, ...]:
        return tuple(name_of(kind, suffix=environment.suffix, role=region.role) for kind in sorted(kinds))

    own_check = _OWN_CHECK[region.role]
    left_out = {*_LEFT_OUT, *_OWN_CHECK.values()} - {own_check}
    judging = [kind for kind in PATTERNS if kind.endswith(" alarm") and not kind.startswith("peer ") and kind not in left_out]
    return GatedRegion(
        region=region.name,
        role=region.role,
        host=f"{region.name}.api.{environment.zone.name}",
        alarm_names=names(judging) if with_alarms else (),
        sure_alarm_names=names((*_SURE, own_check)) if with_alarms else (),
        canary_names=names(("own canary",)),
    )
