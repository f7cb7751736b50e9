"""Alarms that are alive: judged by their own minute, told to topics and functions, followed by the alarms above them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.edges import a_function, function_trust
from tests.support.embedded import EmbeddedAws, running_embedded_aws
from tests.support.stacks import deploy, unique

# A minute passes in half a second.
TIME_SCALE = 120.0
WAIT_SECONDS_MAX = 30.0

_LISTENER = """
import json
import os
import boto3

def handle(event, context):
    boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE"], MessageBody=json.dumps(event))
"""


_WRITER = """
import json
import time

def handle(event, context):
    metric = {"Namespace": event["namespace"], "Dimensions": [["Till"]], "Metrics": [{"Name": "Failed", "Unit": "Count"}]}
    print(json.dumps({"_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [metric]}, "Till": "one", "Failed": 1}))
"""


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    """An embedded AWS whose minutes are short."""
    with running_embedded_aws(tmp_path_factory.mktemp("alarms"), time_scale=TIME_SCALE) as running:
        yield running


def an_alarm(namespace: str, **properties: Any) -> dict[str, Any]:
    """Return an alarm that sounds when 2 of 3 minutes of `Failed` of the till `one` are above nought."""
    own = {
        "Namespace": namespace,
        "MetricName": "Failed",
        "Dimensions": [{"Name": "Till", "Value": "one"}],
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": 2,
        "Threshold": 0,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": own | properties}


def listeners(aws: EmbeddedAws, *, lets_in: str = "lambda.alarms.cloudwatch.amazonaws.com") -> dict[str, Any]:
    """Return a topic and a function, each of which puts what it hears into a queue of its own."""
    queue_arn = {"Fn::GetAtt": ["Heard", "Arn"]}
    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue_arn}
    policy = {"PolicyName": "tell", "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    return {
        "Topic": {"Type": "AWS::SNS::Topic"},
        "Noticed": {"Type": "AWS::SQS::Queue"},
        "Subscription": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {"TopicArn": {"Ref": "Topic"}, "Protocol": "sqs", "Endpoint": {"Fn::GetAtt": ["Noticed", "Arn"]}},
        },
        "Letterbox": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {
                "Queues": [{"Ref": "Noticed"}],
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "sns.amazonaws.com"},
                            "Action": "sqs:SendMessage",
                            "Resource": {"Fn::GetAtt": ["Noticed", "Arn"]},
                        }
                    ],
                },
            },
        },
        "Heard": {"Type": "AWS::SQS::Queue"},
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": function_trust(), "Policies": [policy]}},
        "Listener": a_function(aws, "us-east-1", _LISTENER, Environment={"Variables": {"QUEUE": {"Ref": "Heard"}}}),
        "Permission": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "FunctionName": {"Ref": "Listener"},
                "Action": "lambda:InvokeFunction",
                "Principal": lets_in,
                "SourceAccount": {"Ref": "AWS::AccountId"},
            },
        },
    }


QUEUES = {"Noticed": {"Ref": "Noticed"}, "Heard": {"Ref": "Heard"}, "Listener": {"Fn::GetAtt": ["Listener", "Arn"]}}
ACTIONS = [{"Ref": "Topic"}, {"Fn::GetAtt": ["Listener", "Arn"]}]


def state(aws: EmbeddedAws, name: str) -> str:
    """Return the state an alarm is in."""
    found = aws.clients("cloudwatch").describe_alarms(AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    return str((found["MetricAlarms"] + found["CompositeAlarms"])[0]["StateValue"])


def until(holds: Callable[[], Any]) -> Any:
    """Return what `holds` answers once it is something; its last answer when that takes too long."""
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    while not (answer := holds()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return answer


def received(aws: EmbeddedAws, queue: str) -> list[dict[str, Any]]:
    """Return the messages waiting in a queue."""
    messages = aws.clients("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages") or []
    return [json.loads(message["Body"]) for message in messages]


def put(aws: EmbeddedAws, namespace: str, value: float, till: str = "one") -> None:
    """Put a value of `Failed` of a till, now."""
    datum = {"MetricName": "Failed", "Value": value, "Dimensions": [{"Name": "Till", "Value": till}]}
    aws.clients("cloudwatch").put_metric_data(Namespace=namespace, MetricData=[datum])


def keep_putting(aws: EmbeddedAws, namespace: str, value: float, name: str, wanted: str) -> str:
    """Put a value again and again, beside another till's failures, until an alarm is in the state wanted; return its state then."""

    def put_and_look() -> bool:
        put(aws, namespace, value)
        put(aws, namespace, 7, till="another")
        return state(aws, name) == wanted

    until(put_and_look)
    return state(aws, name)


def test_alarm_follows_its_metric_and_the_one_above_follows_it(aws: EmbeddedAws) -> None:
    """Up and down again; another till's failures are not this alarm's."""
    namespace, name = unique("Tills"), unique("failed")
    above = {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": {"AlarmName": f"{name}-above", "AlarmRule": f"ALARM({name})"}}
    resources = {"Alarm": an_alarm(namespace, AlarmName=name), "Above": above | {"DependsOn": "Alarm"}}
    deploy(aws, resources)

    good = keep_putting(aws, namespace, 0, name, "OK")
    bad = keep_putting(aws, namespace, 1, name, "ALARM")
    above_bad = until(lambda: state(aws, f"{name}-above") == "ALARM")
    silent = until(lambda: state(aws, name) == "INSUFFICIENT_DATA")

    assert (good, bad, above_bad, silent) == ("OK", "ALARM", True, True)
    assert state(aws, f"{name}-above") == "OK"


def test_change_of_state_is_told_to_a_topic_and_to_a_function(aws: EmbeddedAws) -> None:
    """The topic's subscribers read of it; the function gets CloudWatch's own event."""
    namespace, name = unique("Tills"), unique("failed")
    alarm = an_alarm(namespace, AlarmName=name, AlarmActions=ACTIONS, AlarmDescription="A till failed.")
    stack = deploy(aws, listeners(aws) | {"Alarm": alarm}, QUEUES)

    keep_putting(aws, namespace, 1, name, "ALARM")
    heard = until(lambda: received(aws, stack.outputs["Heard"]))
    noticed = until(lambda: received(aws, stack.outputs["Noticed"]))

    assert [json.loads(one["Message"])["NewStateValue"] for one in noticed] == ["ALARM"]
    assert len(heard) == 1
    event, told = heard[0], heard[0]["alarmData"]
    assert (event["source"], event["region"], event["accountId"]) == ("aws.cloudwatch", "us-east-1", "111122223333")
    assert event["alarmArn"] == f"arn:aws:cloudwatch:us-east-1:111122223333:alarm:{name}"
    assert (told["alarmName"], told["state"]["value"], told["previousState"]["value"]) == (name, "ALARM", "INSUFFICIENT_DATA")
    assert told["configuration"]["metrics"][0]["metricStat"]["metric"] == {
        "namespace": namespace,
        "name": "Failed",
        "dimensions": {"Till": "one"},
    }
    assert _history(aws, name) == {f"Successfully executed action {arn}" for arn in _actions(aws, name)}


def test_alarm_follows_a_metric_that_a_function_writes_into_its_log(aws: EmbeddedAws) -> None:
    """In CloudWatch's embedded metric format: no call, and no right to make one."""
    name, namespace = unique("failed"), unique("Tills")
    stack = deploy(aws, {**listeners(aws), "Writer": a_function(aws, "us-east-1", _WRITER)}, {"Writer": {"Ref": "Writer"}})
    deploy(aws, {"Alarm": an_alarm(namespace, AlarmName=name, EvaluationPeriods=1, DatapointsToAlarm=1)})

    def write_and_look() -> bool:
        aws.clients("lambda").invoke(FunctionName=stack.outputs["Writer"], Payload=json.dumps({"namespace": namespace}))
        return state(aws, name) == "ALARM"

    assert until(write_and_look)


def test_composite_alarm_calls_a_function(aws: EmbeddedAws) -> None:
    """The event carries the rule."""
    name = unique("failed")
    rule = f"ALARM({name})"
    above = {"AlarmName": f"{name}-above", "AlarmRule": rule, "AlarmActions": ACTIONS, "ActionsEnabled": True}
    resources = {
        "Alarm": an_alarm(unique("Tills"), AlarmName=name),
        "Above": {"Type": "AWS::CloudWatch::CompositeAlarm", "DependsOn": "Alarm", "Properties": above},
    }
    stack = deploy(aws, listeners(aws) | resources, QUEUES)

    aws.clients("cloudwatch").set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="as told")
    [event] = until(lambda: received(aws, stack.outputs["Heard"]))

    assert event["alarmData"]["alarmName"] == f"{name}-above"
    assert event["alarmData"]["configuration"] == {"alarmRule": rule}
    assert event["alarmData"]["state"]["value"] == "ALARM"


def test_alarm_whose_actions_are_disabled_tells_nobody(aws: EmbeddedAws) -> None:
    """Of two times it sounds, the function hears of the one after its actions were enabled."""
    name, cloudwatch = unique("failed"), aws.clients("cloudwatch")
    alarm = an_alarm(unique("Tills"), AlarmName=name, ActionsEnabled=False, AlarmActions=[ACTIONS[1]])
    stack = deploy(aws, listeners(aws) | {"Alarm": alarm}, QUEUES)

    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="unheard")
    cloudwatch.enable_alarm_actions(AlarmNames=[name])
    for told in ("OK", "ALARM"):
        cloudwatch.set_alarm_state(AlarmName=name, StateValue=told, StateReason="heard")
    heard = until(lambda: received(aws, stack.outputs["Heard"]))

    assert [event["alarmData"]["state"]["reason"] for event in heard] == ["heard"]
    assert len(_history(aws, name)) == 1


def test_function_that_lets_somebody_else_in_is_not_called(aws: EmbeddedAws) -> None:
    """The alarm's history says why."""
    name = unique("failed")
    alarm = an_alarm(unique("Tills"), AlarmName=name, AlarmActions=[ACTIONS[1]])
    stack = deploy(aws, listeners(aws, lets_in="events.amazonaws.com") | {"Alarm": alarm}, QUEUES)

    aws.clients("cloudwatch").set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="as told")
    history = until(lambda: _history(aws, name))

    assert "is not authorized to perform: lambda:InvokeFunction" in str(history)
    assert received(aws, stack.outputs["Heard"]) == []


def _actions(aws: EmbeddedAws, name: str) -> list[str]:
    return list(aws.clients("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["AlarmActions"])


def _history(aws: EmbeddedAws, name: str) -> set[str]:
    found = aws.clients("cloudwatch").describe_alarm_history(AlarmName=name, HistoryItemType="Action")
    return {item["HistorySummary"] for item in found["AlarmHistoryItems"]}
