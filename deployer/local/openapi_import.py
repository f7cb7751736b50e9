"""What API Gateway reads from an OpenAPI 3.0 body beyond methods, integrations and authorizers: checks, models, own answers.

Pure: a parsed body in, frozen facts out. Source: "Importing a REST API to API Gateway" and "OpenAPI extensions for API Gateway",
API Gateway Developer Guide.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

ANY_METHOD: Final = "x-amazon-apigateway-any-method"
_METHODS: Final = frozenset({"get", "put", "post", "delete", "options", "head", "patch", ANY_METHOD})
_PLACES: Final = {"header": "header", "query": "querystring", "path": "path"}
_COMPONENTS: Final = "#/components/schemas/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Validator:
    """A request validator: its name, and what it looks at."""

    name: str
    body: bool
    parameters: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodChecks:
    """What one method declares of its requests.

    `parameters` maps `method.request.header.X` and the like to whether it is required, `models` a content type to a model's name;
    `validator` is a validator's name, empty for none.
    """

    path: str
    http_method: str
    parameters: Mapping[str, bool]
    models: Mapping[str, str]
    validator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiDefinition:
    """What a body declares; `models` maps a name to its JSON schema as text, `gateway_responses` a type to PutGatewayResponse's input."""

    validators: tuple[Validator, ...]
    models: Mapping[str, str]
    methods: tuple[MethodChecks, ...]
    gateway_responses: Mapping[str, Mapping[str, Any]]


def read_definition(body: Mapping[str, Any]) -> ApiDefinition:
    """Return what `body` declares. Raises ValueError for a validator that is named but not defined, as the import does."""
    schemas: Mapping[str, Any] = (body.get("components") or {}).get("schemas") or {}
    models = {name: _model(schema, schemas) for name, schema in schemas.items()}
    validators = tuple(
        Validator(name=name, body=_true(given.get("validateRequestBody")), parameters=_true(given.get("validateRequestParameters")))
        for name, given in (body.get("x-amazon-apigateway-request-validators") or {}).items()
    )
    methods = []
    for path, item, verb, operation in _operations(body):
        of_method, inline = _models_of(operation, schemas)
        models |= inline
        methods.append(
            MethodChecks(
                path=path,
                http_method="ANY" if verb.startswith("x-") else verb.upper(),
                parameters=_parameters_of(body, item, operation),
                models=of_method,
                validator=_validator_of(body, operation, validators),
            )
        )
    responses = {kind: dict(given) for kind, given in (body.get("x-amazon-apigateway-gateway-responses") or {}).items()}
    return ApiDefinition(validators=validators, models=models, methods=tuple(methods), gateway_responses=responses)


def read_integration(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an `x-amazon-apigateway-integration` declares of templates and responses, as PutIntegration names it.

    A response's key is its selection pattern, `default` standing for none.
    """
    responses = {}
    for pattern, response in (given.get("responses") or {}).items():
        status = str(response["statusCode"])
        responses[status] = {
            "statusCode": status,
            "selectionPattern": "" if pattern == "default" else pattern,
            "responseParameters": dict(response.get("responseParameters") or {}),
            "responseTemplates": dict(response.get("responseTemplates") or {}),
        }
    return {
        "requestTemplates": dict(given.get("requestTemplates") or {}),
        "passthroughBehavior": str(given.get("passthroughBehavior") or "when_no_match").upper(),
        "integrationResponses": responses,
    }


def _operations(body: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], str, Mapping[str, Any]]]:
    for path, item in (body.get("paths") or {}).items():
        for verb, operation in item.items():
            if verb.lower() in _METHODS:
                yield path, item, verb.lower(), operation or {}


def _parameters_of(body: Mapping[str, Any], item: Mapping[str, Any], operation: Mapping[str, Any]) -> dict[str, bool]:
    found = {}
    for given in (*(item.get("parameters") or ()), *(operation.get("parameters") or ())):
        parameter = _followed(body, given)
        place = _PLACES.get(parameter.get("in", ""))
        if place:
            found[f"method.request.{place}.{parameter['name']}"] = _true(parameter.get("required"))
    return found


def _models_of(operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the method's model by content type, and the models that had to be made of schemas without a name."""
    of_method, inline = {}, {}
    for content_type, media in ((operation.get("requestBody") or {}).get("content") or {}).items():
        schema = media.get("schema") or {}
        reference = str(schema.get("$ref", ""))
        if reference.startswith(_COMPONENTS):
            of_method[content_type] = reference.removeprefix(_COMPONENTS)
        elif schema:
            text = _model(schema, schemas)
            name = "MODEL" + hashlib.sha256(text.encode()).hexdigest()[:6]
            of_method[content_type], inline[name] = name, text
    return of_method, inline


def _validator_of(body: Mapping[str, Any], operation: Mapping[str, Any], validators: tuple[Validator, ...]) -> str:
    key = "x-amazon-apigateway-request-validator"
    name = str(operation.get(key, body.get(key, "")))
    if name and name not in {validator.name for validator in validators}:
        raise ValueError(f"Request validator {name} is not defined")
    return name


def _model(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    """Return a schema as text that stands alone: what it refers to lies under its `definitions`."""
    text = json.dumps({**schema, "definitions": schemas} if _COMPONENTS in json.dumps(schema) else schema)
    return text.replace(_COMPONENTS, "#/definitions/")


def _followed(body: Mapping[str, Any], given: Mapping[str, Any]) -> Mapping[str, Any]:
    target: Any = body
    for part in str(given.get("$ref", "")).split("/")[1:]:
        target = target[part]
    return target if "$ref" in given else given


def _true(value: Any) -> bool:
    """CloudFormation hands true and false on as words."""
    return str(value).lower() == "true"
