"""Events and contexts as API Gateway and Lambda hand them to a function, from the recorded ones in tests/functions/events/."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

EVENTS = Path(__file__).parents[1] / "functions" / "events"
ORDER = {"amount": 100, "currency": "USD", "customerId": "test-123"}


@dataclass(slots=True)
class FakeContext:
    """Lambda's context: the milliseconds left are those given, one after the other, the last one for ever."""

    left_milliseconds: list[int] = field(default_factory=lambda: [10_000])
    aws_request_id: str = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"

    def get_remaining_time_in_millis(self) -> int:
        return self.left_milliseconds.pop(0) if len(self.left_milliseconds) > 1 else self.left_milliseconds[0]


def recorded(name: str) -> dict[str, Any]:
    """Return the recorded event `name`."""
    return json.loads((EVENTS / f"{name}.json").read_text())


def a_payment_event(
    body: object = None, *, key: str | None = "key-1", request_id: str = "request-1", headers: dict[str, str | None] | None = None
) -> dict[str, Any]:
    """Return a `POST /payment` event; `body` is sent as it is when a string, else as JSON. A header given as None is taken away."""
    event = recorded("post_payment")
    event["body"] = body if isinstance(body, str) else json.dumps(ORDER if body is None else body)
    event["requestContext"]["extendedRequestId"] = request_id
    for name, value in {"Idempotency-Key": key, **(headers or {})}.items():
        for group in ("headers", "multiValueHeaders"):
            event[group] = {there: kept for there, kept in event[group].items() if there.lower() != name.lower()}
        if value is not None:
            event["headers"][name] = value
            event["multiValueHeaders"][name] = [value]
    return event


def a_read_event(transaction_id: str) -> dict[str, Any]:
    """Return a `GET /payment/{transactionId}` event."""
    event = recorded("get_payment")
    event["pathParameters"] = {"transactionId": transaction_id}
    event["path"] = f"/payment/{transaction_id}"
    return event


def an_authorizer_event(key: str | None) -> dict[str, Any]:
    """Return a REQUEST authorizer event that brings `key`, or none."""
    event = recorded("authorize")
    for group in ("headers", "multiValueHeaders"):
        del event[group]["x-api-key"]
    if key is not None:
        event["headers"]["X-Api-Key"] = key
        event["multiValueHeaders"]["X-Api-Key"] = [key]
    return event
