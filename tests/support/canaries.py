"""Canaries tests make: their code, their role and bucket, and what Synthetics says of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tests.support.edges import function_trust
from tests.support.embedded import EmbeddedAws

WAIT_SECONDS_MAX = 60.0

SCRIPT = """
import os

def handler(event, context):
    print("hello from", os.environ["WHOM"])
"""


def until(holds: Callable[[], Any], seconds_max: float = WAIT_SECONDS_MAX) -> Any:
    """Return what `holds` answers once it is something; its last answer when that takes too long."""
    deadline = time.monotonic() + seconds_max
    while not (answer := holds()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return answer


def a_canary(name: str, *, script: str = SCRIPT, without: str = "", **properties: Any) -> dict[str, Any]:
    """Return a canary with a bucket, a log group and a role of its own, which may do all a canary needs but the action `without`."""
    bucket = {"Fn::GetAtt": ["Bucket", "Arn"]}
    allowed = [
        ("s3:PutObject", {"Fn::Sub": "${Bucket.Arn}/*"}, {}),
        ("s3:GetBucketLocation", bucket, {}),
        ("cloudwatch:PutMetricData", "*", {"StringEquals": {"cloudwatch:namespace": "CloudWatchSynthetics"}}),
    ]
    statements = [
        {"Effect": "Allow", "Action": action, "Resource": resource} | ({"Condition": condition} if condition else {})
        for action, resource, condition in allowed
        if action != without
    ]
    policy = {"PolicyName": "canary", "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}
    own = {
        "Name": name,
        "Code": {"Handler": "greet.handler", "Script": script},
        "ArtifactS3Location": {"Fn::Sub": "s3://${Bucket}/own"},
        "ExecutionRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
        "Schedule": {"Expression": "rate(1 minute)"},
        "RunConfig": {"TimeoutInSeconds": 30, "EnvironmentVariables": {"WHOM": name}},
        "RuntimeVersion": "syn-python-selenium-12.0",
        "StartCanaryAfterCreation": True,
    }
    return {
        "Bucket": {"Type": "AWS::S3::Bucket"},
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": function_trust(), "Policies": [policy]}},
        "Canary": {"Type": "AWS::Synthetics::Canary", "Properties": own | properties},
        "LogGroup": {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {"LogGroupName": {"Fn::Sub": f"/aws/lambda/cwsyn-{name[:21]}-${{Canary.Id}}"}},
        },
    }


def runs_of(aws: EmbeddedAws, name: str, region: str = "us-east-1") -> list[dict[str, Any]]:
    """Return a canary's ended runs, the newest first."""
    found = aws.clients("synthetics", region).get_canary_runs(Name=name)["CanaryRuns"]
    return [run for run in found if run["Status"]["State"] != "RUNNING"]


def last_run_of(synthetics: Any, name: str) -> dict[str, Any]:
    """Return a canary's newest run, which may still be under way."""
    run: dict[str, Any] = synthetics.describe_canaries_last_run(Names=[name])["CanariesLastRun"][0]["LastRun"]
    return run


def metrics_of(aws: EmbeddedAws, name: str, region: str = "us-east-1") -> dict[str, list[float]]:
    """Return all values of each of a canary's metrics, in the order they were put."""
    now = time.time()
    queries = [
        {
            "Id": metric.lower(),
            "MetricStat": {
                "Metric": {
                    "Namespace": "CloudWatchSynthetics",
                    "MetricName": metric,
                    "Dimensions": [{"Name": "CanaryName", "Value": name}],
                },
                "Period": 1,
                "Stat": "Average",
            },
        }
        for metric in ("SuccessPercent", "Duration", "Failed")
    ]
    found = aws.clients("cloudwatch", region).get_metric_data(
        MetricDataQueries=queries, StartTime=now - 600, EndTime=now + 60, ScanBy="TimestampAscending"
    )
    return {one["Id"]: list(one["Values"]) for one in found["MetricDataResults"]}
