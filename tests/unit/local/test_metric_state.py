"""What a metric's data says."""

from __future__ import annotations

import pytest

from deployer.local.metric_state import MetricRule, state_of


@pytest.mark.parametrize(
    ("periods", "missing", "state"),
    [
        pytest.param([5.0, 5.0], "missing", "ALARM", id="all breach"),
        pytest.param([5.0, 1.0], "missing", "OK", id="one is well"),
        pytest.param([None, None], "missing", "INSUFFICIENT_DATA", id="no data"),
        pytest.param([5.0, None], "missing", "ALARM", id="what there is breaches"),
        pytest.param([None, None], "breaching", "ALARM", id="missing breaches"),
        pytest.param([5.0, None], "notBreaching", "OK", id="missing is well"),
        pytest.param([None], "ignore", "INSUFFICIENT_DATA", id="ignored"),
    ],
)
def test_data_decides(periods: list[float | None], missing: str, state: str) -> None:
    """More than 4 in every period is an alarm."""
    assert state_of(MetricRule(comparison="GreaterThanThreshold", threshold=4, missing=missing), periods) == state


@pytest.mark.parametrize(
    ("comparison", "breaching"),
    [
        ("GreaterThanOrEqualToThreshold", [4.0, 5.0]),
        ("GreaterThanThreshold", [5.0]),
        ("LessThanThreshold", [3.0]),
        ("LessThanOrEqualToThreshold", [3.0, 4.0]),
    ],
)
def test_each_comparison(comparison: str, breaching: list[float]) -> None:
    """The threshold itself breaches only where the name says so."""
    rule = MetricRule(comparison=comparison, threshold=4)

    assert [value for value in (3.0, 4.0, 5.0) if state_of(rule, [value]) == "ALARM"] == breaching
