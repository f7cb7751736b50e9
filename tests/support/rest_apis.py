"""Small REST APIs on an embedded AWS, with an authorizer, checks, answers of their own and an access log, called over TLS."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from tests.support.edges import Answer, a_function, ask, function_trust
from tests.support.embedded import EmbeddedAws
from tests.support.stacks import Stack, deploy

# Function and authorizer in one: what comes with a method's ARN is asked to judge, by the key it was shown.
SOURCE = """
import json
def handle(event, context):
    key = (event.get("headers") or {}).get("x-api-key", "")
    if "methodArn" in event:
        if key == "broken":
            raise RuntimeError("secret detail")
        if key == "unsure":
            raise Exception("Unauthorized")
        statement = {"Action": "execute-api:Invoke", "Effect": "Allow" if key == "good" else "Deny", "Resource": "*"}
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        return {"principalId": "someone", "policyDocument": policy, "context": {"version": "7"}}
    if event["path"] == "/crash":
        raise RuntimeError("secret detail")
    if event["path"] == "/malformed":
        return {"hello": "world"}
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(event)}
"""

_CALLED = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Echo.Arn}/invocations"
FORMAT = (
    '{"id": "$context.requestId", "status": "$context.status", "path": "$context.path", "route": "$context.resourcePath", '
    '"kind": "$context.error.responseType", "source": "$context.identity.sourceIp", "principal": "$context.authorizer.principalId", '
    '"domain": "$context.domainName", "length": "$context.responseLength", "nothing": "$context.wafResponseCode"}'
)


def api_body(**extensions: Any) -> dict[str, Any]:
    """Return an OpenAPI body with an open route, a guarded one, one that checks its requests, and two whose function misbehaves.

    The open route answers other methods than GET by a mock.

    A keyword `gateway_responses` becomes `x-amazon-apigateway-gateway-responses`, and so on.
    """
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": {"Fn::Sub": _CALLED}}
    operation: dict[str, Any] = {"x-amazon-apigateway-integration": integration}
    order = {
        "type": "object",
        "additionalProperties": False,
        "required": ["amount"],
        "properties": {
            "amount": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
            "currency": {"$ref": "#/components/schemas/Currency"},
        },
    }
    checked = operation | {
        "parameters": [{"name": "Idempotency-Key", "in": "header", "required": True}],
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}},
        "x-amazon-apigateway-request-validator": "all",
    }
    authorizer = {"type": "request", "identitySource": "method.request.header.x-api-key", "authorizerUri": {"Fn::Sub": _CALLED}}
    return {
        "openapi": "3.0.1",
        "info": {"title": "orders", "version": "1"},
        "paths": {
            "/open": {"get": operation, "x-amazon-apigateway-any-method": {"x-amazon-apigateway-integration": a_mock()}},
            "/guarded": {"get": operation | {"security": [{"Key": []}]}},
            "/order": {"post": checked},
            "/crash": {"get": operation},
            "/malformed": {"get": operation},
        },
        "components": {
            "schemas": {"Order": order, "Currency": {"type": "string", "pattern": "^[A-Z]{3}$"}},
            "securitySchemes": {
                "Key": {
                    "type": "apiKey",
                    "name": "x-api-key",
                    "in": "header",
                    "x-amazon-apigateway-authtype": "custom",
                    "x-amazon-apigateway-authorizer": authorizer,
                }
            },
        },
        "x-amazon-apigateway-request-validators": {"all": {"validateRequestBody": True, "validateRequestParameters": True}},
    } | {f"x-amazon-apigateway-{name.replace('_', '-')}": value for name, value in extensions.items()}


def a_mock() -> dict[str, Any]:
    """Return an integration that answers 405 by itself, for JSON and for nothing at all."""
    answer = {
        "statusCode": "405",
        "responseParameters": {
            "method.response.header.Allow": "'GET'",
            "method.response.header.Content-Type": "'application/problem+json'",
        },
        "responseTemplates": {"application/problem+json": '{"id": "$context.requestId"}'},
    }
    return {
        "type": "mock",
        "requestTemplates": {"application/json": '{"statusCode": 405}'},
        "passthroughBehavior": "never",
        "responses": {"default": answer},
    }


def problem(kind: str, **more: Any) -> dict[str, Any]:
    """Return a gateway response that is a small problem document."""
    template = f'{{"kind": "{kind}", "id": "$context.requestId", "detail": $context.error.messageString, '
    template += '"faults": "$context.error.validationErrorString", "on": "$context.domainName"}'
    return {
        "responseParameters": {
            "gatewayresponse.header.Content-Type": "'application/problem+json'",
            "gatewayresponse.header.X-Kind": f"'{kind}'",
        },
        "responseTemplates": {"application/json": template},
    } | more


@dataclass(frozen=True, slots=True, kw_only=True)
class RestApi:
    """A deployed API and the custom domain it answers at."""

    aws: EmbeddedAws
    stack: Stack
    domain: str

    def ask(self, path: str, **options: Any) -> Answer:
        """Call a path at the API's custom domain; options as of `edges.ask`."""
        return ask(self.aws.state, self.stack.region, self.domain, path, **options)


def deploy_api(aws: EmbeddedAws, body: dict[str, Any], *, stage: dict[str, Any] | None = None, deployment: str = "First") -> RestApi:
    """Deploy an API of `body` behind a domain of its own; `stage` are more properties of its stage."""
    domain = f"api.{uuid.uuid4().hex[:8]}.example.test"
    stack = deploy(aws, _resources(aws, domain, body, stage or {}, deployment), {"ApiId": {"Ref": "Api"}})
    return RestApi(aws=aws, stack=stack, domain=domain)


def update_api(api: RestApi, body: dict[str, Any], *, stage: dict[str, Any] | None = None, deployment: str = "Second") -> RestApi:
    """Update a deployed API, with another deployment of it."""
    resources = _resources(api.aws, api.domain, body, stage or {}, deployment)
    stack = deploy(api.aws, resources, {"ApiId": {"Ref": "Api"}}, name=api.stack.name)
    return RestApi(aws=api.aws, stack=stack, domain=api.domain)


def _resources(aws: EmbeddedAws, domain: str, body: dict[str, Any], stage: dict[str, Any], deployment: str) -> dict[str, Any]:
    stage_properties = {"RestApiId": {"Ref": "Api"}, "DeploymentId": {"Ref": deployment}, "StageName": "live"} | stage
    called_by = {"FunctionName": {"Ref": "Echo"}, "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com"}
    described = {
        "Role": ("IAM::Role", {"AssumeRolePolicyDocument": function_trust()}),
        "Account": ("ApiGateway::Account", {"CloudWatchRoleArn": {"Fn::GetAtt": ["Role", "Arn"]}}),
        "MayCall": ("Lambda::Permission", called_by),
        "Log": ("Logs::LogGroup", {"LogGroupName": f"/access/{domain}"}),
        "Api": ("ApiGateway::RestApi", {"Name": "orders", "Body": body}),
        deployment: ("ApiGateway::Deployment", {"RestApiId": {"Ref": "Api"}}),
        "Certificate": ("CertificateManager::Certificate", {"DomainName": domain, "ValidationMethod": "DNS"}),
        "Domain": (
            "ApiGateway::DomainName",
            {"DomainName": domain, "RegionalCertificateArn": {"Ref": "Certificate"}, "EndpointConfiguration": {"Types": ["REGIONAL"]}},
        ),
        "Mapping": (
            "ApiGateway::BasePathMapping",
            {"DomainName": {"Ref": "Domain"}, "RestApiId": {"Ref": "Api"}, "Stage": {"Ref": "Stage"}},
        ),
    }
    resources: dict[str, Any] = {name: {"Type": f"AWS::{kind}", "Properties": properties} for name, (kind, properties) in described.items()}
    resources["Stage"] = {"Type": "AWS::ApiGateway::Stage", "DependsOn": ["Account"], "Properties": stage_properties}
    return resources | {"Echo": a_function(aws, "us-east-1", SOURCE)}
