"""The OpenAPI contract, made into the body API Gateway imports.

The contract (`templates/contract/openapi.yaml`) is plain OpenAPI 3.0 that any client may read. What only API Gateway understands, the
`x-amazon-apigateway-*` extensions, is added here and nowhere else
[API Gateway Developer Guide, "OpenAPI extensions for API Gateway"].

**API Gateway checks that required headers are there, the function checks the rest.** API Gateway's validator could not do it well: its
models know neither `additionalProperties` nor `exclusiveMinimum` ["Important notes"], a duplicate name or 1e400 is no fault to it, and of
a wrong value it says what is wrong but not in which field. The function names every field at once, and exact decimals are its trade
anyway. Only holders of a key get that far.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import yaml

from deployer.vocabulary.errors import DeployerError

# libyaml's, where PyYAML was built with it: a fifth of the time for the same values.
_SAFE_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_METHODS: Final = frozenset({"get", "put", "post", "delete", "options", "head", "patch"})

# Refusals of these statuses say when to come back (RFC 9110 section 10.2.3): a throttle refills in a second, an outage takes longer.
RETRY_AFTER_SECONDS: Final = {429: 1, 503: 2}

_SEND_AGAIN: Final = "Send the same request again, a payment with the same Idempotency-Key: it is taken once at the most."
# Of these API Gateway's own words name no field, or mislead: an unknown path is a missing token to it.
_DETAILS: Final = {
    401: "Send the API key in the header x-api-key, once.",
    403: "The API key in the header x-api-key is not accepted.",
    404: "There is nothing at this address.",
    413: "The body is too long for a payment.",
    415: "Send application/json.",
    429: _SEND_AGAIN,
    503: _SEND_AGAIN,
}
_PROBLEM: Final = "application/problem+json"


# Response type, status or None for the type's own, kind and title of the problem document.
Refusal = tuple[str, int | None, str, str]


def api_gateway_body(
    contract: str, *, functions: Mapping[str, str], authorizer: str, result_seconds: int, refusals: Sequence[Refusal] = ()
) -> dict[str, Any]:
    """Return the body of `AWS::ApiGateway::RestApi` for an OpenAPI document given as YAML text.

    `functions` maps each `operationId` to the logical id of the alias that serves it, `authorizer` is the logical id of the alias
    of the function that checks keys, `refusals` what API Gateway answers without asking a function, each a problem document as RFC 9457
    defines it. `result_seconds` is how long the authorizer's answer is kept: longer saves invocations and outlasts more of an outage,
    shorter ends a retired key sooner; it works for this long and as long as the function itself keeps the secret.

    What the contract does not name as a method of a path is answered with 405 there. Raises DeployerError when an operation has no
    function or a function no operation.
    """
    body: dict[str, Any] = yaml.load(contract, Loader=_SAFE_LOADER)  # noqa: S506 - both are safe
    body.pop("servers", None)  # the custom domains decide where the API answers
    operations = {
        operation["operationId"]: operation for path in body["paths"].values() for method, operation in path.items() if method in _METHODS
    }
    if unmatched := set(operations) ^ set(functions):
        raise DeployerError(
            "The API contract and the template disagree",
            f"Without a counterpart: {', '.join(sorted(unmatched))}",
            "Give every operationId of templates/contract/openapi.yaml a function in templates/regional/api.j2, and the reverse.",
        )
    for name, operation in operations.items():
        operation["x-amazon-apigateway-integration"] = {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "uri": _invocation(functions[name]),
        }
        for response in operation["responses"].values():
            response.pop("links", None)  # for clients; API Gateway has no use for them
    for path in body["paths"].values():
        path["x-amazon-apigateway-any-method"] = _any_other_method(sorted(method.upper() for method in path if method in _METHODS))
    body["x-amazon-apigateway-request-validators"] = {"headers": {"validateRequestBody": False, "validateRequestParameters": True}}
    body["x-amazon-apigateway-request-validator"] = "headers"
    body["x-amazon-apigateway-gateway-responses"] = {refusal[0]: _gateway_response(refusal) for refusal in refusals}
    for scheme in body["components"]["securitySchemes"].values():
        scheme["x-amazon-apigateway-authtype"] = "custom"
        scheme["x-amazon-apigateway-authorizer"] = {
            "type": "request",
            "identitySource": f"method.request.header.{scheme['name']}",
            "authorizerUri": _invocation(authorizer),
            "authorizerResultTtlInSeconds": result_seconds,
        }
    return body


def as_yaml(body: dict[str, Any]) -> str:
    """Return the body as YAML text at column 0, keys in the contract's order, no aliases, without a final newline."""
    return yaml.dump(body, Dumper=_WithoutAliases, sort_keys=False, allow_unicode=True, width=1000).rstrip("\n")


# libyaml writes the same bytes, in a fraction of the time.
_Base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _WithoutAliases(_Base):  # type: ignore[misc]
    """CloudFormation refuses YAML aliases, which PyYAML writes when a value stands in two places; lists of words stand in one line."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _words_in_one_line(dumper: Any, values: list[Any]) -> Any:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=all(isinstance(value, str) for value in values))


_WithoutAliases.add_representer(list, _words_in_one_line)


def _gateway_response(refusal: Refusal) -> dict[str, Any]:
    _type, status, kind, title = refusal
    document = _problem(status, kind, title)
    if status in _DETAILS:
        template = json.dumps(document | {"detail": _DETAILS[status]})
    else:
        # API Gateway puts the message in as a JSON string, quotes and all.
        template = json.dumps(document)[:-1] + ', "detail": $context.error.messageString}'
    headers = {"gatewayresponse.header.Content-Type": f"'{_PROBLEM}'"}
    if status in RETRY_AFTER_SECONDS:
        headers["gatewayresponse.header.Retry-After"] = f"'{RETRY_AFTER_SECONDS[status]}'"
    response: dict[str, Any] = {"statusCode": str(status)} if status else {}
    return response | {"responseParameters": headers, "responseTemplates": {"application/json": template}}


def _any_other_method(allowed: Sequence[str]) -> dict[str, Any]:
    """Return the method ANY, which API Gateway takes for those a path does not name: 405 and what is allowed, without a function.

    Without it API Gateway answers as if the path were unknown. A mock takes its status from a template for the request's content type;
    another type is refused (415), for a mock without a status is a 500 [Developer Guide, "Mock integrations for REST APIs"].
    """
    names = ", ".join(allowed)
    document = _problem(405, "method-not-allowed", "Method Not Allowed") | {"detail": f"Allowed here: {names}."}
    headers = {"Allow": names, "Content-Type": _PROBLEM}
    declared = {name: {"schema": {"type": "string"}} for name in headers}
    answer = {
        "statusCode": "405",
        "responseParameters": {f"method.response.header.{name}": f"'{value}'" for name, value in headers.items()},
        "responseTemplates": {_PROBLEM: json.dumps(document)},
    }
    return {
        "responses": {"405": {"description": "The path has no such method.", "headers": declared}},
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "requestTemplates": {"application/json": '{"statusCode": 405}'},
            "passthroughBehavior": "never",
            "responses": {"default": answer},
        },
    }


def _problem(status: int | None, kind: str, title: str) -> dict[str, Any]:
    """Return a problem document up to its detail; both kinds of template put the call's own id in."""
    document: dict[str, Any] = {"type": f"urn:payment-api:problem:{kind}", "title": title}
    # The extended id, for the other one is the caller's to choose.
    occurrence = {"instance": "urn:payment-api:request:$context.extendedRequestId", "requestId": "$context.extendedRequestId"}
    return document | ({"status": status} if status else {}) | occurrence


def _invocation(logical_id: str) -> dict[str, str]:
    path = "lambda:path/2015-03-31/functions"
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:{path}/${{{logical_id}}}/invocations"}
