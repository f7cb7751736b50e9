"""Where the embedded AWS holds on to MiniStack's import of REST APIs: a body is imported whole, and again in place.

MiniStack reads methods, integrations and authorizers of an OpenAPI body and nothing else, and replaces the API when its body changes.
Source: PutRestApi (mode overwrite), API Gateway API Reference; AWS::ApiGateway::RestApi, whose `Body` needs no interruption.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from deployer.local import access_logs
from deployer.local.openapi_import import ANY_METHOD, ApiDefinition, read_definition, read_integration

SEAMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (
        "ministack.services.apigateway_v1",
        (
            *("_import_rest_api", "_put_gateway_response", "_create_model", "_create_request_validator", "_delete_rest_api"),
            *("_import_operation", "_OPENAPI_HTTP_METHODS"),
            *("_resources", "_authorizers_v1", "_models", "_request_validators", "_gateway_responses", "_stages_v1", "_account_settings"),
        ),
    ),
    ("ministack.services.cloudformation.provisioners", ("_RESOURCE_HANDLERS", "_apigw_rest_api_update")),
)

_REST_API: Final = "AWS::ApiGateway::RestApi"
# What an import puts into these stores, each under the API's id, and what tells that an entry is the same as before.
_IMPORTED: Final[tuple[tuple[str, str], ...]] = (("_authorizers_v1", "name"), ("_request_validators", "name"), ("_models", "name"))


def import_bodies_whole() -> None:
    """Let the import of a body bring its request validators, models, required parameters and gateway responses too."""
    from ministack.services import apigateway_v1

    import_api = apigateway_v1._import_rest_api

    def import_whole(body: dict[str, Any], base: dict[str, Any] | None = None) -> str:
        definition = read_definition(body)
        api_id: str = import_api(body, base)
        try:
            _declare(api_id, definition)
        except ValueError:
            apigateway_v1._delete_rest_api(api_id)
            raise
        return api_id

    apigateway_v1._import_rest_api = import_whole


def import_operations_whole() -> None:
    """Let the import bring the method ANY, and an integration's templates and responses."""
    from ministack.services import apigateway_v1

    import_operation = apigateway_v1._import_operation
    apigateway_v1._OPENAPI_HTTP_METHODS.add(ANY_METHOD)

    def import_whole(api_id: str, resource_id: str, http_method: str, operation: dict[str, Any] | None, *security: Any) -> None:
        verb = "ANY" if http_method.lower() == ANY_METHOD else http_method
        import_operation(api_id, resource_id, verb, operation, *security)
        method = apigateway_v1._resources[api_id][resource_id]["resourceMethods"][verb]
        if method["methodIntegration"]:
            method["methodIntegration"] |= read_integration((operation or {})["x-amazon-apigateway-integration"])

    apigateway_v1._import_operation = import_whole


def update_bodies_in_place() -> None:
    """Let an update of a RestApi's body keep the API, its id, stages and deployments. To be called before other changes of the type."""
    from ministack.services.cloudformation import provisioners

    update_settings = provisioners._apigw_rest_api_update

    def update(
        physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str | None = None
    ) -> tuple[str, dict[str, Any]]:
        if new.get("Body") != old.get("Body") and isinstance(new.get("Body"), dict):
            _overwrite(physical_id, new["Body"])
        return update_settings(physical_id, old | {"Body": new.get("Body")}, new, stack_name, logical_id)  # type: ignore[no-any-return]

    provisioners._RESOURCE_HANDLERS[_REST_API]["update"] = update


def settle_stage(stage_name: str, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Give a stage the access log of its template; raises ValueError for one that API Gateway refuses."""
    from ministack.services import apigateway_v1

    given = new.get("AccessLogSetting") or {}
    destination, template = str(given.get("DestinationArn", "")), str(given.get("Format", ""))
    if given:
        role = (apigateway_v1._account_settings.get("settings") or {}).get("cloudwatchRoleArn") or ""
        access_logs.refuse_setting(destination, template, role)
    setting = {"destinationArn": destination.removesuffix(":*"), "format": template} if given else {}
    apigateway_v1._stages_v1[new["RestApiId"]][stage_name]["accessLogSettings"] = setting
    return {}


def _overwrite(api_id: str, body: dict[str, Any]) -> None:
    """Put a body's definition into an API. What keeps its path or name keeps its id, so that no request on its way misses anything."""
    from ministack.services import apigateway_v1

    draft_id = apigateway_v1._import_rest_api(body, {"name": "import"})
    try:
        kept: dict[str, str] = {}
        for name, sameness in _IMPORTED:
            store = getattr(apigateway_v1, name)
            drafted, standing = store.get(draft_id) or {}, store.get(api_id) or {}
            ids = _same_ids(drafted, standing, sameness)
            kept |= ids
            store[api_id] = {ids[key]: record | {"id": _own_id(record, standing, ids[key])} for key, record in drafted.items()}
        resources = apigateway_v1._resources
        ids = _same_ids(resources[draft_id], resources[api_id], "path")
        resources[api_id] = {
            ids[key]: record | {"id": ids[key], "parentId": ids.get(record["parentId"]), "resourceMethods": _methods(record, kept)}
            for key, record in resources[draft_id].items()
        }
        apigateway_v1._gateway_responses[api_id] = apigateway_v1._gateway_responses[draft_id]
    finally:
        apigateway_v1._delete_rest_api(draft_id)
        apigateway_v1._request_validators.pop(draft_id, None)


def _same_ids(drafted: Mapping[str, Any], standing: Mapping[str, Any], sameness: str) -> dict[str, str]:
    before = {record[sameness]: key for key, record in standing.items()}
    return {key: before.get(record[sameness], key) for key, record in drafted.items()}


def _own_id(record: Mapping[str, Any], standing: Mapping[str, Any], key: str) -> str:
    return str(standing.get(key, record)["id"])


def _methods(resource: Mapping[str, Any], kept: Mapping[str, str]) -> dict[str, Any]:
    return {
        verb: method | {name: kept.get(method[name], method[name]) for name in ("authorizerId", "requestValidatorId")}
        for verb, method in resource["resourceMethods"].items()
    }


def _declare(api_id: str, definition: ApiDefinition) -> None:
    from ministack.services import apigateway_v1

    validators = {}
    for validator in definition.validators:
        data = {"name": validator.name, "validateRequestBody": validator.body, "validateRequestParameters": validator.parameters}
        validators[validator.name] = _made(apigateway_v1._create_request_validator, api_id, data)["id"]
    for name, schema in definition.models.items():
        _made(apigateway_v1._create_model, api_id, {"name": name, "schema": schema})
    for kind, response in definition.gateway_responses.items():
        _made(lambda owner, data, kind=kind: apigateway_v1._put_gateway_response(owner, kind, data), api_id, dict(response))
    methods = {
        (resource["path"], verb): method
        for resource in apigateway_v1._resources[api_id].values()
        for verb, method in resource["resourceMethods"].items()
    }
    for checks in definition.methods:
        method = methods.get((checks.path.rstrip("/") or "/", checks.http_method))
        if method is not None:
            method |= {
                "requestParameters": dict(checks.parameters),
                "requestModels": dict(checks.models),
                "requestValidatorId": validators.get(checks.validator),
            }


def _made(create: Callable[..., Any], api_id: str, data: dict[str, Any]) -> dict[str, Any]:
    status, _, content = create(api_id, data)
    answer: dict[str, Any] = json.loads(content)
    if status >= 400:
        raise ValueError(f"Errors found during import: {answer.get('message', answer)}")
    return answer
