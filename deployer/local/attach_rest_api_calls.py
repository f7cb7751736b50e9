"""Where the embedded AWS holds on to MiniStack's answering of REST API calls: checks, own answers, request ids, access logs.

What MiniStack answers by itself keeps its shape; each function here says where AWS does otherwise.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
import time
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from deployer.local import access_logs
from deployer.local.attach_api_gateway import edge_request
from deployer.local.schema_faults import schema_faults

SEAMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (
        "ministack.services.apigateway_v1",
        (
            *("_handle_execute_in_scope", "_execute_in_scope", "_authorize_request_v1", "_invoke_lambda_proxy_v1"),
            *("_gateway_error_response", "_check_request_validation", "_method_throttle_settings", "_model_schema"),
            "_invoke_mock_v1",
            *("_build_lambda_event_v1", "_lambda_proxy_response", "_header_ci", "_GatewayError", "_stages_v1", "new_uuid"),
        ),
    ),
    ("ministack.services.cloudwatch_logs", ("_create_log_stream", "_put_log_events")),
)

_BODY_BYTES_MAX: Final = 10 * 1024 * 1024
_JSON: Final = "application/json"
_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}")  # RFC 9110 section 5.6.2


@dataclass(slots=True, kw_only=True)
class _Call:
    """One call under way: its ids and the `$context` variables known so far. A caller may choose the first id, never the extended one."""

    request_id: str
    extended_request_id: str = field(default_factory=lambda: base64.b64encode(secrets.token_bytes(11)).decode())
    values: dict[str, str] = field(default_factory=dict)
    function_failed: bool = False


_call: Final[ContextVar[_Call | None]] = ContextVar("rest_api_call", default=None)


def follow_calls() -> None:
    """Give each call its request ids, for the function, for API Gateway's own answers and for the log, and log it where the stage says.

    Source: "Set up CloudWatch logging for REST APIs in API Gateway", API Gateway Developer Guide.
    """
    from ministack.services import apigateway_v1

    handle, new_uuid = apigateway_v1._handle_execute_in_scope, apigateway_v1.new_uuid
    build_event = apigateway_v1._build_lambda_event_v1

    async def follow(api_id: str, stage_name: str, method: str, path: str, headers: dict[str, Any], *rest: Any) -> Any:
        # "Clients can override the value in the x-amzn-RequestId header" ("Set up CloudWatch logging for REST APIs in API Gateway").
        chosen = apigateway_v1._header_ci(headers, "x-amzn-requestid") or ""
        call = _Call(request_id=chosen if _TOKEN.fullmatch(chosen) else new_uuid())
        call.values |= _asked(call, api_id, stage_name, method, path, headers) | {"accountId": rest[2]}
        token = _call.set(call)
        started = time.monotonic()
        try:
            status, answered, content = await handle(api_id, stage_name, method, path, headers, *rest)
        finally:
            _call.reset(token)
        answered.setdefault("x-amzn-requestid", call.request_id)
        answered.setdefault("x-amz-apigw-id", call.extended_request_id)
        size = len(content if isinstance(content, bytes) else content.encode())
        call.values |= {"status": str(status), "responseLength": str(size), "responseLatency": _milliseconds(started)}
        _log(api_id, stage_name, call)
        return status, answered, content

    def own_uuid() -> str:
        call = _call.get()
        return call.request_id if call else str(new_uuid())

    def build_with_id(*arguments: Any, **options: Any) -> dict[str, Any]:
        event: dict[str, Any] = build_event(*arguments, **options)
        call = _call.get()
        if call is not None:
            event["requestContext"]["extendedRequestId"] = call.extended_request_id
        return event

    apigateway_v1._handle_execute_in_scope = follow
    apigateway_v1.new_uuid = own_uuid
    apigateway_v1._build_lambda_event_v1 = build_with_id


def note_the_way_in() -> None:
    """Note for the log what routing and the authorizer did; refuse bodies over 10 MB (F3.11)."""
    from ministack.services import apigateway_v1

    execute, authorize = apigateway_v1._execute_in_scope, apigateway_v1._authorize_request_v1
    refusal = apigateway_v1._GatewayError

    async def execute_noted(
        request: dict[str, Any], api_id: str, stage_name: str, method: str, path: str, headers: Any, body: bytes | None, *rest: Any
    ) -> Any:
        stage = (apigateway_v1._stages_v1.get(api_id) or {}).get(stage_name)
        if stage and len(body or b"") > _BODY_BYTES_MAX:
            request["stage"] = stage
            answer = refusal("REQUEST_TOO_LARGE", "Request Too Long")
        else:
            answer = await execute(request, api_id, stage_name, method, path, headers, body, *rest)
        values = _values()
        values["resourcePath"] = request["resource_path"]
        if isinstance(answer, refusal):
            values |= {"error.message": answer.message or "", "error.responseType": answer.response_type}
            values["error.messageString"] = json.dumps(answer.message)
            values["error.validationErrorString"] = getattr(answer, "faults", "")
        return answer

    async def authorize_noted(*arguments: Any) -> Any:
        started = time.monotonic()
        error, context = await authorize(*arguments)
        if error is not None:
            _values()["authorizer.error"] = error.message or "" if isinstance(error, refusal) else ""
        elif context is not None:
            _values().update({f"authorizer.{key}": str(value) for key, value in context.items()})
            _values()["authorizer.latency"] = _milliseconds(started)
        return error, context

    apigateway_v1._execute_in_scope = execute_noted
    apigateway_v1._authorize_request_v1 = authorize_noted


def note_the_function() -> None:
    """Note for the log what a function took and answered; one that failed is a 502 without its words, which AWS keeps to the log."""
    from ministack.services import apigateway_v1

    invoke, refusal = apigateway_v1._invoke_lambda_proxy_v1, apigateway_v1._GatewayError

    async def invoke_noted(*arguments: Any, **options: Any) -> Any:
        started = time.monotonic()
        answer = await invoke(*arguments, **options)
        call = _call.get()
        if call is None:
            return answer
        call.values |= {"integrationLatency": _milliseconds(started), "integrationStatus": "200"}
        if call.function_failed:
            call.values["integrationErrorMessage"] = "Execution failed due to configuration error: Malformed Lambda proxy response"
            error = refusal("DEFAULT_5XX", "Internal server error")
            error.status = 502
            return error
        if isinstance(answer, tuple):
            call.values["integration.status"] = str(answer[0])
        return answer

    apigateway_v1._invoke_lambda_proxy_v1 = invoke_noted


def answer_as_declared() -> None:
    """Fill every `$context` variable into gateway responses, and use them for functions that fail, which AWS answers by 502.

    Source: "Gateway responses in API Gateway" and "Handle standard Lambda errors in API Gateway", API Gateway Developer Guide.
    """
    from ministack.services import apigateway_v1

    respond, read_answer = apigateway_v1._gateway_error_response, apigateway_v1._lambda_proxy_response

    def respond_filled_in(error: Any, request: dict[str, Any]) -> Any:
        status, headers, content = respond(error, request)
        content = access_logs.filled_in(content.decode(), _values(), "").encode()
        return getattr(error, "status", status) if status == 500 else status, headers, content

    def read_answer_strictly(result: dict[str, Any]) -> Any:
        answer, error = read_answer(result)
        call = _call.get()
        if call is not None:
            call.function_failed = bool(error) or not _is_proxy_answer(result.get("body"))
        return answer, error

    apigateway_v1._gateway_error_response = respond_filled_in
    apigateway_v1._lambda_proxy_response = read_answer_strictly


def answer_mocks_as_declared() -> None:
    """Fill `$context` variables into what a mock answers, by its response's first template, whatever that one's content type.

    Source: "Mock integrations for REST APIs in API Gateway", API Gateway Developer Guide.
    """
    from ministack.services import apigateway_v1

    invoke = apigateway_v1._invoke_mock_v1

    def invoke_filled_in(integration: dict[str, Any]) -> Any:
        responses = {
            status: response | {"responseTemplates": {_JSON: next(iter(response["responseTemplates"].values()), "")}}
            for status, response in integration["integrationResponses"].items()
        }
        status, headers, content = invoke(integration | {"integrationResponses": responses})
        return status, headers, access_logs.filled_in(content.decode(), _values(), "").encode()

    apigateway_v1._invoke_mock_v1 = invoke_filled_in


def check_by_content_type() -> None:
    """Hold a body against the model of its own content type, or of `$default`, and of no other (F3.9); say what is wrong with it."""
    from ministack.services import apigateway_v1

    check = apigateway_v1._check_request_validation

    def check_own_model(
        method: dict[str, Any], api_id: str, request: Any, headers: dict[str, Any], body: bytes | None, query: dict[str, Any]
    ) -> Any:
        given = (apigateway_v1._header_ci(headers, "content-type") or _JSON).partition(";")[0].strip()
        models = method.get("requestModels") or {}
        model = models.get(given.lower()) or models.get("$default")
        error = check(method | {"requestModels": {given: model} if model else {}}, api_id, request, headers, body, query)
        if error is not None and error.response_type == "BAD_REQUEST_BODY":
            error.faults = _faults(apigateway_v1._model_schema(api_id, model), body)
        return error

    apigateway_v1._check_request_validation = check_own_model


def read_throttles_by_path() -> None:
    """Find a method's own throttle, whose key holds its path with each slash written `~1`.

    Source: MethodSetting, `ResourcePath`, AWS::ApiGateway::Stage, CloudFormation Template Reference.
    """
    from ministack.services import apigateway_v1

    find = apigateway_v1._method_throttle_settings

    def find_decoded(stage: dict[str, Any], resource_path: str, http_method: str) -> Any:
        settings = stage.get("methodSettings") or {}
        decoded = {f"/{key.replace('~1', '/').lstrip('/')}" if "~1" in key else key: entry for key, entry in settings.items()}
        return find(stage | {"methodSettings": decoded}, resource_path, http_method)

    apigateway_v1._method_throttle_settings = find_decoded


def _values() -> dict[str, str]:
    call = _call.get()
    return call.values if call else {}


def _asked(call: _Call, api_id: str, stage_name: str, method: str, path: str, headers: Mapping[str, Any]) -> dict[str, str]:
    from ministack.services import apigateway_v1

    edge, now = edge_request.get(), datetime.now(UTC)
    domain = edge.domain_name if edge else str(apigateway_v1._header_ci(headers, "host")).partition(":")[0]
    return {
        "requestId": call.request_id,
        "extendedRequestId": call.extended_request_id,
        "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "requestTimeEpoch": str(int(now.timestamp() * 1000)),
        "apiId": api_id,
        "stage": stage_name,
        "httpMethod": method,
        # As it was sent: decoded, a quotation mark or a line break of a caller's would end up in the log.
        "path": quote(edge.path) if edge else f"/{stage_name}{path}",
        "protocol": "HTTP/1.1",
        "domainName": domain,
        "domainPrefix": domain.partition(".")[0],
        "identity.sourceIp": edge.source_ip if edge else "127.0.0.1",
        "identity.userAgent": str(apigateway_v1._header_ci(headers, "user-agent")),
    }


def _faults(schema: Any, body: bytes | None) -> str:
    """Return the faults as they stand inside a JSON string, which is where a template puts them."""
    try:
        faults = schema_faults(schema, json.loads(body or b""))
    except ValueError:
        faults = ("instance is not JSON",)
    return json.dumps(f"[{', '.join(faults)}]")[1:-1]


def _is_proxy_answer(content: Any) -> bool:
    try:
        answer = json.loads(content) if isinstance(content, str | bytes) else content
    except ValueError:
        return False
    return isinstance(answer, dict) and str(answer.get("statusCode", "")).isdigit()


def _milliseconds(started: float) -> str:
    return str(round((time.monotonic() - started) * 1000))


def _log(api_id: str, stage_name: str, call: _Call) -> None:
    from ministack.services import apigateway_v1, cloudwatch_logs

    setting = ((apigateway_v1._stages_v1.get(api_id) or {}).get(stage_name) or {}).get("accessLogSettings") or {}
    _, _, group = str(setting.get("destinationArn", "")).partition(":log-group:")
    if not group:
        return
    stream = hashlib.sha256(f"{api_id}/{stage_name}".encode()).hexdigest()[:32]
    event = {"timestamp": int(call.values["requestTimeEpoch"]), "message": access_logs.log_line(setting["format"], call.values)}
    cloudwatch_logs._create_log_stream({"logGroupName": group, "logStreamName": stream})
    cloudwatch_logs._put_log_events({"logGroupName": group, "logStreamName": stream, "logEvents": [event]})
