"""What a health check on a CloudWatch alarm's metric makes of the metric's data; the alarm's own state does not matter (F2.8).

Pure. Source: "Monitoring a CloudWatch alarm", Route 53 Developer Guide; "Configuring how CloudWatch alarms treat missing data",
CloudWatch User Guide.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_COMPARISONS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricRule:
    """When an alarm's metric breaches, and what a period without data counts for (`TreatMissingData`)."""

    comparison: str
    threshold: float
    missing: str = "missing"


def state_of(rule: MetricRule, periods: Sequence[float | None]) -> str:
    """Return OK, ALARM or INSUFFICIENT_DATA for the values of the last evaluation periods, None where there was no data.

    Every period has to breach; one without data breaches, or does not, if the rule says so, and is left out otherwise.
    """
    breaching = [_breaches(rule, value) for value in periods]
    known = [verdict for verdict in breaching if verdict is not None]
    if not known:
        return "INSUFFICIENT_DATA"
    return "ALARM" if all(known) else "OK"


def _breaches(rule: MetricRule, value: float | None) -> bool | None:
    if value is None:
        return {"breaching": True, "notBreaching": False}.get(rule.missing)
    return _COMPARISONS[rule.comparison](value, rule.threshold)
