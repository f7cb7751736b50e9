"""Writes one JSON line for each request to standard output, where Lambda hands it to CloudWatch Logs.

A line says which request, where, how it ended and how long it took. It never holds a key, a body, or anything of a customer.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from typing import Any

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

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
    said = {name: value for name, value in facts.items() if value is not None}
    print(json.dumps({"level": level, "outcome": outcome, **place, **said}), flush=True)  # one write: lines of threads never mix


def level_of(status: int) -> str:
    """Return the level an answer deserves: what we could not do is an error, what the caller got wrong is not."""
    return "ERROR" if status >= 500 else "INFO"


def request_id_of(event: Mapping[str, Any], context: Any) -> str:
    """Return API Gateway's request id, the correlation id of access log, function log and problem document; else Lambda's own."""
    asked = (event.get("requestContext") or {}).get("requestId")
    return str(asked or getattr(context, "aws_request_id", "") or "unknown")
