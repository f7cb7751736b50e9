"""Metrics in log lines: what counts as one, and what is a line like any other."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deployer.local.embedded_metrics import Datum, metrics_in


def a_line(**changes: Any) -> dict[str, Any]:
    """Return a line of two metrics under one dimension, as data."""
    directive = {
        "Namespace": "Tills",
        "Dimensions": [["Till"]],
        "Metrics": [{"Name": "Taken", "Unit": "Count"}, {"Name": "Seconds"}],
    }
    told = {"Timestamp": 1_700_000_000_500, "CloudWatchMetrics": [directive]}
    return {"_aws": told, "Till": "one", "Taken": 2, "Seconds": [0.5, 1.5]} | changes


def test_each_value_is_a_datum() -> None:
    """A list holds several; a unit that is not given is None."""
    found = metrics_in(json.dumps(a_line()))

    first = Datum(namespace="Tills", name="Taken", unit="Count", dimensions={"Till": "one"}, value=2.0, timestamp=1_700_000_000.5)
    assert found[0] == first
    assert [(one.name, one.unit, one.value) for one in found[1:]] == [("Seconds", "None", 0.5), ("Seconds", "None", 1.5)]


def test_each_set_of_dimensions_is_a_metric_of_its_own() -> None:
    """None at all included."""
    line = a_line(Shop="west")
    line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] = [["Till"], ["Till", "Shop"], []]

    found = [one.dimensions for one in metrics_in(json.dumps(line)) if one.name == "Taken"]

    assert found == [{"Till": "one"}, {"Till": "one", "Shop": "west"}, {}]


@pytest.mark.parametrize(
    "line",
    [
        "START RequestId: 1",
        '{"level": "INFO", "outcome": "taken"}',
        '{"_aws": ',
        '["_aws"]',
        json.dumps(a_line(_aws="nothing")),
        json.dumps({key: value for key, value in a_line().items() if key != "Till"}),
        json.dumps(a_line(Taken="two", Seconds=None)),
    ],
)
def test_anything_else_is_a_line_like_any_other(line: str) -> None:
    """Nobody's log is refused for what it looks like."""
    assert metrics_in(line) == ()
