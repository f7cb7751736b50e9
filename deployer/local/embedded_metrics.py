"""Metrics that functions write into their logs: CloudWatch's embedded metric format, read as CloudWatch Logs reads it.

A line that is not of the format is a line like any other. Source: "Specification: Embedded metric format", Amazon CloudWatch User Guide.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from deployer.local import attach, attach_alarms

_MARK: Final = '"_aws"'
_DIMENSIONS_MAX: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Datum:
    """One value of a metric: its namespace, name, unit and dimensions, and when it was (seconds since the epoch)."""

    namespace: str
    name: str
    unit: str
    dimensions: Mapping[str, str]
    value: float
    timestamp: float


def register() -> None:
    """Turn what functions log in the format into metrics from now on."""
    attach.verify(attach_alarms.SEAMS)
    attach_alarms.hear_functions_logs(_take)


def metrics_in(line: str) -> tuple[Datum, ...]:
    """Return the metrics that a line of a log holds; none when it is not of the format."""
    if _MARK not in line:
        return ()
    try:
        document = json.loads(line)
        return tuple(_data(document, document["_aws"]))
    except (ValueError, TypeError, KeyError, AttributeError):
        return ()


def _data(document: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[Datum]:
    timestamp = float(told["Timestamp"]) / 1000
    for directive in told["CloudWatchMetrics"]:
        for metric in directive["Metrics"]:
            given = document.get(metric["Name"])
            for value in given if isinstance(given, list) else [given]:
                if isinstance(value, bool) or not isinstance(value, int | float):
                    continue
                for names in directive["Dimensions"] or [[]]:
                    dimensions = {name: str(document[name]) for name in names[:_DIMENSIONS_MAX]}
                    yield Datum(
                        namespace=str(directive["Namespace"]),
                        name=str(metric["Name"]),
                        unit=str(metric.get("Unit", "None")),
                        dimensions=dimensions,
                        value=float(value),
                        timestamp=timestamp,
                    )


def put(account_id: str, region: str, data: Iterable[Datum]) -> None:
    """Put what lines of a log count."""
    for one in data:
        attach_alarms.put_metric(account_id, region, one.namespace, one.name, one.value, one.unit, one.dimensions, one.timestamp)


def _take(account_id: str, region: str, text: str) -> None:
    for line in text.splitlines():
        put(account_id, region, metrics_in(line))
