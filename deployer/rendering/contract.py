"""The OpenAPI contract, made into the body API Gateway imports.

The contract (`templates/contract/openapi.yaml`) is plain OpenAPI 3.0 that any client may read. What only API Gateway understands, the
`x-amazon-apigateway-*` extensions, is added here and nowhere else
[API Gateway Developer Guide, "OpenAPI extensions for API Gateway"].
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import yaml

from deployer.vocabulary.errors import DeployerError

_METHODS: Final = frozenset({"get", "put", "post", "delete", "options", "head", "patch"})

# How long an authorizer's answer is kept, in seconds: a revoked key works at most that long, a Region asks at most that often.
AUTHORIZER_RESULT_SECONDS: Final = 300


# Response type, status or None for the type's own, kind and title of the problem document.
Refusal = tuple[str, int | None, str, str]


def api_gateway_body(contract: str, *, functions: Mapping[str, str], authorizer: str, refusals: Sequence[Refusal] = ()) -> dict[str, Any]:
    """Return the body of `AWS::ApiGateway::RestApi` for an OpenAPI document given as YAML text.

    `functions` maps each `operationId` to the logical id of the alias that serves it, `authorizer` is the logical id of the alias
    of the function that checks keys, `refusals` what API Gateway answers without asking a function, each a problem document as RFC 9457
    defines it. Raises DeployerError when an operation has no function or a function no operation.
    """
    body: dict[str, Any] = yaml.safe_load(contract)
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
    body["x-amazon-apigateway-request-validators"] = {"all": {"validateRequestBody": True, "validateRequestParameters": True}}
    body["x-amazon-apigateway-request-validator"] = "all"
    body["x-amazon-apigateway-gateway-responses"] = {refusal[0]: _gateway_response(refusal) for refusal in refusals}
    for scheme in body["components"]["securitySchemes"].values():
        scheme["x-amazon-apigateway-authtype"] = "custom"
        scheme["x-amazon-apigateway-authorizer"] = {
            "type": "request",
            "identitySource": f"method.request.header.{scheme['name']}",
            "authorizerUri": _invocation(authorizer),
            "authorizerResultTtlInSeconds": AUTHORIZER_RESULT_SECONDS,
        }
    return body


def as_yaml(body: dict[str, Any]) -> str:
    """Return the body as YAML text at column 0, keys in the contract's order, no aliases, without a final newline."""
    return yaml.dump(body, Dumper=_WithoutAliases, sort_keys=False, allow_unicode=True, width=1000).rstrip("\n")


class _WithoutAliases(yaml.SafeDumper):
    """CloudFormation refuses YAML aliases, which PyYAML writes when a value stands in two places."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _gateway_response(refusal: Refusal) -> dict[str, Any]:
    _type, status, kind, title = refusal
    document: dict[str, Any] = {"type": f"urn:payment-api:problem:{kind}", "title": title}
    document |= {"status": status} if status else {}
    # API Gateway puts the message in as a JSON string, quotes and all.
    template = json.dumps(document | {"requestId": "$context.requestId"})[:-1] + ', "detail": $context.error.messageString}'
    response: dict[str, Any] = {"statusCode": str(status)} if status else {}
    return response | {
        "responseParameters": {"gatewayresponse.header.Content-Type": "'application/problem+json'"},
        "responseTemplates": {"application/json": template},
    }


def _invocation(logical_id: str) -> dict[str, str]:
    path = "lambda:path/2015-03-31/functions"
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:{path}/${{{logical_id}}}/invocations"}
