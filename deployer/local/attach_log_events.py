"""Where the embedded AWS holds on to MiniStack's CloudWatch Logs: the events of a log group, and the metric filters it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from deployer.local import attach

SEAMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("ministack.services.cloudwatch_logs", ("_put_log_events", "_put_metric_filter", "_metric_filters")),
)

# (account, Region, metric filters as DescribeMetricFilters shows them, log events as PutLogEvents takes them)
Hear = Callable[[str, str, Sequence[Mapping[str, Any]], Sequence[Mapping[str, Any]]], None]


def hear_filtered_events(hear: Hear) -> None:
    """Call `hear` with the events that a log group with metric filters has taken: by PutLogEvents, or as an API's access log."""
    from ministack.services import cloudwatch_logs

    put = cloudwatch_logs._put_log_events

    def put_and_hear(request: dict[str, Any]) -> Any:
        answer = put(request)
        group = request.get("logGroupName")
        filters = [one for (owner, _), one in cloudwatch_logs._metric_filters.items() if owner == group]
        if filters and answer[0] < 400:
            hear(attach.current_account(), attach.current_region(), filters, request.get("logEvents") or ())
        return answer

    cloudwatch_logs._put_log_events = put_and_hear


def refuse_metric_filters(fault_of: Callable[[Mapping[str, Any]], str]) -> None:
    """Refuse a metric filter (as PutMetricFilter takes it) for which `fault_of` has a word."""
    from ministack.services import cloudwatch_logs

    put = cloudwatch_logs._put_metric_filter

    def put_if_sound(request: dict[str, Any]) -> Any:
        fault = fault_of(request)
        return cloudwatch_logs.error_response_json("InvalidParameterException", fault, 400) if fault else put(request)

    cloudwatch_logs._put_metric_filter = put_if_sound
