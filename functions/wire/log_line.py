"""Writes one JSON line for each request to standard output, where Lambda hands it to CloudWatch Logs.

A line says which request, where, how it ended and how long it took. It never holds a key, a body, or anything of a customer: what a
caller sends is told by `request_id`, which API Gateway makes, by the payment's id, which is a digest of the idempotency key, and by
`trace_id`, none of which a caller can choose.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from typing import Any

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

# A trace's id as X-Ray makes it. The header around it may hold more, and that is the caller's
# [AWS X-Ray Developer Guide, "Tracing header"].
TRACE_ID = re.compile(r"(?:^|;)Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;|$)")

Log = Callable[..., None]


def log_line(level: str, outcome: str, **facts: object) -> None:
    """Write a line of `level` (one of LEVELS) with `outcome` in snake case and `facts`; nothing below LOG_LEVEL is written."""
    threshold = os.environ.get("LOG_LEVEL", "INFO")
    if LEVELS.index(level) < (LEVELS.index(threshold) if threshold in LEVELS else 1):
        return
    place = {
        "function": os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""),
        "region": os.environ.get("AWS_REGION", ""),
        "role": os.environ.get("REGION_ROLE", ""),
    }
    said = {name: value for name, value in {"trace_id": trace_id(), **facts}.items() if value is not None}
    print(json.dumps({"level": level, "outcome": outcome, **place, **said}), flush=True)  # one write: lines of threads never mix


def trace_id() -> str | None:
    """Return the id of the trace Lambda records of this invocation, None outside of one; sampled or not, API Gateway knows it too."""
    found = TRACE_ID.search(os.environ.get("_X_AMZN_TRACE_ID", ""))
    return found[1] if found else None


def level_of(status: int) -> str:
    """Return the level an answer deserves: what we could not do is an error, what the caller got wrong is not."""
    return "ERROR" if status >= 500 else "INFO"


def request_id_of(event: Mapping[str, Any], context: Any) -> str:
    """Return API Gateway's id of the request, the correlation id of access log, function log, ledger and problem document; else Lambda's.

    It is the extended one. `requestId` is whatever a caller sends as `x-amzn-RequestId`: it may come twice, and be a card's number
    ["Set up CloudWatch logging for REST APIs in API Gateway", API Gateway Developer Guide].
    """
    made = (event.get("requestContext") or {}).get("extendedRequestId")
    return str(made or getattr(context, "aws_request_id", "") or "unknown")
