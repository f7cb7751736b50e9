"""API Gateway's own answers: gateway responses of the body, status codes, request ids, and functions that fail."""

from __future__ import annotations

import json

import pytest

from tests.support.embedded import EmbeddedAws
from tests.support.rest_apis import RestApi, api_body, deploy_api, problem


@pytest.fixture(scope="module")
def plain(embedded_aws: EmbeddedAws) -> RestApi:
    """An API without answers of its own."""
    return deploy_api(embedded_aws, api_body())


@pytest.fixture(scope="module")
def customised(embedded_aws: EmbeddedAws) -> RestApi:
    """An API whose refusals are problem documents; an unknown route is 404."""
    responses = {
        "UNAUTHORIZED": problem("unauthorized", statusCode=401),
        "ACCESS_DENIED": problem("denied", statusCode="403"),
        "MISSING_AUTHENTICATION_TOKEN": problem("not-found", statusCode=404),
        "BAD_REQUEST_BODY": problem("bad-body", statusCode=400),
        "BAD_REQUEST_PARAMETERS": problem("bad-parameters", statusCode=400),
        "DEFAULT_4XX": problem("refused"),
        "DEFAULT_5XX": problem("failed"),
    }
    return deploy_api(embedded_aws, api_body(gateway_responses=responses))


def test_unknown_route_is_a_missing_token(plain: RestApi) -> None:
    """API Gateway takes an unknown route for an unsigned call."""
    answer = plain.ask("/nowhere")

    assert (answer.status, json.loads(answer.body)) == (403, {"message": "Missing Authentication Token"})
    assert answer.headers["x-amzn-errortype"] == "MissingAuthenticationTokenException"


@pytest.mark.parametrize(
    ("path", "key", "status", "kind", "detail"),
    [
        pytest.param("/nowhere", "", 404, "not-found", "Missing Authentication Token", id="unknown route"),
        pytest.param("/guarded", "", 401, "unauthorized", "Unauthorized", id="no key"),
        pytest.param("/guarded", "bad", 403, "denied", "User is not authorized", id="key refused"),
        pytest.param("/guarded", "broken", 500, "failed", None, id="authorizer failed"),
        pytest.param("/crash", "", 502, "failed", "Internal server error", id="function failed"),
        pytest.param("/malformed", "", 502, "failed", "Internal server error", id="function answered no proxy response"),
    ],
)
def test_refusals_are_answered_as_declared(customised: RestApi, path: str, key: str, status: int, kind: str, detail: str | None) -> None:
    """Status, headers and template are the body's, the family's where the type has none of its own."""
    answer = customised.ask(path, headers={"x-api-key": key} if key else {})

    document = json.loads(answer.body)
    assert (answer.status, answer.headers["content-type"], answer.headers["x-kind"]) == (status, "application/problem+json", kind)
    assert (document["kind"], document["id"], document["on"]) == (kind, answer.headers["x-amzn-requestid"], customised.domain)
    assert (document["detail"] or "").startswith(detail or "")
    assert b"secret detail" not in answer.body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
def test_method_any_stands_for_those_a_path_does_not_name(customised: RestApi, method: str) -> None:
    """A mock answers with its response's status, headers and template, the call's own values filled in."""
    answer = customised.ask("/open", method=method)

    assert (answer.status, answer.headers["allow"], answer.headers["content-type"]) == (405, "GET", "application/problem+json")
    if method != "HEAD":
        assert json.loads(answer.body) == {"id": answer.headers["x-amzn-requestid"]}


def test_mock_that_passes_nothing_through_refuses_other_content_types(customised: RestApi) -> None:
    """`passthroughBehavior: never` is a 415 where no template is for the type."""
    answer = customised.ask("/open", method="PUT", body=b"x", headers={"Content-Type": "text/plain"})

    assert (answer.status, json.loads(answer.body)["kind"]) == (415, "refused")


def test_method_that_is_named_is_not_any(customised: RestApi) -> None:
    """GET reaches its function."""
    assert customised.ask("/open").status == 200


def test_accepted_key_reaches_the_function_with_what_the_authorizer_said(customised: RestApi) -> None:
    """A good key gets through, and the call has one id for caller and function."""
    answer = customised.ask("/guarded", headers={"x-api-key": "good"})

    context = answer.event["requestContext"]
    assert (answer.status, context["authorizer"]["version"]) == (200, "7")
    assert context["requestId"] == answer.headers["x-amzn-requestid"]


def test_answers_of_a_failing_function_stay_inside(plain: RestApi) -> None:
    """Without an answer of its own, an API still says nothing of what its function said."""
    answer = plain.ask("/crash")

    assert (answer.status, json.loads(answer.body)) == (502, {"message": "Internal server error"})


def test_gateway_response_put_by_hand_works_from_the_next_deployment(embedded_aws: EmbeddedAws) -> None:
    """PutGatewayResponse changes the API; CreateDeployment makes it heard."""
    api = deploy_api(embedded_aws, api_body())
    client, api_id = embedded_aws.clients("apigateway"), api.stack.outputs["ApiId"]
    client.put_gateway_response(
        restApiId=api_id, responseType="UNAUTHORIZED", statusCode="418", responseTemplates={"application/json": "{}"}
    )
    before = api.ask("/guarded").status
    client.create_deployment(restApiId=api_id, stageName="live")

    assert (before, api.ask("/guarded").status) == (401, 418)


def test_body_over_ten_megabytes_is_refused(customised: RestApi) -> None:
    """API Gateway's own limit, whatever the API says."""
    answer = customised.ask("/order", method="POST", body=b"x" * (10 * 1024 * 1024 + 1), headers={"Idempotency-Key": "k"})

    assert (answer.status, json.loads(answer.body)["kind"]) == (413, "refused")
