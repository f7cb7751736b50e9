"""Alarms on expressions: kept, followed by composite alarms, and said to look at nothing where nobody understands them."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.local import shell
from tests.support.embedded import EmbeddedAws
from tests.support.stacks import StackFailed, delete, deploy, unique


def an_alarm(name: str, **properties: Any) -> dict[str, Any]:
    """Return an alarm on the share of errors, and a composite alarm above it."""
    metric = {"MetricStat": {"Stat": "Sum", "Period": 300, "Metric": {"Namespace": "Test", "MetricName": "Errors"}}, "ReturnData": False}
    math = {
        "AlarmName": name,
        "Metrics": [{"Id": "rate", "Expression": "errors / 100"}, {"Id": "errors", **metric}],
        "EvaluationPeriods": 1,
        "Threshold": "1",
        "ComparisonOperator": "GreaterThanThreshold",
        "Tags": [{"Key": "owner", "Value": "payments"}],
    }
    above = {"AlarmName": f"{name}-above", "AlarmRule": {"Fn::Sub": 'ALARM("${Math}")'}}
    return {
        "Math": {"Type": "AWS::CloudWatch::Alarm", "Properties": math | properties},
        "Above": {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": above},
    }


def test_composite_alarm_follows_an_alarm_on_an_expression(embedded_aws: EmbeddedAws) -> None:
    """It stands like any other, and moves when it is told to."""
    name, cloudwatch = unique("math"), embedded_aws.clients("cloudwatch")
    stack = deploy(embedded_aws, an_alarm(name), {"Arn": {"Fn::GetAtt": ["Math", "Arn"]}})

    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="as told")
    above = cloudwatch.describe_alarms(AlarmNames=[f"{name}-above"], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]

    assert stack.outputs["Arn"].endswith(f":alarm:{name}")
    assert above[0]["StateValue"] == "ALARM"


def test_alarm_changes_between_expression_and_metric_in_place(embedded_aws: EmbeddedAws) -> None:
    """Its state stays, and so does what stands above it."""
    name, cloudwatch = unique("math"), embedded_aws.clients("cloudwatch")
    stack = deploy(embedded_aws, an_alarm(name))
    plain = an_alarm(name, Namespace="Test", MetricName="Errors", Period=300, Statistic="Sum")
    del plain["Math"]["Properties"]["Metrics"]

    deploy(embedded_aws, plain, name=stack.name)
    on_a_metric = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["MetricName"]
    back = deploy(embedded_aws, an_alarm(name, Threshold="2"), name=stack.name)

    assert on_a_metric == "Errors"
    assert cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["Threshold"] == 2
    delete(embedded_aws, back)
    assert cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"] == []


@pytest.mark.parametrize(("expression", "listed"), [("errors / 100", []), ("STDDEV(errors)", ["Math"])])
def test_alarm_on_what_is_not_understood_is_listed_as_recorded_only(embedded_aws: EmbeddedAws, expression: str, listed: list[str]) -> None:
    """It looks at no metric here; nobody should take its silence for health."""
    resources = an_alarm(unique("math"))
    resources["Math"]["Properties"]["Metrics"][0]["Expression"] = expression
    stack = deploy(embedded_aws, resources)

    assert [found["logical_id"] for found in shell.inert_resources(embedded_aws.state) if found["stack"] == stack.name] == listed


def test_mistake_in_an_expression_alarm_fails_the_stack(embedded_aws: EmbeddedAws) -> None:
    """What CloudFormation's schema refuses is refused here."""
    with pytest.raises(StackFailed) as failed:
        deploy(embedded_aws, an_alarm(unique("math"), Metrics=[{"Id": "rate", "Formula": "1"}]))

    assert "Formula" in failed.value.reasons["Math"]
