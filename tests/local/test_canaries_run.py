"""The system's own canaries on the system as it is deployed: they pay in both Regions, and sound when one of them cannot."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deployer.local import fault_control
from deployer.local.faults import Fault, FaultKind
from deployer.rendering.render import render_system
from tests.support.canaries import metrics_of, runs_of, until
from tests.support.embedded import running_embedded_aws
from tests.support.plain_stacks import PlainStacks
from tests.support.rendering import PROJECT, an_environment

REGIONS = ("us-east-1", "us-east-2")
ROLES = dict(zip(REGIONS, ("primary", "secondary"), strict=True))
# A minute passes in six seconds: health checkers ask that much oftener, too.
TIME_SCALE = 10.0
# Four runs, and as many until all is forgotten, on a machine that has other things to do.
RUNS_SECONDS_MAX = 240.0


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlainStacks]:
    """A whole environment, live, whose canaries run every minute."""
    environment = an_environment(
        suffix="watch",
        zone={"name": "watch.example.test"},
        canaries={"interval_minutes": 1},
        retention={"on_tear_down": "delete"},
        table={"deletion_protection": False},
    )
    with running_embedded_aws(tmp_path_factory.mktemp("canaries-run"), time_scale=TIME_SCALE) as aws:
        made = PlainStacks(aws=aws, environment=environment, system=render_system(environment, source=PROJECT, build=PROJECT / "build"))
        made.apply_all()
        yield made


def names(stacks: PlainStacks, region: str) -> dict[str, str]:
    """Return the names of a Region's canaries, by whom they watch."""
    found = stacks.aws.clients("synthetics", region).describe_canaries()["Canaries"]
    kinds = {f"payment-{kind}-{ROLES[region]}-watch": kind for kind in ("own", "peer", "peer-health")}
    return {kinds[one["Name"]]: one["Name"] for one in found}


def paid(stacks: PlainStacks, region: str, name: str) -> list[dict[str, Any]]:
    """Return a canary's runs that passed, the newest first."""
    return [run for run in runs_of(stacks.aws, name, region) if run["Status"]["State"] == "PASSED"]


def state(stacks: PlainStacks, region: str, kind: str) -> str:
    """Return the state of a Region's alarm of a kind."""
    name = f"payment-{kind}-{ROLES[region]}-watch"
    found = stacks.aws.clients("cloudwatch", region).describe_alarms(AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    return str((found["MetricAlarms"] + found["CompositeAlarms"])[0]["StateValue"])


def actions(stacks: PlainStacks, region: str, kind: str) -> list[str]:
    """Return what the history of an alarm of a kind says of its actions."""
    found = stacks.aws.clients("cloudwatch", region).describe_alarm_history(
        AlarmName=f"payment-{kind}-{ROLES[region]}-watch", HistoryItemType="Action", AlarmTypes=["CompositeAlarm", "MetricAlarm"]
    )
    return [item["HistorySummary"] for item in found["AlarmHistoryItems"]]


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("watched", ["own", "peer", "peer-health"])
def test_canary_really_runs(stacks: PlainStacks, region: str, watched: str) -> None:
    """With its role's rights, over TLS, by the Region's own name; and what it did is there to be looked at."""
    name = names(stacks, region)[watched]

    passed = until(lambda: paid(stacks, region, name))
    bucket, folder = passed[0]["ArtifactS3Location"].split("/", 1)
    kept = stacks.aws.clients("s3", region).list_objects_v2(Bucket=bucket, Prefix=folder)["Contents"]

    assert 100.0 in metrics_of(stacks.aws, name, region)["successpercent"]
    assert f"/{watched.replace('-', '')}/" in f"/{folder}"
    assert len(kept) == 2


@pytest.mark.parametrize("region", REGIONS)
def test_no_canary_is_inert_or_hears_its_alarm_sound(stacks: PlainStacks, region: str) -> None:
    """All alarms come to know that one can pay."""
    for kind in ("own-canary", "watcher-doubt", "peer-canary", "peer-health-canary"):
        assert until(lambda kind=kind: state(stacks, region, kind) == "OK"), kind  # type: ignore[misc]


def test_no_key_stands_in_what_a_canary_leaves_behind(stacks: PlainStacks) -> None:
    """Neither in its log nor in its report."""
    key = json.loads(stacks.api_key("us-east-1"))["api_key"]
    name = names(stacks, "us-east-1")["own"]
    until(lambda: paid(stacks, "us-east-1", name))
    logs, s3 = stacks.aws.clients("logs"), stacks.aws.clients("s3")
    [group] = logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/cwsyn-{name[:21]}")["logGroups"]
    written = [event["message"] for event in logs.filter_log_events(logGroupName=group["logGroupName"])["events"]]
    bucket = runs_of(stacks.aws, name)[-1]["ArtifactS3Location"].split("/")[0]
    for one in s3.list_objects_v2(Bucket=bucket)["Contents"]:
        written.append(s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read().decode())

    assert any('"outcome": "paid"' in text for text in written)
    assert not any(key in text for text in written)


def test_what_canaries_pay_is_marked_as_no_business(stacks: PlainStacks) -> None:
    """In the metrics and the log of the function that took it, and in the ledger by its customer."""
    until(lambda: all(paid(stacks, region, name) for region in REGIONS for name in names(stacks, region).values() if "health" not in name))
    group = "/aws/lambda/payment-processor-primary-watch"
    messages = [event["message"] for event in stacks.aws.clients("logs").filter_log_events(logGroupName=group)["events"]]
    lines = [json.loads(message) for message in messages if message.startswith("{")]
    counted = [(line["PaymentsTaken"], line["SyntheticPaymentsTaken"]) for line in lines if "PaymentsTaken" in line]
    logged = [line.get("synthetic") for line in lines if line.get("outcome") in ("taken", "replayed")]
    items = stacks.aws.clients("dynamodb").scan(TableName="payment-transactions-watch")["Items"]

    assert total(stacks, "PaymentsTaken") == 0 < total(stacks, "SyntheticPaymentsTaken")
    assert set(counted) == {(0.0, 1.0)}
    assert set(logged) == {True}
    assert {item["customer_id"]["S"] for item in items} == {"canary-primary", "canary-secondary"}


def test_lost_region_is_called_lost_by_the_other_which_tells_its_topic_and_its_latch(stacks: PlainStacks) -> None:
    """The standby's alarms go off, the notice goes out, and traffic is held; then all is well again but for the hold."""
    until(lambda: states(stacks, "us-east-2") == ["OK", "OK", "OK"], RUNS_SECONDS_MAX)
    queue = subscribed(stacks, "us-east-2")

    with broken(stacks, Fault(kind=FaultKind.DEAD, region="us-east-1")):
        sounded = until(lambda: state(stacks, "us-east-2", "peer-lost") == "ALARM", RUNS_SECONDS_MAX)
        watching = states(stacks, "us-east-2")
        [run, *_] = runs_of(stacks.aws, names(stacks, "us-east-2")["peer"], "us-east-2")
        notices = until(lambda: [one for one in received(stacks, queue) if "peer-lost" in one["AlarmName"]])
        held = until(lambda: stacks.aws.clients("dynamodb", "us-east-2").scan(TableName="payment-hold-watch")["Items"])
    recovered = until(lambda: state(stacks, "us-east-2", "peer-lost") == "OK")

    assert sounded
    assert watching == ["OK", "ALARM", "ALARM"]
    assert run["Status"]["StateReasonCode"] == "CANARY_FAILURE"
    assert [(one["NewStateValue"], one["Region"]) for one in notices] == [("ALARM", "us-east-2")]
    assert [item["hold_id"]["S"] for item in held] == ["primary"]
    told = actions(stacks, "us-east-2", "peer-lost")
    assert any(action.startswith("Successfully") and "payment-failover-topic-secondary-watch" in action for action in told), told
    assert any(action.startswith("Successfully") and ":function:" in action for action in told), told
    assert recovered


def test_watcher_that_is_cut_off_calls_nobody_lost(stacks: PlainStacks) -> None:
    """It reaches neither Region, and so knows nothing of the other: it doubts itself first, and longer than it might misjudge."""
    until(lambda: states(stacks, "us-east-2") == ["OK", "OK", "OK"], RUNS_SECONDS_MAX)
    began = datetime.now(UTC)
    with broken(stacks, Fault(kind=FaultKind.WATCHER_CUT_OFF, region="us-east-2")):
        all_failing = until(lambda: states(stacks, "us-east-2") == ["ALARM", "ALARM", "ALARM"], RUNS_SECONDS_MAX)
    well_again = until(lambda: states(stacks, "us-east-2") == ["OK", "OK", "OK"], RUNS_SECONDS_MAX)

    assert all_failing
    assert well_again
    assert rang(stacks, "us-east-2", "peer-lost", since=began) == []


def test_canary_that_is_broken_by_itself_calls_nobody_lost(stacks: PlainStacks) -> None:
    """The other witness of that Region is well."""
    until(lambda: states(stacks, "us-east-2") == ["OK", "OK", "OK"], RUNS_SECONDS_MAX)
    began = datetime.now(UTC)
    with broken(stacks, Fault(kind=FaultKind.CANARY_BROKEN, service=names(stacks, "us-east-2")["peer"])):
        failing = until(lambda: states(stacks, "us-east-2") == ["OK", "ALARM", "OK"], RUNS_SECONDS_MAX)

    assert failing
    assert rang(stacks, "us-east-2", "peer-lost", since=began) == []


def states(stacks: PlainStacks, region: str) -> list[str]:
    """Return whether a Region doubts itself, and what its two witnesses of the other one say."""
    return [state(stacks, region, kind) for kind in ("watcher-doubt", "peer-canary", "peer-health-canary")]


def rang(stacks: PlainStacks, region: str, kind: str, *, since: datetime) -> list[str]:
    """Return what the history of a composite alarm says of its going off since then."""
    found = stacks.aws.clients("cloudwatch", region).describe_alarm_history(
        AlarmName=f"payment-{kind}-{ROLES[region]}-watch", HistoryItemType="StateUpdate", AlarmTypes=["CompositeAlarm"], StartDate=since
    )
    return [item["HistorySummary"] for item in found["AlarmHistoryItems"] if "to ALARM" in item["HistorySummary"]]


@contextmanager
def broken(stacks: PlainStacks, fault: Fault) -> Iterator[None]:
    """Break something for the time of the block."""
    fault_id = fault_control.inject(stacks.aws.state, fault)
    try:
        yield
    finally:
        fault_control.heal(stacks.aws.state, fault_id)


def total(stacks: PlainStacks, metric: str) -> float:
    """Return how often the payment function of us-east-1 has counted something."""
    now = datetime.now(UTC)
    found = stacks.aws.clients("cloudwatch").get_metric_statistics(
        Namespace="PaymentApi",
        MetricName=metric,
        Dimensions=[{"Name": "FunctionName", "Value": "payment-processor-primary-watch"}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(minutes=1),
        Period=3600,
        Statistics=["Sum"],
    )["Datapoints"]
    return sum(point["Sum"] for point in found)


def subscribed(stacks: PlainStacks, region: str) -> str:
    """Return a queue that hears what the alarms' topic of a Region says."""
    sqs, sns = stacks.aws.clients("sqs", region), stacks.aws.clients("sns", region)
    topic = next(one["TopicArn"] for one in sns.list_topics()["Topics"] if "failover-topic" in one["TopicArn"])
    queue = sqs.create_queue(QueueName="on-call")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    statement = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn}
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return str(queue)


def received(stacks: PlainStacks, queue: str) -> list[dict[str, Any]]:
    """Return the notices waiting in a queue."""
    messages = stacks.aws.clients("sqs", "us-east-2").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages") or []
    return [json.loads(json.loads(message["Body"])["Message"]) for message in messages]
