"""What CloudWatch makes of a metric alarm's data points: M of N, and what a period without data counts for.

Pure. Source: "Alarm evaluation" and "Configuring how CloudWatch alarms treat missing data", Amazon CloudWatch User Guide.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

OK: Final = "OK"
ALARM: Final = "ALARM"
INSUFFICIENT_DATA: Final = "INSUFFICIENT_DATA"

_COMPARISONS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
# CloudWatch looks at more periods than it judges, so that one late data point is no missing one.
_MORE_PERIODS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRule:
    """When an alarm sounds: `breaching_min` (M) of `periods` (N) data points, each over `period_seconds`, are across the threshold."""

    statistic: str
    comparison: str
    threshold: float
    period_seconds: int
    periods: int
    breaching_min: int
    missing: str

    @property
    def periods_looked_at(self) -> int:
        """The evaluation range, in periods."""
        return self.periods + _MORE_PERIODS


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The state an alarm is in now, and why, as DescribeAlarms tells it."""

    state: str
    reason: str


def rule_of(alarm: Mapping[str, Any], *, expression_period_seconds: int | None = None) -> AlarmRule | None:
    """Return the rule of an alarm as DescribeAlarms shows it; None for one that looks at nothing, or has no fixed threshold.

    An alarm on an expression names no metric of its own, and its period is the expression's.
    """
    on_a_metric = alarm.get("MetricName") and alarm.get("Namespace")
    if not (on_a_metric or expression_period_seconds) or alarm.get("ComparisonOperator") not in _COMPARISONS:
        return None
    periods = int(alarm.get("EvaluationPeriods") or 1)
    return AlarmRule(
        statistic=str(alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"),
        comparison=str(alarm["ComparisonOperator"]),
        threshold=float(alarm.get("Threshold") or 0),
        period_seconds=expression_period_seconds or int(alarm.get("Period") or 60),
        periods=periods,
        breaching_min=int(alarm.get("DatapointsToAlarm") or periods),
        missing=str(alarm.get("TreatMissingData") or "missing"),
    )


def judge(rule: AlarmRule, points: Sequence[float | None], state: str) -> Verdict:
    """Return what an alarm in `state` is by its data points, one a period of the evaluation range, the newest first, None for no data."""
    known = [value for value in points if value is not None][: rule.periods]
    breaching = [_COMPARISONS[rule.comparison](value, rule.threshold) for value in known]
    lacking = rule.periods - len(known)
    if rule.missing in ("breaching", "notBreaching"):
        breaching += [rule.missing == "breaching"] * lacking
    elif not known:
        return _without_data(rule, state)
    reason = _told(rule, known, breaching)
    if sum(breaching) >= rule.breaching_min:
        return Verdict(state=ALARM, reason=reason)
    if lacking and all(breaching):
        # Too few to be sure: the alarm sounds once the oldest breach is M periods old and nothing good came after it.
        oldest = max(age for age, value in enumerate(points, start=1) if value is not None)
        sounds = rule.missing == "missing" and oldest >= rule.breaching_min
        return Verdict(state=ALARM if sounds else state, reason=reason)
    return Verdict(state=OK, reason=reason)


def _without_data(rule: AlarmRule, state: str) -> Verdict:
    reason = f"Insufficient Data: {rule.periods} {'datapoint was' if rule.periods == 1 else 'datapoints were'} unknown."
    return Verdict(state=state if rule.missing == "ignore" else INSUFFICIENT_DATA, reason=reason)


def _told(rule: AlarmRule, known: Sequence[float], breaching: Sequence[bool]) -> str:
    values = ", ".join(f"{value:g}" for value in known) or "none reported"
    threshold = f"{rule.comparison} {rule.threshold:g} (minimum {rule.breaching_min})"
    return f"Threshold Crossed: {sum(breaching)} of the last {len(breaching)} datapoints [{values}] breached {threshold}."
