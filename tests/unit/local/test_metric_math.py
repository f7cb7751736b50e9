"""Metric math: what an expression comes to in a period, and what is refused because nobody understands it here."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.local.metric_math import Expression, expression_of, parsed

RATE = "IF(requests >= 100, 100 * errors / requests, 0)"


def an_expression(text: str, *names: str, periods: tuple[int, ...] = (60,)) -> Expression:
    """Return an expression over sums of metrics of these names, with these periods in turn."""
    queries = [
        {
            "Id": name,
            "MetricStat": {"Stat": "Sum", "Period": periods[number % len(periods)], "Metric": {"Namespace": "N", "MetricName": name}},
        }
        for number, name in enumerate(names)
    ]
    return expression_of([{"Id": "judged", "Expression": text, "ReturnData": True}, *queries])


@pytest.mark.parametrize(
    ("text", "a", "b", "value"),
    [
        pytest.param("a + b", 1, 2, 3, id="sum"),
        pytest.param("a + b", 1, None, None, id="one has no value"),
        pytest.param("FILL(a, 0) + FILL(b, 0)", 1, None, 1, id="filled"),
        pytest.param("FILL(a, 0) + FILL(b, 0)", None, None, 0, id="both filled"),
        pytest.param("a / b", 1, 0, None, id="divided by nought"),
        pytest.param("2 * (a - b) / 4", 5, 3, 1, id="as it is written"),
        pytest.param("a >= b", 2, 2, 1, id="true is one"),
        pytest.param("a < b", 2, 2, 0, id="false is nought"),
        pytest.param("IF(a > 0, b, 7)", 1, 3, 3, id="the first way"),
        pytest.param("IF(a > 0, b, 7)", 0, 3, 7, id="the second way"),
        pytest.param("IF(a > 0, b, 7)", 0, None, 7, id="the way not taken does not count"),
        pytest.param("IF(a > 0, b, 7)", None, 3, None, id="nobody knows the way"),
    ],
)
def test_expression_comes_to(text: str, a: float | None, b: float | None, value: float | None) -> None:
    """In one period, with values and without."""
    assert an_expression(text, "a", "b").value({"a": a, "b": b}) == value


@given(requests=st.integers(0, 10_000), errors=st.integers(0, 10_000))
def test_share_of_few_requests_is_nothing(requests: int, errors: int) -> None:
    """As the alarm on the error rate has it."""
    found = an_expression(RATE, "requests", "errors").value({"requests": requests, "errors": errors})

    assert found == (100 * errors / requests if requests >= 100 else 0)


def test_alarm_looks_at_the_longest_period() -> None:
    """Metrics of several periods are one alarm's."""
    assert an_expression("a + b", "a", "b", periods=(60, 300)).period_seconds == 300


@pytest.mark.parametrize(
    "text",
    ["ANOMALY_DETECTION_BAND(a, 2)", "c + a", "a if b else a", "a && b", "FILL(a)", "a ** 2", "1 < a < 2", "a.b", "SUM([a, b])", "'a'"],
)
def test_what_is_not_understood_is_refused(text: str) -> None:
    """An alarm judged by half of its expression would be worse than one that is not judged."""
    with pytest.raises(ValueError, match="not understood here"):
        parsed(text, {"a", "b"})


def test_expressions_on_expressions_are_refused() -> None:
    """One expression, over metrics."""
    queries = [{"Id": "x", "Expression": "a"}, {"Id": "y", "Expression": "x"}]

    with pytest.raises(ValueError, match="one expression over at least one metric"):
        expression_of(queries)
