"""What an alarm does when its state changes: a function is called as CloudWatch calls it; topics are MiniStack's to tell.

CloudWatch calls under its own name, so the function's policy has to let `lambda.alarms.cloudwatch.amazonaws.com` in; what became of each
action is in the alarm's history. Actions other than functions and topics are not taken. Source: "Invoke a Lambda function from an
alarm", Amazon CloudWatch User Guide.
"""

from __future__ import annotations

import json
import sys
import threading
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from deployer.local import attach, attach_alarms
from deployer.local.attach_alarms import StateChange
from deployer.local.own_calls import own_client

CALLER: Final = "lambda.alarms.cloudwatch.amazonaws.com"


def register() -> None:
    """Judge alarms and deliver their actions here from now on."""
    attach.verify(attach_alarms.SEAMS)
    attach_alarms.judge_nothing_when_data_comes()
    attach_alarms.know_the_namespace_of_metrics()
    attach_alarms.announce_state_changes(take_actions)


def take_actions(change: StateChange) -> None:
    """Take a state change's actions without holding up whoever brought it about."""
    for action in change.actions:
        service = action.split(":")[2] if action.startswith("arn:") else ""
        if service == "sns":
            attach_alarms.record_action(change.account_id, change.region, change.alarm, action)
        elif service == "lambda":
            threading.Thread(target=_call, args=(change, action), name="alarm-action", daemon=True).start()


def event_of(change: StateChange) -> dict[str, Any]:
    """Return the event a function gets: the alarm, its state and the one before, and what it looks at."""
    alarm = change.alarm
    state = {"value": alarm["StateValue"], "reason": alarm.get("StateReason", ""), "timestamp": _moment(alarm["StateUpdatedTimestamp"])}
    if alarm.get("StateReasonData"):
        state["reasonData"] = alarm["StateReasonData"]
    return {
        "source": "aws.cloudwatch",
        "alarmArn": alarm["AlarmArn"],
        "accountId": change.account_id,
        "time": state["timestamp"],
        "region": change.region,
        "alarmData": {
            "alarmName": alarm["AlarmName"],
            "state": state,
            "previousState": {**change.previous, "timestamp": _moment(change.previous["timestamp"])},
            "configuration": _configuration(alarm),
        },
    }


def _call(change: StateChange, function_arn: str) -> None:
    """Invoke a function of the alarm's own account, asynchronously, and record how that went."""
    error = ""
    try:
        with attach.scope(change.account_id, change.region):
            client = own_client("lambda", function_arn.split(":")[3])
        context = {"aws:SourceArn": str(change.alarm["AlarmArn"]), "aws:SourceAccount": change.account_id}
        if attach_alarms.policy_lets_in(_policy(client, function_arn), CALLER, "lambda:InvokeFunction", function_arn, context):
            client.invoke(FunctionName=function_arn, InvocationType="Event", Payload=json.dumps(event_of(change)).encode())
        else:
            error = f"CloudWatch Alarms is not authorized to perform: lambda:InvokeFunction on the resource: {function_arn}"
    except (ClientError, BotoCoreError) as problem:
        error = str(problem)
    if error:
        print(f"alarm {change.alarm['AlarmName']}: {error}", file=sys.stderr, flush=True)
    attach_alarms.record_action(change.account_id, change.region, change.alarm, function_arn, error)


def _policy(client: Any, function_arn: str) -> str:
    """Return the policy of a function, or of the version or alias an ARN names; one that lets nobody in when there is none."""
    parts = function_arn.split(":")
    qualifier = {"Qualifier": parts[7]} if len(parts) > 7 else {}
    try:
        return str(client.get_policy(FunctionName=parts[6], **qualifier)["Policy"])
    except client.exceptions.ResourceNotFoundException:
        return '{"Version": "2012-10-17", "Statement": []}'


def _configuration(alarm: Mapping[str, Any]) -> dict[str, Any]:
    described = {"description": alarm["AlarmDescription"]} if alarm.get("AlarmDescription") else {}
    if "AlarmRule" in alarm:
        return described | {"alarmRule": alarm["AlarmRule"]}
    metric = {
        "namespace": alarm.get("Namespace"),
        "name": alarm.get("MetricName"),
        "dimensions": {one["Name"]: one["Value"] for one in alarm.get("Dimensions") or ()},
    }
    stat = {"metric": metric, "period": alarm.get("Period"), "stat": alarm.get("ExtendedStatistic") or alarm.get("Statistic")}
    return described | {"metrics": [{"id": str(uuid.uuid4()), "metricStat": stat, "returnData": True}]}


def _moment(seconds: float) -> str:
    """Return a time as CloudWatch writes it in events: milliseconds, and the offset without a colon."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"
