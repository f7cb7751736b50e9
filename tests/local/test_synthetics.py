"""Canaries run: by their schedule, as a function with their own role, and Synthetics' API tells how it went."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from deployer.local import shell
from tests.support.canaries import SCRIPT, a_canary, last_run_of, metrics_of, runs_of, until
from tests.support.embedded import EmbeddedAws, running_embedded_aws
from tests.support.stacks import StackFailed, delete, deploy, unique, zipped

# A minute passes in a second.
TIME_SCALE = 60.0

FAILS = """
def handler(event, context):
    raise AssertionError("the till is shut")
"""


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    """An embedded AWS whose minutes are short."""
    with running_embedded_aws(tmp_path_factory.mktemp("synthetics"), time_scale=TIME_SCALE) as running:
        yield running


def test_canary_runs_again_and_again_and_leaves_what_it_found(aws: EmbeddedAws) -> None:
    """Runs, metrics, artifacts and a log, all of them with the role's rights; nothing of it is inert any more."""
    name = unique("greets")
    stack = deploy(aws, a_canary(name), {"Id": {"Fn::GetAtt": ["Canary", "Id"]}, "Bucket": {"Ref": "Bucket"}})

    runs = until(lambda: (found := runs_of(aws, name)) and len(found) >= 3 and found)
    shown = aws.clients("synthetics").get_canary(Name=name)["Canary"]
    metrics = metrics_of(aws, name)
    [group] = aws.clients("logs").describe_log_groups(logGroupNamePrefix=f"/aws/lambda/cwsyn-{name[:21]}")["logGroups"]
    lines = aws.clients("logs").filter_log_events(logGroupName=group["logGroupName"])["events"]
    bucket, folder = runs[0]["ArtifactS3Location"].split("/", 1)
    kept = [one["Key"] for one in aws.clients("s3").list_objects_v2(Bucket=bucket, Prefix=folder)["Contents"]]

    assert {run["Status"]["State"] for run in runs} == {"PASSED"}
    assert (shown["Status"]["State"], shown["Id"], shown["Tags"]) == ("RUNNING", stack.outputs["Id"], {})
    assert "EnvironmentVariables" not in shown["RunConfig"]
    assert set(metrics["successpercent"]) == {100.0}
    assert set(metrics["failed"]) == {0.0}
    assert len(metrics["duration"]) >= 2
    assert any(f"hello from {name}" in line["message"] for line in lines)
    assert bucket == stack.outputs["Bucket"]
    assert folder.startswith(f"own/canary/us-east-1/{name}-{shown['Id']}/20")
    assert [key.rsplit("/", 1)[1].split("T")[0][:16] for key in sorted(kept)][-1] == "SyntheticsReport"
    assert stack.name not in [one["stack"] for one in shell.inert_resources(aws.state)]


def test_canary_that_fails_says_why(aws: EmbeddedAws) -> None:
    """In its run, in the metrics and in the report."""
    name = unique("fails")
    deploy(aws, a_canary(name, script=FAILS))

    [run, *_] = until(lambda: runs_of(aws, name))
    bucket, folder = run["ArtifactS3Location"].split("/", 1)
    report = json.load(aws.clients("s3").get_object(Bucket=bucket, Key=f"{folder}/SyntheticsReport-FAILED.json")["Body"])

    assert run["Status"]["StateReason"] == report["executionError"] == "AssertionError: the till is shut"
    assert (run["Status"]["State"], run["Status"]["StateReasonCode"]) == ("FAILED", "CANARY_FAILURE")
    assert set(metrics_of(aws, name)["successpercent"]) == {0.0}


@pytest.mark.parametrize("action", ["s3:PutObject", "cloudwatch:PutMetricData"])
def test_canary_may_do_what_its_role_may_and_nothing_else(aws: EmbeddedAws, action: str) -> None:
    """Without the right the run has not been carried out, and says so."""
    name = unique("barred")
    deploy(aws, a_canary(name, without=action))

    [run, *_] = until(lambda: runs_of(aws, name))

    assert run["Status"]["StateReasonCode"] == "EXECUTION_FAILURE"
    assert "AccessDenied" in run["Status"]["StateReason"]


def test_run_that_takes_too_long_is_ended_and_counts_as_failed(aws: EmbeddedAws) -> None:
    """The next run has a process of its own again."""
    name = unique("slow")
    script = "import time\n\ndef handler(event, context):\n    time.sleep(60)\n"
    deploy(aws, a_canary(name, script=script, Schedule={"Expression": "rate(0 minute)"}, RunConfig={"TimeoutInSeconds": 3}))

    [run] = until(lambda: runs_of(aws, name))

    assert run["Status"]["StateReasonCode"] == "CANARY_FAILURE"
    assert "timed out" in run["Status"]["StateReason"]
    assert metrics_of(aws, name)["failed"] == [1.0]


def test_canary_that_runs_once_stops_by_itself(aws: EmbeddedAws) -> None:
    """`rate(0 minute)`; it may be started again."""
    name, synthetics = unique("once"), aws.clients("synthetics")
    deploy(aws, a_canary(name, Schedule={"Expression": "rate(0 minute)"}))

    stopped = until(lambda: synthetics.get_canary(Name=name)["Canary"]["Status"]["State"] == "STOPPED")
    first = len(runs_of(aws, name))
    synthetics.start_canary(Name=name)
    again = until(lambda: len(runs_of(aws, name)) == 2)

    assert (stopped, first, again) == (True, 1, True)


def test_changed_code_is_what_runs_next(aws: EmbeddedAws) -> None:
    """In place: same id, same function, another version."""
    name = unique("changes")
    before = deploy(aws, a_canary(name), {"Id": {"Fn::GetAtt": ["Canary", "Id"]}})
    until(lambda: runs_of(aws, name))

    after = deploy(aws, a_canary(name, script=FAILS), {"Id": {"Fn::GetAtt": ["Canary", "Id"]}}, name=before.name)
    failed = until(lambda: runs_of(aws, name)[0]["Status"]["State"] == "FAILED")

    assert failed
    assert before.outputs == after.outputs


def test_deleted_canary_leaves_no_function(aws: EmbeddedAws) -> None:
    """It is stopped first, as CloudFormation does it; its results stay where they are."""
    name = unique("goes")
    stack = deploy(aws, a_canary(name, StartCanaryAfterCreation=False))
    functions = [one["FunctionName"] for one in aws.clients("lambda").list_functions()["Functions"]]

    delete(aws, stack)
    left = [one["FunctionName"] for one in aws.clients("lambda").list_functions()["Functions"]]

    assert any(function.startswith(f"cwsyn-{name[:21]}") for function in functions)
    assert not any(function.startswith(f"cwsyn-{name[:21]}") for function in left)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        aws.clients("synthetics").get_canary(Name=name)


@pytest.mark.parametrize(
    ("properties", "sentence"),
    [
        pytest.param({"Schedule": {"Expression": "rate(61 minutes)"}}, "rate(2 to 60 minutes)", id="rate"),
        pytest.param({"Schedule": {"Expression": "cron(61 * * * ? *)"}}, "minute must be in 0..59", id="cron"),
        pytest.param({"RuntimeVersion": "syn-nodejs-5.2"}, "is not supported", id="runtime"),
        pytest.param({"Code": {"Handler": "greet.handler", "S3Bucket": "nowhere", "S3Key": "a"}}, "reading s3://nowhere/a", id="code"),
        pytest.param({"ExecutionRoleArn": "arn:aws:iam::111122223333:role/nobody"}, "cannot be assumed by Lambda", id="role"),
        pytest.param({"Name": "Upper Case"}, "#/Name: 'Upper Case' does not match", id="form"),
    ],
)
def test_canary_that_could_not_run_is_refused(aws: EmbeddedAws, properties: dict[str, Any], sentence: str) -> None:
    """When it is made, in words, not at its first run."""
    with pytest.raises(StackFailed) as failed:
        deploy(aws, a_canary(unique("refused"), **properties))

    assert sentence in failed.value.reasons["Canary"]


def test_api_makes_starts_stops_and_deletes_a_canary(aws: EmbeddedAws) -> None:
    """As botocore models it, from code that lies in a bucket; what a state does not allow is a conflict."""
    synthetics, name, bucket = aws.clients("synthetics"), unique("byapi"), unique("code")
    role = deploy(aws, {"Role": a_canary("x")["Role"] | {"DependsOn": "Bucket"}, "Bucket": {"Type": "AWS::S3::Bucket"}}, ROLE)
    aws.clients("s3").create_bucket(Bucket=bucket)
    aws.clients("s3").put_object(Bucket=bucket, Key="greet.zip", Body=zipped(python__greet=SCRIPT))
    made = synthetics.create_canary(
        Name=name,
        Code={"S3Bucket": bucket, "S3Key": "greet.zip", "Handler": "greet.handler"},
        ArtifactS3Location=f"s3://{role.outputs['Bucket']}",
        ExecutionRoleArn=role.outputs["Role"],
        Schedule={"Expression": "rate(1 minute)"},
        RuntimeVersion="syn-python-selenium-12.0",
        RunConfig={"TimeoutInSeconds": 30, "EnvironmentVariables": {"WHOM": "api"}},
        Tags={"owner": "payments"},
    )["Canary"]

    with pytest.raises(ClientError, match="ConflictException"):
        synthetics.stop_canary(Name=name)
    synthetics.start_canary(Name=name)
    with pytest.raises(ClientError, match="ConflictException"):
        synthetics.delete_canary(Name=name)
    until(lambda: runs_of(aws, name))
    synthetics.stop_canary(Name=name)
    until(lambda: last_run_of(synthetics, name)["Status"]["State"] != "RUNNING")  # a stop lets a run end
    last = last_run_of(synthetics, name)
    [described] = synthetics.describe_canaries(Names=[name])["Canaries"]
    tags = synthetics.list_tags_for_resource(ResourceArn=f"arn:aws:synthetics:us-east-1:111122223333:canary:{name}")["Tags"]
    synthetics.delete_canary(Name=name)

    assert (made["Status"]["State"], described["Status"]["State"]) == ("READY", "STOPPED")
    assert last["Status"]["State"] == "PASSED"
    assert tags == described["Tags"] == {"owner": "payments"}
    assert {"Created", "LastStarted", "LastStopped"} <= described["Timeline"].keys()
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        synthetics.get_canary_runs(Name=name)


ROLE = {"Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Bucket": {"Ref": "Bucket"}}
