"""Where the embedded AWS holds on to MiniStack's API Gateway: custom domains, disabled endpoints, events for functions."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

from deployer.local import attach

SEAMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("ministack.services.acm", ("_certificates",)),
    (
        "ministack.services.apigateway_v1",
        (
            *("_rest_apis", "_domain_names", "_base_path_mappings", "_build_lambda_event_v1", "find_api_scope"),
            "_invoke_authorizer_lambda",
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomDomain:
    """An API Gateway custom domain of one Region.

    `certificate_names` are the names its ACM certificate covers, empty when there is no such certificate;
    `mappings` are (base path, API id, stage), the root mapping's base path being "".
    """

    name: str
    certificate_names: tuple[str, ...]
    mappings: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeRequest:
    """What a function behind API Gateway is told of a request that came in at an HTTPS edge; `repeated` are headers sent more than once."""

    domain_name: str
    path: str
    source_ip: str
    repeated: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


# Set by an edge around the request it forwards.
edge_request: Final[ContextVar[EdgeRequest | None]] = ContextVar("edge_request", default=None)


def tell_functions_the_domain() -> None:
    """Put `domainName` and `domainPrefix` into the events of functions behind REST APIs, which MiniStack leaves out.

    Source: "Input format of a Lambda function for proxy integration", API Gateway Developer Guide.
    """
    from ministack.services import apigateway_v1

    build_event = apigateway_v1._build_lambda_event_v1

    def build_with_domain(api_id: str, *arguments: Any, **options: Any) -> dict[str, Any]:
        event: dict[str, Any] = build_event(api_id, *arguments, **options)
        request = edge_request.get()
        context = event["requestContext"]
        context["domainName"] = request.domain_name if request else f"{api_id}.execute-api.{attach.current_region()}.amazonaws.com"
        context["domainPrefix"] = context["domainName"].partition(".")[0]
        if request:
            context["path"] = request.path
            context["identity"]["sourceIp"] = request.source_ip
        return event

    apigateway_v1._build_lambda_event_v1 = build_with_domain


def tell_functions_of_repeated_headers() -> None:
    """Give each value of a header that was sent more than once, which MiniStack joins to one; `headers` holds the last.

    Source: "Input format of a Lambda function for proxy integration", API Gateway Developer Guide.
    """
    from ministack.services import apigateway_v1

    build_event, invoke_authorizer = apigateway_v1._build_lambda_event_v1, apigateway_v1._invoke_authorizer_lambda

    def build_with_each_value(*arguments: Any, **options: Any) -> dict[str, Any]:
        return _with_repeated_headers(build_event(*arguments, **options))

    async def invoke_with_each_value(authorizer: Any, event: dict[str, Any], *rest: Any) -> Any:
        return await invoke_authorizer(authorizer, _with_repeated_headers(event), *rest)

    apigateway_v1._build_lambda_event_v1 = build_with_each_value
    apigateway_v1._invoke_authorizer_lambda = invoke_with_each_value


def _with_repeated_headers(event: dict[str, Any]) -> dict[str, Any]:
    request = edge_request.get()
    for name, values in (request.repeated if request else {}).items():
        for key in [key for key in event.get("headers") or () if key.lower() == name]:
            event["headers"][key], event["multiValueHeaders"][key] = values[-1], list(values)
    return event


def custom_domain(account_id: str, region: str, name: str) -> CustomDomain | None:
    """Return the custom domain `name` (any case) of an account in exactly this Region, or None."""
    from ministack.services import acm, apigateway_v1

    record = apigateway_v1._domain_names.get_scoped(account_id, region, name.lower())
    if record is None:
        return None
    arn = record.get("regionalCertificateArn") or record.get("certificateArn") or ""
    certificate = acm._certificates.get_scoped(account_id, region, arn) or {}
    mappings = apigateway_v1._base_path_mappings.get_scoped(account_id, region, name.lower()) or {}
    return CustomDomain(
        name=name.lower(),
        certificate_names=tuple(certificate.get("SubjectAlternativeNames") or filter(None, [certificate.get("DomainName")])),
        mappings=tuple(
            ("" if base in ("", "(none)") else base, mapping["restApiId"], mapping["stage"]) for base, mapping in mappings.items()
        ),
    )


def has_closed_endpoint(api_id: str) -> bool:
    """Tell whether a REST API's own execute-api endpoint is disabled (`DisableExecuteApiEndpoint`)."""
    from ministack.services import apigateway_v1

    owner = apigateway_v1.find_api_scope(api_id)
    api = apigateway_v1._rest_apis.get_scoped(*owner, api_id) if owner else None
    return str((api or {}).get("disableExecuteApiEndpoint", False)).lower() == "true"
