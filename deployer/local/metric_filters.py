"""Metric filters: what CloudWatch Logs counts of a log group whose lines are JSON.

A pattern compares members of a line, as `{ $.status = "429" }`, joined by `&&` or `||`, the former binding closer; in a text `*` stands
for anything. Other patterns, and metrics whose value or dimensions come from the line, are refused here and not taken for something else.

Source: "Filter pattern syntax for metric filters", Amazon CloudWatch Logs User Guide.
"""

from __future__ import annotations

import json
import operator
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, Final

from deployer.local import attach, attach_alarms, attach_log_events
from deployer.local.embedded_metrics import Datum, put

_NUMBER: Final = r"-?\d+(?:\.\d+)?"
_COMPARISON: Final = re.compile(rf'\$\.(?P<path>\w+(?:\.\w+)*)\s*(?P<compare>>=|<=|=|<|>)\s*(?:"(?P<text>[^"]*)"|(?P<number>{_NUMBER}))')
_ORDER: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "=": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}

Matches = Callable[[Mapping[str, Any]], bool]


def register() -> None:
    """Turn what filtered log groups take into metrics from now on."""
    attach.verify(attach_log_events.SEAMS + attach_alarms.SEAMS)
    attach_log_events.refuse_metric_filters(fault_of)
    attach_log_events.hear_filtered_events(_take)


def fault_of(request: Mapping[str, Any]) -> str:
    """Return why a metric filter, as PutMetricFilter takes it, is not followed here; nothing when it is."""
    try:
        matcher(str(request.get("filterPattern") or ""))
    except ValueError as error:
        return str(error)
    for counted in request.get("metricTransformations") or ():
        if not _is_number(counted.get("metricValue")) or counted.get("dimensions"):
            return f"A metric whose value or dimensions come from the line is not followed here: {counted.get('metricName')}"
    return ""


@lru_cache
def matcher(pattern: str) -> Matches:
    """Return what says whether a line's members match `pattern`; raises ValueError for one that is not followed here."""
    inner = re.fullmatch(r"\s*\{(.*)\}\s*", pattern, re.DOTALL)
    if not inner:
        raise ValueError(f"Only patterns of JSON lines are followed here, as {{ $.status = 429 }}; this is not one: {pattern}")
    ways = [[_comparison(one) for one in way.split("&&")] for way in inner[1].split("||")]
    return lambda members: any(all(matches(members) for matches in way) for way in ways)


def data_in(filters: Sequence[Mapping[str, Any]], line: str, timestamp: float) -> Iterator[Datum]:
    """Yield what `filters` (as DescribeMetricFilters shows them) count of one line; `timestamp` in seconds since the epoch."""
    try:
        members = json.loads(line)
    except ValueError:
        members = {}
    for one in filters:
        matched = isinstance(members, dict) and matcher(str(one["filterPattern"]))(members)
        for counted in one["metricTransformations"]:
            value = counted["metricValue"] if matched else counted.get("defaultValue")
            if value is not None:
                yield Datum(
                    namespace=str(counted["metricNamespace"]),
                    name=str(counted["metricName"]),
                    unit=str(counted.get("unit", "None")),
                    dimensions={},
                    value=float(value),
                    timestamp=timestamp,
                )


def _comparison(written: str) -> Matches:
    parts = _COMPARISON.fullmatch(written.strip())
    if not parts or (parts["text"] is not None and parts["compare"] != "="):
        raise ValueError(f'Comparisons are followed here as $.member = "text" or $.member >= 5; this is not one: {written.strip()}')
    path, compare, text, number = parts["path"].split("."), parts["compare"], parts["text"], parts["number"]

    def matches(members: Mapping[str, Any]) -> bool:
        value: Any = members
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        if value is None or isinstance(value, bool | list | Mapping):
            return False
        if text is not None:
            return fnmatchcase(str(value), _as_glob(text))
        return _is_number(value) and _ORDER[compare](float(value), float(number))

    return matches


def _as_glob(text: str) -> str:
    """Return `text` as a glob in which `*` alone has a meaning."""
    return re.sub(r"([?\[])", r"[\1]", text)


def _is_number(value: object) -> bool:
    return re.fullmatch(_NUMBER, str(value)) is not None


def _take(account_id: str, region: str, filters: Sequence[Mapping[str, Any]], events: Sequence[Mapping[str, Any]]) -> None:
    for event in events:
        timestamp = float(event.get("timestamp") or time.time() * 1000) / 1000
        put(account_id, region, data_in(filters, str(event.get("message", "")), timestamp))
