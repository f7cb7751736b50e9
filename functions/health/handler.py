"""The health function: `GET /health` of an API Gateway REST API (proxy events, version 1.0), open to Route 53's checkers.

Lambda's handler is `health.handler.handle`. Environment: TABLE_NAME, SECRET_ID, REGION_ROLE (primary or secondary), LOG_LEVEL.
It answers inside its second though a dependency hangs: the checks run side by side, each call has its own time-outs and no
retries, and what is not there by the deadline counts as missing. 200 when the Region can take payments, else 503.

Permissions, each in the function's own Region, and no others:
- dynamodb:GetItem on the table: the strong read of a key that never exists.
- secretsmanager:DescribeSecret on the secret: its metadata; the value stays unread.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import cache
from typing import Any

from health.checks import Check, Finding, find_side_by_side, secret_check, table_check
from wire.answers import json_answer
from wire.log_line import level_of, log_line, request_id_of

CONNECT_SECONDS_MAX = 0.3
READ_SECONDS_MAX = 0.6
CHECKS_SECONDS_MAX = 0.75  # all checks together, side by side; this is what keeps the answer inside its second
ANSWER_SECONDS = 0.2  # kept back for shaping and sending the answer

Handler = Callable[[Mapping[str, Any], Any], dict[str, Any]]


def handle(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Answer one proxy event; Lambda calls this."""
    return _live_handler()(event, context)


def health_handler(checks: Mapping[str, Check], executor: Executor) -> Handler:
    """Return a handler that answers 200 when every check passes and 503 otherwise, naming each; it never raises for a failed check."""

    def answer_event(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        began = time.monotonic()
        seconds_left = float(context.get_remaining_time_in_millis()) / 1000 - ANSWER_SECONDS
        findings = find_side_by_side(checks, executor, seconds_max=max(0.0, min(CHECKS_SECONDS_MAX, seconds_left)))
        healthy = all(finding.passed for finding in findings.values())
        status = 200 if healthy else 503
        codes = {name: finding.code for name, finding in findings.items() if not finding.passed}
        log_line(
            level_of(status),
            "healthy" if healthy else "unhealthy",
            request_id=request_id_of(event, context),
            status=status,
            duration_ms=round((time.monotonic() - began) * 1000, 1),
            failed=codes or None,
        )
        return json_answer(status, _document(findings, healthy=healthy))

    return answer_event


@cache
def _live_handler() -> Handler:
    """Build the handler on the real table and secret, once in a worker's life, and run the checks so that connections stand."""
    import botocore.session
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_SECONDS_MAX,
        read_timeout=READ_SECONDS_MAX,
        retries={"total_max_attempts": 1, "mode": "standard"},
        tcp_keepalive=True,
    )
    session = botocore.session.get_session()
    checks = {
        "table": table_check(session.create_client("dynamodb", config=config), os.environ["TABLE_NAME"]),
        "secret": secret_check(session.create_client("secretsmanager", config=config), os.environ["SECRET_ID"]),
    }
    executor = ThreadPoolExecutor(max_workers=2 * len(checks))  # a check that hangs does not keep the next one waiting
    find_side_by_side(checks, executor, seconds_max=CHECKS_SECONDS_MAX)
    return health_handler(checks, executor)


def _document(findings: Mapping[str, Finding], *, healthy: bool) -> str:
    """Return the JSON text that says what was checked; reasons are words that give nothing away."""
    checks = {
        name: {"status": "pass"} if finding.passed else {"status": "fail", "reason": finding.reason} for name, finding in findings.items()
    }
    place = {"region": os.environ.get("AWS_REGION", ""), "role": os.environ.get("REGION_ROLE", "")}
    return json.dumps({"status": "pass" if healthy else "fail", **place, "checks": checks})


# In Lambda everything is built before the first event: with 128 MB that takes longer than the second an event has, and the
# initialisation phase has 10 s and more processor (F6.4).
if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    _live_handler()
