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
    return api_gateway_body(CONTRACT, **({"functions": FUNCTIONS, "authorizer": "AuthorizerAlias"} | changes))


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
    assert scheme["x-amazon-apigateway-authorizer"]["authorizerResultTtlInSeconds"] == 300
    assert "${AuthorizerAlias}" in scheme["x-amazon-apigateway-authorizer"]["authorizerUri"]["Fn::Sub"]


@pytest.mark.parametrize("functions", [{}, FUNCTIONS | {"cancelPayment": "PaymentAlias"}], ids=["none", "one too many"])
def test_contract_and_template_must_agree(functions):
    """A route nobody serves and a function nobody calls are found when rendering, not by a caller."""
    with pytest.raises(DeployerError, match="disagree"):
        _body(functions=functions)


def test_refusals_are_problem_documents():
    """What API Gateway answers by itself looks like what the functions answer."""
    answer = _body(refusals=[("THROTTLED", 429, "too-many-requests", "Too Many Requests")])["x-amazon-apigateway-gateway-responses"][
        "THROTTLED"
    ]
    document = json.loads(answer["responseTemplates"]["application/json"].replace("$context.error.messageString", '"Slow down"'))

    assert answer["statusCode"] == "429"
    assert answer["responseParameters"] == {"gatewayresponse.header.Content-Type": "'application/problem+json'"}
    assert document == {
        "type": "urn:payment-api:problem:too-many-requests",
        "title": "Too Many Requests",
        "status": 429,
        "requestId": "$context.requestId",
        "detail": "Slow down",
    }


def test_default_refusals_keep_the_status_of_their_type():
    """DEFAULT_4XX stands for many statuses."""
    answer = _body(refusals=[("DEFAULT_4XX", None, "refused", "Refused")])["x-amazon-apigateway-gateway-responses"]["DEFAULT_4XX"]

    assert "statusCode" not in answer


def test_text_holds_no_alias():
    """CloudFormation does not know YAML aliases."""
    shared = {"a": 1}

    assert yaml.safe_load(as_yaml({"one": shared, "two": shared})) == {"one": {"a": 1}, "two": {"a": 1}}
    assert "&" not in as_yaml({"one": shared, "two": shared})
