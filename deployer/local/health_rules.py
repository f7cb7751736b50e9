"""How Route 53 judges health: one checker's streaks, the 18 % rule, calculated and metric checks, inverted and disabled ones.

Pure: what the checkers saw goes in, healthy or not comes out. Source: "How Amazon Route 53 determines whether a health check is
healthy" and "Values that you specify when you create or update health checks", Route 53 Developer Guide (F2.1, F2.6, F2.7, F2.8).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

HEALTHY_PERCENT_MIN: Final = 18
METRIC_STATES: Final = ("OK", "ALARM", "INSUFFICIENT_DATA")


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck:
    """What decides about one health check; `kind` is Route 53's Type, `alarm` is (name, Region) of a CLOUDWATCH_METRIC check."""

    check_id: str
    kind: str
    failure_threshold: int = 3
    inverted: bool = False
    disabled: bool = False
    children: tuple[str, ...] = ()
    health_threshold: int = 0
    insufficient_data: str = "LastKnownStatus"
    alarm: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckerState:
    """What one checker holds of an endpoint, and how often in a row it saw the contrary. New ones take it for healthy."""

    healthy: bool = True
    contrary_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What is known of the world: checkers' verdicts by check, and each metric's state and last known verdict by check."""

    checkers: Mapping[str, Sequence[bool]] = field(default_factory=dict)
    metrics: Mapping[str, str] = field(default_factory=dict)
    last_known: Mapping[str, bool] = field(default_factory=dict)


def after(state: CheckerState, succeeded: bool, failure_threshold: int) -> CheckerState:
    """Return a checker's state after one more answer: it turns once `failure_threshold` answers in a row say so, either way."""
    if succeeded == state.healthy:
        return CheckerState(healthy=state.healthy)
    if state.contrary_count + 1 >= failure_threshold:
        return CheckerState(healthy=succeeded)
    return CheckerState(healthy=state.healthy, contrary_count=state.contrary_count + 1)


def endpoint_is_healthy(verdicts: Sequence[bool]) -> bool:
    """Tell whether more than 18 % of the checkers hold an endpoint for healthy; true as long as there are none."""
    return not verdicts or sum(verdicts) * 100 > HEALTHY_PERCENT_MIN * len(verdicts)


def is_healthy(check_id: str, checks: Mapping[str, HealthCheck], observed: Observed) -> bool:
    """Tell whether a health check is healthy, as failover records are told.

    A disabled check is healthy whatever happens, and an inverted one is what it otherwise would not be: so inverting is how to
    take something disabled out of traffic [Route 53 API Reference, HealthCheckConfig `Disabled`]. A check that is not there
    (any more) is taken for healthy, so that a record never depends on what does not exist.
    """
    check = checks.get(check_id)
    if check is None:
        return True
    return (check.disabled or _uninverted(check, checks, observed)) != check.inverted


def _uninverted(check: HealthCheck, checks: Mapping[str, HealthCheck], observed: Observed) -> bool:
    if check.kind == "CALCULATED":
        # A calculated check cannot have calculated children, which also ends the recursion.
        children = [child for child in check.children if child in checks and checks[child].kind != "CALCULATED"]
        return sum(is_healthy(child, checks, observed) for child in children) >= check.health_threshold
    if check.kind == "CLOUDWATCH_METRIC":
        return _metric_is_healthy(check, observed)
    return endpoint_is_healthy(observed.checkers.get(check.check_id, ()))


def _metric_is_healthy(check: HealthCheck, observed: Observed) -> bool:
    state = observed.metrics.get(check.check_id, "INSUFFICIENT_DATA")
    if state != "INSUFFICIENT_DATA":
        return state == "OK"
    if check.insufficient_data == "LastKnownStatus":
        return observed.last_known.get(check.check_id, True)
    return check.insufficient_data == "Healthy"
