"""Where the embedded AWS holds on to MiniStack's CloudWatch alarms and metrics, and to the logs that metrics are written in.

MiniStack judges an alarm when a metric is put, over all dimensions at once and as one period, and tells SNS topics alone. When to judge,
and by what, is `alarm_evaluation`'s here; whom to tell besides topics is `alarm_actions`'.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from deployer.local import attach

SEAMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("ministack.core.iam_actions", ("request_tag_context",)),
    ("ministack.core.iam_evaluator", ("EvalContext", "evaluate_resource_policy")),
    (
        "ministack.services.cloudwatch",
        (
            *("_alarms", "_composite_alarms", "_metrics", "_dims_key", "_dims_from_list", "_calc_stats", "_stat_value", "_ts_iso"),
            *("_evaluate_alarm", "_evaluate_all_alarms", "_evaluate_parent_alarms", "_dispatch_alarm_actions"),
            *("_record_history", "_history_entries", "_store_datum"),
        ),
    ),
    ("ministack.services.lambda_svc", ("_emit_lambda_logs",)),
)
_ACTIONS: Final = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange:
    """An alarm that went from one state to another, with the actions to be taken: ARNs, none while its actions are disabled.

    `alarm` is as DescribeAlarms shows it, in its new state; `previous` has the old one's `value`, `reason` and `timestamp` (seconds).
    """

    account_id: str
    region: str
    alarm: Mapping[str, Any]
    previous: Mapping[str, Any]
    actions: tuple[str, ...]


def judge_nothing_when_data_comes() -> None:
    """Let MiniStack judge no metric alarm by itself."""
    from ministack.services import cloudwatch

    cloudwatch._evaluate_alarm = lambda alarm: None
    cloudwatch._evaluate_all_alarms = lambda: None


def announce_state_changes(tell: Callable[[StateChange], None]) -> None:
    """Call `tell` on the event loop with each alarm that changed its state, after MiniStack has told its topics."""
    from ministack.services import cloudwatch

    dispatch = cloudwatch._dispatch_alarm_actions
    before: dict[str, dict[str, Any]] = {}

    def dispatch_and_tell(alarm: dict[str, Any], old_state: str, new_state: str, reason: str) -> None:
        dispatch(alarm, old_state, new_state, reason)
        arn, now = str(alarm["AlarmArn"]), time.time()
        first = {"value": old_state, "reason": "Unchecked: Initial alarm creation", "timestamp": now}
        previous = before.get(arn, first) | {"value": old_state}
        before[arn] = {"value": new_state, "reason": reason, "timestamp": now}
        actions = alarm.get(_ACTIONS.get(new_state, "")) or () if alarm.get("ActionsEnabled", True) else ()
        tell(
            StateChange(
                account_id=attach.current_account(),
                region=attach.current_region(),
                alarm=dict(alarm),
                previous=previous,
                actions=tuple(actions),
            )
        )

    cloudwatch._dispatch_alarm_actions = dispatch_and_tell


def metric_alarms(account_id: str) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Return (Region, alarm as DescribeAlarms shows it) of every metric alarm; the alarms are MiniStack's own, to be read only."""
    from ministack.services import cloudwatch

    return tuple((region, alarm) for (owner, region, _), alarm in cloudwatch._alarms.all_items() if owner == account_id)


def statistics_of(
    account_id: str, region: str, alarm: Mapping[str, Any], statistic: str, windows: Sequence[tuple[float, float]]
) -> tuple[float | None, ...]:
    """Return the statistic of an alarm's metric over each window of (from, until) in seconds, None where nothing was put.

    The windows are given newest first and follow each other.
    """
    from ministack.services import cloudwatch

    dimensions = cloudwatch._dims_key(cloudwatch._dims_from_list(alarm.get("Dimensions") or []))
    points = cloudwatch._metrics.get_scoped(account_id, region, (alarm["Namespace"], alarm["MetricName"], dimensions)) or ()
    oldest = windows[-1][0]
    recent = [point for point in points if point["Timestamp"] >= oldest]
    values: list[float | None] = []
    for start, end in windows:
        within = [point for point in recent if start <= point["Timestamp"] < end]
        found = cloudwatch._calc_stats(within)
        values.append(cloudwatch._stat_value(found, statistic, within) if found else None)
    return tuple(values)


def hear_functions_logs(hear: Callable[[str, str, str], None]) -> None:
    """Call `hear(account, Region, text)` with what a function has written to its log in one invocation."""
    from ministack.services import lambda_svc

    emit = lambda_svc._emit_lambda_logs

    def emit_and_hear(function: dict[str, Any], request_id: str, text: str, *rest: Any, **options: Any) -> None:
        emit(function, request_id, text, *rest, **options)
        _, _, _, region, account_id, *_ = str((function.get("config") or function).get("FunctionArn", ":::::")).split(":")
        hear(account_id, region, text or "")

    lambda_svc._emit_lambda_logs = emit_and_hear


def put_metric(
    account_id: str, region: str, namespace: str, name: str, value: float, unit: str, dimensions: Mapping[str, str], timestamp: float
) -> None:
    """Put one value of a metric, `timestamp` in seconds since the epoch."""
    from ministack.services import cloudwatch

    with attach.scope(account_id, region):
        cloudwatch._store_datum(namespace, name, dict(dimensions), timestamp, unit, value, None, None, None)


def move_alarm(region: str, account_id: str, alarm: dict[str, Any], state: str, reason: str) -> None:
    """Put a metric alarm into another state: record it, take its actions, and look at the composite alarms above it."""
    from ministack.services import cloudwatch

    with attach.scope(account_id, region):
        old_state = alarm["StateValue"]
        alarm |= {"StateValue": state, "StateReason": reason, "StateUpdatedTimestamp": int(time.time())}
        cloudwatch._record_history(alarm["AlarmName"], old_state, state, reason)
        cloudwatch._dispatch_alarm_actions(alarm, old_state, state, reason)
        cloudwatch._evaluate_parent_alarms(alarm)


def record_action(account_id: str, region: str, alarm: Mapping[str, Any], action: str, error: str = "") -> None:
    """Let DescribeAlarmHistory tell that an action was taken, or why it was not."""
    from ministack.services import cloudwatch

    told = f"Failed to execute action {action}. Received error: {error}" if error else f"Successfully executed action {action}"
    data = {"actionState": "Failed" if error else "Succeeded", "notificationResource": action, "error": error or None}
    with attach.scope(account_id, region):
        cloudwatch._history_entries().append(
            {
                "AlarmName": alarm["AlarmName"],
                "AlarmType": "CompositeAlarm" if "AlarmRule" in alarm else "MetricAlarm",
                "Timestamp": cloudwatch._ts_iso(time.time()),
                "HistoryItemType": "Action",
                "HistorySummary": told,
                "HistoryData": json.dumps(data),
            }
        )


def policy_lets_in(policy: str, service: str, action: str, resource_arn: str, context: Mapping[str, str]) -> bool:
    """Tell whether a resource's policy, a JSON text, allows an AWS service such as `cloudwatch.amazonaws.com` an action on it."""
    from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy

    asked = EvalContext(
        principal_arn=service,
        principal_type="Service",
        principal_account=context.get("aws:SourceAccount", ""),
        action=action,
        resource_arn=resource_arn,
        region=resource_arn.split(":")[3],
        service_context={key.lower(): value for key, value in context.items()},
    )
    return bool(evaluate_resource_policy(policy, asked, service).decision == "Allow")


def know_the_namespace_of_metrics() -> None:
    """Let policies judge PutMetricData by `cloudwatch:namespace`, whether it came as JSON or as a form.

    Source: "Using condition keys to limit access to CloudWatch namespaces", Amazon CloudWatch User Guide.
    """
    from ministack.core import iam_actions

    tags_of = iam_actions.request_tag_context

    def with_namespace(service: str, iam_action: str, body: bytes, params: dict[str, Any]) -> dict[str, Any]:
        context: dict[str, Any] = tags_of(service, iam_action, body, params)
        return context | {"cloudwatch:namespace": _namespace(body, params)} if iam_action == "cloudwatch:PutMetricData" else context

    iam_actions.request_tag_context = with_namespace


def _namespace(body: bytes, params: dict[str, Any]) -> str:
    named = params.get("Namespace")
    if named:
        return str(named[0] if isinstance(named, list) else named)
    try:
        content = json.loads(body)
    except ValueError:
        return ""
    return str(content.get("Namespace", "")) if isinstance(content, dict) else ""
