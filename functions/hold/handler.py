"""The hold function: `GET /hold` of an API Gateway REST API (proxy events, version 1.0), open to Route 53's checkers.

Lambda's handler is `hold.handler.handle`. Environment: HOLD_TABLE (empty in the Region that serves no hold), REGION_ROLE (primary or
secondary), LOG_LEVEL. 200 while traffic is held in this Region, 404 while it is not, 503 when that cannot be told.

Route 53 asks it by an inverted check: 200 takes the primary out of service, and everything else leaves it there, so a standby that is
gone or cannot read its hold never holds anything. The endpoint is open; who set the hold, and why, is not for everybody and not told.

Permissions, in the function's own Region, and no others:
- dynamodb:GetItem on the hold's table.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from hold.switch import HELD, NOT_HELD, UNKNOWN, HoldUnknown, is_held
from wire.answers import json_answer
from wire.log_line import log_line, request_id_of

CONNECT_SECONDS_MAX: Final = 0.3
READ_SECONDS_MAX: Final = 0.5
WORDS: Final = {HELD: "held", NOT_HELD: "not held", UNKNOWN: "unknown"}

Handler = Callable[[Mapping[str, Any], Any], dict[str, Any]]


def handle(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Answer one proxy event; Lambda calls this."""
    return _live_handler()(event, context)


def hold_handler(client: Any, table_name: str) -> Handler:
    """Return a handler that answers by the hold in `table_name`, read with a DynamoDB client; it never raises."""

    def answer_event(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        began, reason = time.monotonic(), None
        try:
            status = HELD if is_held(client, table_name) else NOT_HELD
        except HoldUnknown as unknown:
            status, reason = UNKNOWN, unknown.reason
        except Exception as error:  # a defect here must not hold traffic
            status, reason = UNKNOWN, type(error).__name__
        level = "ERROR" if status == UNKNOWN else "INFO"
        took = round((time.monotonic() - began) * 1000, 1)
        facts = {"request_id": request_id_of(event, context), "status": status, "duration_ms": took, "error": reason}
        log_line(level, WORDS[status].replace(" ", "_"), **facts)
        return json_answer(status, json.dumps({"status": WORDS[status]}))

    return answer_event


@cache
def _live_handler() -> Handler:
    """Build the handler on the real table, once in a worker's life, and ask it once so that the connection stands."""
    import botocore.session
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_SECONDS_MAX,
        read_timeout=READ_SECONDS_MAX,
        retries={"total_max_attempts": 1, "mode": "standard"},
        tcp_keepalive=True,
    )
    client = botocore.session.get_session().create_client("dynamodb", config=config)
    table_name = os.environ["HOLD_TABLE"]
    try:
        is_held(client, table_name)
    except HoldUnknown as unknown:
        log_line("WARNING", "warm_up_failed", error=unknown.reason)
    return hold_handler(client, table_name)


# In Lambda everything is built before the first event: a checker hangs up after 2 s, and the initialisation phase has 10 s (F6.4).
if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    _live_handler()
