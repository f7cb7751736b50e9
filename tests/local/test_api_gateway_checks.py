"""Request validators of an API's body: required parameters, bodies by content type, and what is said of a fault."""

from __future__ import annotations

import json

import pytest

from tests.support.edges import Answer
from tests.support.embedded import EmbeddedAws
from tests.support.rest_apis import RestApi, api_body, deploy_api, problem
from tests.support.stacks import StackFailed


@pytest.fixture(scope="module")
def api(embedded_aws: EmbeddedAws) -> RestApi:
    """An API that checks orders and says why it refuses them."""
    responses = {"BAD_REQUEST_BODY": problem("body"), "BAD_REQUEST_PARAMETERS": problem("parameters")}
    return deploy_api(embedded_aws, api_body(gateway_responses=responses))


def order(api: RestApi, body: bytes, content_type: str = "application/json") -> Answer:
    """Send an order with an idempotency key."""
    return api.ask("/order", method="POST", body=body, headers={"Idempotency-Key": "k", "Content-Type": content_type})


def test_sound_request_reaches_the_function(api: RestApi) -> None:
    """Header there, body as the model says, with a parameter on its content type."""
    assert order(api, b'{"amount": 1.5, "currency": "USD"}').status == 200
    assert order(api, b'{"amount": 1.5}', "application/json; charset=utf-8").status == 200


def test_missing_header_is_named(api: RestApi) -> None:
    """A required header that is absent never reaches the function."""
    answer = api.ask("/order", method="POST", body=b'{"amount": 1}', headers={"Content-Type": "application/json"})

    document = json.loads(answer.body)
    assert (answer.status, document["kind"]) == (400, "parameters")
    assert document["detail"] == "Missing required request parameters: [Idempotency-Key]"


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        pytest.param(b"{}", 'object has missing required properties (["amount"])', id="missing"),
        pytest.param(b'{"amount": 1, "x": 1}', 'properties which are not allowed by the schema: ["x"]', id="unknown"),
        pytest.param(
            b'{"amount": "1"}',
            'instance type (string) does not match any allowed primitive type (allowed: ["integer","number"])',
            id="type",
        ),
        pytest.param(b'{"amount": 0}', "not strictly greater than the required minimum 0", id="zero"),
        pytest.param(b'{"amount": -1}', "lower than the required minimum (minimum: 0, found: -1)", id="negative"),
        pytest.param(
            b'{"amount": 1, "currency": "usd"}', 'ECMA 262 regex "^[A-Z]{3}$" does not match input string "usd"', id="referred schema"
        ),
        pytest.param(b"[]", "instance type (array)", id="no object"),
        pytest.param(b"{", "not JSON", id="no JSON"),
        pytest.param(b"", "not JSON", id="nothing"),
        pytest.param(b'{"amount": 1, "$context.requestId \\"": 1}', '["$context.requestId \\""]', id="nothing is filled in twice"),
    ],
)
def test_wrong_body_is_refused_and_says_why(api: RestApi, body: bytes, fault: str) -> None:
    """The validator's own words, as text inside the problem document."""
    answer = order(api, body)

    document = json.loads(answer.body)
    assert (answer.status, document["kind"], document["detail"].strip()) == (400, "body", "Invalid request body")
    assert fault in document["faults"]


def test_content_type_without_a_model_is_not_checked(api: RestApi) -> None:
    """F3.9: the function gets it, whatever it is."""
    answer = order(api, b"amount=1", "text/plain")

    assert (answer.status, answer.event["body"]) == (200, "amount=1")


def test_method_without_a_validator_is_not_checked(api: RestApi) -> None:
    """Declaring is not checking."""
    assert api.ask("/open", headers={"Content-Type": "application/json"}).status == 200


def test_validator_that_is_not_defined_fails_the_import(embedded_aws: EmbeddedAws) -> None:
    """And leaves no API behind."""
    before = len(embedded_aws.clients("apigateway").get_rest_apis()["items"])

    with pytest.raises(StackFailed) as failure:
        deploy_api(embedded_aws, api_body(request_validator="nobody"))

    assert failure.value.reasons["Api"].endswith("Request validator nobody is not defined")
    assert len(embedded_aws.clients("apigateway").get_rest_apis()["items"]) == before


def test_models_and_validators_are_shown(api: RestApi) -> None:
    """The control plane tells what was imported."""
    client, api_id = api.aws.clients("apigateway"), api.stack.outputs["ApiId"]

    assert {model["name"] for model in client.get_models(restApiId=api_id)["items"]} >= {"Order", "Currency"}
    assert [validator["name"] for validator in client.get_request_validators(restApiId=api_id)["items"]] == ["all"]
