"""Metric filters: which lines of a log a pattern matches, what they count for, and which filters are not followed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deployer.local.metric_filters import data_in, fault_of, matcher

LINE: dict[str, Any] = {
    "status": "429",
    "responseType": "AUTHORIZER_FAILURE",
    "took": 12,
    "text": "a?c",
    "flag": True,
    "inner": {"deep": "er"},
}


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ('{ $.status = "429" }', True),
        ("{ $.status = 429 }", True),
        ('{ $.status = "42" }', False),
        ('{$.status="4*"}', True),
        ('{ $.responseType = "AUTHORIZER_*" }', True),
        ('{ $.responseType = "authorizer_*" }', False),
        ('{ $.text = "a?c" }', True),
        ('{ $.text = "a??" }', False),
        ('{ $.inner.deep = "er" }', True),
        ('{ $.inner = "*" }', False),
        ('{ $.flag = "True" }', False),
        ('{ $.missing = "*" }', False),
        ("{ $.took >= 12 }", True),
        ("{ $.took > 12 }", False),
        ("{ $.took < 12.5 }", True),
        ("{ $.responseType > 1 }", False),
        ('{ $.status = "429" && $.took > 100 }', False),
        ('{ $.status = "429" || $.took > 100 && $.took < 0 }', True),
        ('{ $.status = "5*" || $.took = 12 }', True),
    ],
)
def test_pattern_matches_a_line_by_its_members(pattern: str, matches: bool) -> None:
    """Texts whole and with their case, numbers also where they are written as text, a member that is not there by nothing."""
    assert matcher(pattern)(LINE) is matches


@pytest.mark.parametrize(
    "pattern", ["", "ERROR", "[a, b]", "{ $.a NOT EXISTS }", '{ $.a != "b" }', '{ ($.a = "b") }', '{ $.a > "b" }', "{ $.a = b }", "{}"]
)
def test_pattern_that_is_not_followed_is_refused(pattern: str) -> None:
    """Taken to match everything, it would ring alarms; taken to match nothing, it would keep them quiet."""
    assert "followed here" in fault_of({"filterPattern": pattern, "metricTransformations": []})


@pytest.mark.parametrize("change", [{"metricValue": "$.took"}, {"dimensions": {"Status": "$.status"}}])
def test_metric_that_takes_from_the_line_is_refused(change: dict[str, Any]) -> None:
    """Its name says whose."""
    fault = fault_of({"filterPattern": "{ $.a = 1 }", "metricTransformations": [_counted(**change)]})

    assert fault.endswith("Refused")


def test_line_counts_for_its_value_or_for_the_default() -> None:
    """A line that is no JSON matches nothing; without a default such a line counts for nothing at all."""
    filters = [
        {"filterPattern": '{ $.status = "429" }', "metricTransformations": [_counted(defaultValue=0)]},
        {"filterPattern": '{ $.status = "429" }', "metricTransformations": [_counted(metricName="Other", metricValue="2.5")]},
    ]
    found = [[(one.name, one.value) for one in data_in(filters, line, 7.0)] for line in (json.dumps(LINE), "{}", "no JSON", "[429]")]

    assert found == [[("Refused", 1.0), ("Other", 2.5)], *[[("Refused", 0.0)]] * 3]


def _counted(**changes: Any) -> dict[str, Any]:
    return {"metricName": "Refused", "metricNamespace": "Tills", "metricValue": "1"} | changes
