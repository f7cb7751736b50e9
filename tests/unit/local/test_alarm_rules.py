"""How a metric alarm is judged: by the table of CloudWatch's user guide, row by row."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.local.alarm_rules import ALARM, INSUFFICIENT_DATA, OK, AlarmRule, judge, rule_of

RULE = AlarmRule(
    statistic="Maximum",
    comparison="GreaterThanThreshold",
    threshold=0,
    period_seconds=60,
    periods=3,
    breaching_min=3,
    missing="missing",
)
KEPT = "kept"
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")


def points(row: str) -> list[float | None]:
    """Return data points, newest first, of a row written oldest first: 0 is good, X breaches, - is missing."""
    return [{"0": 0.0, "X": 1.0, "-": None}[mark] for mark in reversed(row.split())]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("0 - X - X", (OK, OK, OK, OK)),
        ("- - - - 0", (OK, OK, OK, OK)),
        ("- - - - -", (INSUFFICIENT_DATA, KEPT, ALARM, OK)),
        ("0 X X - X", (ALARM, ALARM, ALARM, ALARM)),
        ("- - X - -", (ALARM, KEPT, ALARM, OK)),
        ("- - - - X", (KEPT, KEPT, ALARM, OK)),
    ],
)
def test_three_of_three(row: str, expected: tuple[str, ...]) -> None:
    """Every period has to breach."""
    for missing, state in zip(TREATMENTS, expected, strict=True):
        assert judge(replace(RULE, missing=missing), points(row), KEPT).state == state, missing


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("0 - X - X", (ALARM, ALARM, ALARM, ALARM)),
        ("0 0 X 0 X", (ALARM, ALARM, ALARM, ALARM)),
        ("0 - X - -", (OK, OK, ALARM, OK)),
        ("- - - - 0", (OK, OK, ALARM, OK)),
        ("- - - X -", (ALARM, KEPT, ALARM, OK)),
    ],
)
def test_two_of_three(row: str, expected: tuple[str, ...]) -> None:
    """Two breaches suffice, next to each other or not."""
    for missing, state in zip(TREATMENTS, expected, strict=True):
        assert judge(replace(RULE, breaching_min=2, missing=missing), points(row), KEPT).state == state, missing


@given(values=st.lists(st.floats(0, 100), min_size=5, max_size=5), threshold=st.floats(0, 100), breaching_min=st.integers(1, 3))
def test_without_gaps_the_newest_periods_alone_decide(values: list[float], threshold: float, breaching_min: int) -> None:
    """However gaps are treated."""
    expected = ALARM if sum(value > threshold for value in values[:3]) >= breaching_min else OK
    for missing in TREATMENTS:
        rule = replace(RULE, threshold=threshold, breaching_min=breaching_min, missing=missing)
        assert judge(rule, values, KEPT).state == expected


@pytest.mark.parametrize(
    ("comparison", "value", "state"),
    [
        ("GreaterThanThreshold", 1, OK),
        ("GreaterThanOrEqualToThreshold", 1, ALARM),
        ("LessThanThreshold", 1, OK),
        ("LessThanOrEqualToThreshold", 1, ALARM),
    ],
)
def test_value_at_the_threshold(comparison: str, value: float, state: str) -> None:
    """Only the two that name equality breach at it."""
    assert judge(replace(RULE, comparison=comparison, threshold=1, periods=1, breaching_min=1), [value, None, None], KEPT).state == state


def test_all_periods_have_to_breach_unless_the_alarm_says_otherwise() -> None:
    """DatapointsToAlarm is EvaluationPeriods when it is not given."""
    alarm = {"Namespace": "N", "MetricName": "M", "ComparisonOperator": "LessThanThreshold", "EvaluationPeriods": 4, "Threshold": 50}

    rule = rule_of(alarm)

    assert rule is not None
    assert (rule.breaching_min, rule.missing, rule.statistic, rule.period_seconds) == (4, "missing", "Average", 60)


def test_alarm_on_an_expression_has_the_period_of_its_expression() -> None:
    """It names no metric; without an expression that is understood there is nothing to judge it by."""
    alarm = {"ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 3, "Threshold": 0, "Period": 60}

    rule = rule_of(alarm, expression_period_seconds=300)

    assert rule_of(alarm) is None
    assert rule is not None
    assert (rule.period_seconds, rule.periods, rule.breaching_min) == (300, 3, 3)
