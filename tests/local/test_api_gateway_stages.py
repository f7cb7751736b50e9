"""Stages of REST APIs: access logs, throttles, and bodies that change in place."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.embedded import EmbeddedAws
from tests.support.rest_apis import FORMAT, RestApi, api_body, deploy_api, problem, update_api
from tests.support.stacks import StackFailed, deploy

LOGGED: dict[str, Any] = {"AccessLogSetting": {"DestinationArn": {"Fn::GetAtt": ["Log", "Arn"]}, "Format": FORMAT}}


def lines(api: RestApi) -> list[dict[str, Any]]:
    """Return what the API's access log holds."""
    found = api.aws.clients("logs").filter_log_events(logGroupName=f"/access/{api.domain}")["events"]
    return [json.loads(event["message"]) for event in found]


def throttle(path: str, method: str, burst: int) -> dict[str, Any]:
    """Return a method setting that lets `burst` calls through and next to nothing after them."""
    return {"ResourcePath": path, "HttpMethod": method, "ThrottlingRateLimit": 0.001, "ThrottlingBurstLimit": burst}


def test_each_call_leaves_a_line(embedded_aws: EmbeddedAws) -> None:
    """Answered or refused, with what routing, authorizer and answer were; a variable without a value is a hyphen."""
    api = deploy_api(embedded_aws, api_body(), stage=LOGGED)
    answers = [api.ask("/open?x=1"), api.ask("/guarded", headers={"x-api-key": "good"}), api.ask("/guarded"), api.ask("/nowhere")]

    logged = lines(api)
    assert [line["id"] for line in logged] == [answer.headers["x-amzn-requestid"] for answer in answers]
    assert [line["status"] for line in logged] == ["200", "200", "401", "403"]
    assert [line["route"] for line in logged] == ["/open", "/guarded", "/guarded", "-"]
    assert [line["kind"] for line in logged] == ["-", "-", "UNAUTHORIZED", "MISSING_AUTHENTICATION_TOKEN"]
    assert [line["principal"] for line in logged] == ["-", "someone", "-", "-"]
    assert [int(line["length"]) for line in logged] == [len(answer.body) for answer in answers]
    assert {(line["source"], line["domain"], line["nothing"]) for line in logged} == {("127.0.0.1", api.domain, "-")}
    assert [line["path"] for line in logged] == ["/open", "/guarded", "/guarded", "/nowhere"]


def test_metric_filter_counts_lines_of_the_log(embedded_aws: EmbeddedAws) -> None:
    """Callers of whose key nothing could be said, and neither those refused for want of one nor for a wrong one."""
    api = deploy_api(embedded_aws, api_body(), stage=LOGGED)
    counted = {"MetricName": "Failures", "MetricNamespace": api.domain, "MetricValue": "1", "DefaultValue": 0}
    properties = {
        "LogGroupName": f"/access/{api.domain}",
        "FilterPattern": '{ $.kind = "AUTHORIZER_*" }',
        "MetricTransformations": [counted],
    }
    deploy(embedded_aws, {"Filter": {"Type": "AWS::Logs::MetricFilter", "Properties": properties}})

    answers = [api.ask("/guarded", headers={"x-api-key": key}) for key in ("broken", "unsure", "bad", "good", "broken", "")]

    assert [answer.status for answer in answers] == [500, 401, 403, 200, 500, 401]
    assert _failures(embedded_aws, api.domain) == [(6.0, 2.0)]


def test_metric_filter_that_is_not_followed_fails_the_stack(embedded_aws: EmbeddedAws) -> None:
    """Rather than count everything."""
    properties = {"LogGroupName": {"Ref": "Log"}, "FilterPattern": "ERROR", "MetricTransformations": []}
    resources = {"Log": {"Type": "AWS::Logs::LogGroup"}, "Filter": {"Type": "AWS::Logs::MetricFilter", "Properties": properties}}

    with pytest.raises(StackFailed) as failure:
        deploy(embedded_aws, resources)

    assert "Only patterns of JSON lines" in failure.value.reasons["Filter"]


def test_log_setting_follows_the_template(embedded_aws: EmbeddedAws) -> None:
    """It comes and goes with an update."""
    api = deploy_api(embedded_aws, api_body())
    api.ask("/open")
    api = update_api(api, api_body(), stage=LOGGED, deployment="First")
    api.ask("/open")
    api = update_api(api, api_body(), deployment="First")
    api.ask("/open")

    assert len(lines(api)) == 1


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        pytest.param({"Format": "$context.status"}, "must contain at least '$context.requestId'", id="no request id"),
        pytest.param({"Format": FORMAT, "DestinationArn": "nowhere"}, "Invalid ARN", id="no log group"),
    ],
)
def test_log_setting_that_aws_refuses_fails_the_stage(embedded_aws: EmbeddedAws, setting: dict[str, Any], reason: str) -> None:
    """F3.6."""
    with pytest.raises(StackFailed) as failure:
        deploy_api(embedded_aws, api_body(), stage={"AccessLogSetting": LOGGED["AccessLogSetting"] | setting})

    assert reason in failure.value.reasons["Stage"]


def test_calls_over_the_limit_are_answered_429(embedded_aws: EmbeddedAws) -> None:
    """A token bucket for each method: the stage's limit for all, a method's own where its path is named."""
    settings = [throttle("/*", "*", 2), throttle("/~1guarded", "GET", 1)]
    api = deploy_api(embedded_aws, api_body(gateway_responses={"THROTTLED": problem("slow-down")}), stage={"MethodSettings": settings})

    open_calls = [api.ask("/open") for _ in range(3)]
    guarded = [api.ask("/guarded", headers={"x-api-key": "good"}).status for _ in range(2)]

    assert [answer.status for answer in open_calls] == [200, 200, 429]
    assert json.loads(open_calls[-1].body)["kind"] == "slow-down"
    assert guarded == [200, 429]


def test_changed_body_keeps_the_api(embedded_aws: EmbeddedAws) -> None:
    """Same id, resources and authorizers; routes, models and answers are the new body's."""
    api = deploy_api(embedded_aws, api_body(gateway_responses={"UNAUTHORIZED": problem("old")}))
    client, api_id = embedded_aws.clients("apigateway"), api.stack.outputs["ApiId"]
    before = {item["path"]: item["id"] for item in client.get_resources(restApiId=api_id)["items"]}
    authorizers = client.get_authorizers(restApiId=api_id)["items"]
    body = api_body(gateway_responses={"UNAUTHORIZED": problem("new")})
    body["paths"]["/added"] = body["paths"].pop("/open")
    body["components"]["schemas"]["Order"]["required"] = ["currency"]

    updated = update_api(api, body)

    after = {item["path"]: item["id"] for item in client.get_resources(restApiId=api_id)["items"]}
    sent = {"method": "POST", "body": b"{}", "headers": {"Idempotency-Key": "k", "Content-Type": "application/json"}}
    assert updated.stack.outputs["ApiId"] == api_id
    assert {path: after[path] for path in before if path != "/open"} == {path: key for path, key in before.items() if path != "/open"}
    assert client.get_authorizers(restApiId=api_id)["items"] == authorizers
    assert (api.ask("/open").status, api.ask("/added").status, api.ask("/order", **sent).status) == (403, 200, 400)
    assert json.loads(api.ask("/guarded").body)["kind"] == "new"
    assert api.ask("/guarded", headers={"x-api-key": "good"}).status == 200
    assert "import" not in [item["name"] for item in client.get_rest_apis()["items"]]


def test_body_that_cannot_be_imported_leaves_the_api_as_it_was(embedded_aws: EmbeddedAws) -> None:
    """The update is undone, and calls go on as before."""
    api = deploy_api(embedded_aws, api_body())

    with pytest.raises(StackFailed):
        update_api(api, api_body(gateway_responses={"NO_SUCH_TYPE": problem("x")}))

    assert (api.ask("/open").status, api.ask("/guarded").status) == (200, 401)


def test_change_is_not_heard_before_a_new_deployment(embedded_aws: EmbeddedAws) -> None:
    """A deployment is a snapshot (F3.7): routes, checks and answers."""
    api = deploy_api(embedded_aws, api_body())
    body = api_body(gateway_responses={"UNAUTHORIZED": problem("new")})
    body["paths"]["/added"] = body["paths"].pop("/open")
    del body["paths"]["/order"]["post"]["x-amazon-apigateway-request-validator"]

    def answers() -> list[int]:
        order = api.ask("/order", method="POST", body=b"{}", headers={"Content-Type": "application/json"})
        return [api.ask("/open").status, api.ask("/added").status, order.status]

    update_api(api, body, deployment="First")
    before = answers()
    update_api(api, body, deployment="Second")

    assert before == [200, 403, 400]
    assert answers() == [403, 200, 200]
    assert json.loads(api.ask("/guarded").body)["kind"] == "new"


def _failures(aws: EmbeddedAws, namespace: str) -> list[tuple[float, float]]:
    """Return how many lines were counted within the hour, and for how much."""
    now = datetime.now(UTC)
    found = aws.clients("cloudwatch").get_metric_statistics(
        Namespace=namespace,
        MetricName="Failures",
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=86_400,
        Statistics=["SampleCount", "Sum"],
    )
    return [(point["SampleCount"], point["Sum"]) for point in found["Datapoints"]]
