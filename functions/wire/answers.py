"""Shapes answers for an API Gateway REST proxy integration: JSON bodies, and RFC 9457 problem documents for every refusal.

Nothing here may be cached on its way: an answer about a payment is about now.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

PROBLEM_TYPE_PREFIX = "urn:payment-api:problem:"
INSTANCE_PREFIX = "urn:payment-api:request:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One mistake in a request: where it is (`body` or `header`), which field, and what would be right."""

    place: str
    field: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A refusal as RFC 9457 words it; `kind` ends the type URI, `retry_after_seconds` becomes a header (RFC 9110 section 10.2.3)."""

    status: int
    kind: str
    detail: str
    faults: tuple[Fault, ...] = ()
    retry_after_seconds: int | None = None


def json_answer(status: int, body: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the proxy response with `body`, a JSON text, under `status`."""
    common = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return {"statusCode": status, "headers": common | dict(headers or {}), "body": body, "isBase64Encoded": False}


def problem_answer(problem: Problem, request_id: str) -> dict[str, Any]:
    """Return the proxy response that carries `problem`; `request_id` lets support find the log line.

    API Gateway sends it with every answer as `x-amz-apigw-id`; as `instance` it names this one occurrence (RFC 9457 section 3.1.5).
    """
    document: dict[str, Any] = {
        "type": PROBLEM_TYPE_PREFIX + problem.kind,
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "instance": INSTANCE_PREFIX + request_id,
        "requestId": request_id,
    }
    if problem.faults:
        document["errors"] = [{"in": fault.place, "field": fault.field, "detail": fault.detail} for fault in problem.faults]
    headers = {"Content-Type": "application/problem+json"}
    if problem.retry_after_seconds is not None:
        headers["Retry-After"] = str(problem.retry_after_seconds)
    return json_answer(problem.status, json.dumps(document), headers)
