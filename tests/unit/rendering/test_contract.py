"""From the plain contract to what API Gateway imports."""

from __future__ import annotations

import json

import pytest
import yaml

from deployer.rendering.contract import api_gateway_body, as_yaml
from deployer.vocabulary.errors import DeployerError
from tests.support.rendering import PROJECT

CONTRACT = (PROJECT / "templates" / "contract" / "openapi.yaml").read_text()
FUNCTIONS = {"takePayment": "PaymentAlias", "getPayment": "PaymentAlias", "getHealth": "HealthAlias", "getHold": "HoldAlias"}


def _body(**changes):
    return api_gateway_body(CONTRACT, **({"functions": FUNCTIONS, "authorizer": "AuthorizerAlias", "result_seconds": 45} | changes))


def test_every_operation_leads_to_its_function():
    """A route without an integration answers 500 to everybody."""
    health = _body()["paths"]["/health"]["get"]["x-amazon-apigateway-integration"]

    assert health["type"] == "aws_proxy"
    assert health["httpMethod"] == "POST"
    assert "${HealthAlias}/invocations" in health["uri"]["Fn::Sub"]


def test_contract_alone_has_no_extension():
    """Clients read a document that is about the API, not about who serves it."""
    assert "x-amazon" not in CONTRACT


def test_what_checkers_ask_is_all_that_is_open():
    """Checkers can send no key; everyone else must."""
    body = _body()

    open_routes = [path for path, item in body["paths"].items() for operation in item.values() if operation.get("security") == []]

    assert open_routes == ["/health", "/hold"]
    assert body["security"] == [{"ApiKey": []}]


def test_key_is_checked_by_the_authorizer_and_its_answer_kept():
    """The identity source is the header the contract names, so an answer is kept for each key apart."""
    scheme = _body()["components"]["securitySchemes"]["ApiKey"]

    assert scheme["x-amazon-apigateway-authorizer"]["identitySource"] == "method.request.header.x-api-key"
    assert scheme["x-amazon-apigateway-authorizer"]["authorizerResultTtlInSeconds"] == 45
    assert "${AuthorizerAlias}" in scheme["x-amazon-apigateway-authorizer"]["authorizerUri"]["Fn::Sub"]


@pytest.mark.parametrize("functions", [{}, FUNCTIONS | {"cancelPayment": "PaymentAlias"}], ids=["none", "one too many"])
def test_contract_and_template_must_agree(functions):
    """A route nobody serves and a function nobody calls are found when rendering, not by a caller."""
    with pytest.raises(DeployerError, match="disagree"):
        _body(functions=functions)


def _refusal(kind, status):
    """Return what API Gateway answers for a refusal of a type: the gateway response and its parsed document."""
    answer = _body(refusals=[(kind, status, "some-kind", "Some Title")])["x-amazon-apigateway-gateway-responses"][kind]
    return answer, json.loads(answer["responseTemplates"]["application/json"].replace("$context.error.messageString", '"said \\"so\\""'))


def test_refusals_are_problem_documents():
    """What API Gateway answers by itself looks like what the functions answer, its own message a JSON string."""
    answer, document = _refusal("BAD_REQUEST_PARAMETERS", 400)

    assert answer["statusCode"] == "400"
    assert answer["responseParameters"] == {"gatewayresponse.header.Content-Type": "'application/problem+json'"}
    assert document == {
        "type": "urn:payment-api:problem:some-kind",
        "title": "Some Title",
        "status": 400,
        "instance": "urn:payment-api:request:$context.extendedRequestId",
        "requestId": "$context.extendedRequestId",
        "detail": 'said "so"',
    }


@pytest.mark.parametrize(("kind", "status"), [("THROTTLED", 429), ("AUTHORIZER_FAILURE", 503), ("AUTHORIZER_CONFIGURATION_ERROR", 503)])
def test_refusals_that_pass_say_when_to_come_back(kind, status):
    """A failed authorizer has no message of its own; a caller must know that sending again is safe."""
    answer, document = _refusal(kind, status)

    assert answer["responseParameters"]["gatewayresponse.header.Retry-After"] in ("'1'", "'2'")
    assert "same Idempotency-Key" in document["detail"]


@pytest.mark.parametrize("status", [401, 403])
def test_refusals_of_a_key_name_its_header(status):
    """API Gateway's own words do not."""
    assert "x-api-key" in _refusal("SOME_TYPE", status)[1]["detail"]


def test_every_path_answers_other_methods_with_405_and_what_is_allowed():
    """API Gateway takes a method it does not know for an unknown path; by ANY each path says what it has (RFC 9110 section 15.5.6)."""
    for path, item in _body()["paths"].items():
        named = [method.upper() for method in item if not method.startswith("x-")]
        other = item["x-amazon-apigateway-any-method"]
        integration = other["x-amazon-apigateway-integration"]
        answer = integration["responses"]["default"]

        assert "security" not in other, path  # the document's own: a key
        assert (integration["type"], integration["passthroughBehavior"]) == ("mock", "never")
        assert json.loads(integration["requestTemplates"]["application/json"]) == {"statusCode": 405}
        assert answer["responseParameters"]["method.response.header.Allow"] == f"'{', '.join(sorted(named))}'"
        assert json.loads(answer["responseTemplates"]["application/problem+json"])["status"] == int(answer["statusCode"]) == 405


def test_api_gateway_checks_headers_and_leaves_bodies_to_the_function():
    """Of a wrong value its validator names no field, and its models know no additionalProperties."""
    body = _body()
    validator = body["x-amazon-apigateway-request-validators"][body["x-amazon-apigateway-request-validator"]]

    assert validator == {"validateRequestBody": False, "validateRequestParameters": True}


def test_body_has_nothing_api_gateway_cannot_read():
    """It reports links as an unsupported feature with every import."""
    assert "links" not in json.dumps(_body())


def test_default_refusals_keep_the_status_of_their_type():
    """DEFAULT_4XX stands for many statuses."""
    answer = _body(refusals=[("DEFAULT_4XX", None, "refused", "Refused")])["x-amazon-apigateway-gateway-responses"]["DEFAULT_4XX"]

    assert "statusCode" not in answer


def test_text_holds_no_alias():
    """CloudFormation does not know YAML aliases."""
    shared = {"a": 1}

    assert yaml.safe_load(as_yaml({"one": shared, "two": shared})) == {"one": {"a": 1}, "two": {"a": 1}}
    assert "&" not in as_yaml({"one": shared, "two": shared})


def test_text_writes_a_list_of_words_in_one_line():
    """A line for each currency would bury the rest."""
    assert as_yaml({"enum": ["EUR", "USD"], "kinds": [{"a": 1}]}) == "enum: [EUR, USD]\nkinds:\n- a: 1"
