"""The authorizer: a REQUEST authorizer of an API Gateway REST API that compares the header `x-api-key` with the replicated secret.

Lambda's handler is `authorizer.handler.handle`. Environment: SECRET_ID (name of the secret, replicated to this Region; its value is
JSON with a member `api_key`), KEY_CACHE_SECONDS (how long what was read of it is kept), REGION_ROLE, LOG_LEVEL.

A known key gets a policy that allows the whole stage, a wrong one a policy that denies it (403). Both may be cached. What is not
sure to be wrong (a key sent twice, or unknown while the secret cannot be asked again yet) gets 401, which API Gateway does not
cache: a key rotated in a moment ago must not be remembered as wrong.

Permissions, on the secret's ARN in the function's own Region, and no others:
- secretsmanager:GetSecretValue: reads the versions AWSCURRENT, AWSPREVIOUS and AWSPENDING.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from authorizer.keys import FRESH_SECONDS_MAX, ApiKeys, KeysUnavailable
from authorizer.verdict import verdict
from wire.headers import header_values
from wire.log_line import log_line, request_id_of

CONNECT_SECONDS_MAX = 0.5
READ_SECONDS_MAX = 0.5

Handler = Callable[[Mapping[str, Any], Any], dict[str, Any]]


class Unauthorized(Exception):
    """Makes API Gateway answer 401; it goes by the message, which must be this word [apigateway-use-lambda-authorizer]."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


def handle(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Answer one REQUEST authorizer event; Lambda calls this."""
    return _live_handler()(event, context)


def authorizer_handler(keys: ApiKeys) -> Handler:
    """Return a handler that judges by `keys`; it raises Unauthorized (401) or KeysUnavailable (API Gateway answers AUTHORIZER_FAILURE)."""

    def answer_event(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        began = time.monotonic()
        facts: dict[str, object] = {"request_id": request_id_of(event, context)}
        outcome, level = "unavailable", "ERROR"
        try:
            outcome = _judge(event, keys)
            level = "INFO"
        except KeysUnavailable as unavailable:
            facts["error"] = unavailable.reason
            raise
        finally:
            log_line(level, outcome, **facts, duration_ms=round((time.monotonic() - began) * 1000, 1))
        match outcome:
            case "current" | "previous" | "pending":
                return verdict("Allow", event["methodArn"], key_version=outcome)
            case "wrong":
                return verdict("Deny", event["methodArn"])
            case _:
                raise Unauthorized

    return answer_event


def _judge(event: Mapping[str, Any], keys: ApiKeys) -> str:
    """Return the finding on the event's key: those of ApiKeys.judge, or missing, or ambiguous."""
    given = header_values(event, "x-api-key")
    if not any(given):
        return "missing"
    if len(given) > 1:
        return "ambiguous"
    return keys.judge(given[0])


@cache
def _live_handler() -> Handler:
    """Build the handler on the real secret, once in a worker's life."""
    import botocore.session
    from botocore.config import Config

    # One attempt: with keys in hand a hanging Secrets Manager may cost a request one second, never its answer.
    config = Config(
        connect_timeout=CONNECT_SECONDS_MAX, read_timeout=READ_SECONDS_MAX, retries={"total_max_attempts": 1, "mode": "standard"}
    )
    client = botocore.session.get_session().create_client("secretsmanager", config=config)
    fresh_seconds = float(os.environ.get("KEY_CACHE_SECONDS", FRESH_SECONDS_MAX))
    return authorizer_handler(ApiKeys(client, os.environ["SECRET_ID"], fresh_seconds=fresh_seconds))


# In Lambda the client is made while the worker initialises, when there is more processor than any request gets (F6.4).
if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    _live_handler()
