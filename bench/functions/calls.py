"""The calls that are measured: what is asked, how often, and which answer counts."""

from __future__ import annotations

import copy
import json
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.functions.staging import ROOT

EVENTS: Final = ROOT / "tests" / "functions" / "events"
# As in payment/rules.py, which the measured process alone imports.
_NAMESPACE: Final = uuid.UUID("709e8389-3b02-582e-93e8-3fbacefc74e5")
_ORDER: Final = {"amount": 100, "currency": "USD", "customerId": "test-123"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of call: its name in the table, and the status of its answer."""

    name: str
    status: int


NEW: Final = Kind(name="new payment", status=201)
REPLAY: Final = Kind(name="replay", status=201)
CONFLICT: Final = Kind(name="conflict", status=422)
READ: Final = Kind(name="read", status=200)
# In this order: the payments of the first are what the others meet.
KINDS: Final = (NEW, REPLAY, CONFLICT, READ)


def events_of(kind: Kind, *, key_prefix: str, count: int, keyed_by_itself: bool) -> list[dict[str, Any]]:
    """Return `count` proxy events of `kind` with the keys `<key_prefix>-<n>`.

    `keyed_by_itself`: the subject stores a payment under the key itself, as the floor does, and under no id derived from it.
    """
    template = _recorded("get_payment" if kind is READ else "post_payment")
    return [_event(template, kind, f"{key_prefix}-{number}", keyed_by_itself=keyed_by_itself) for number in range(count)]


def status_of(kind: Kind, *, floor: bool) -> int:
    """Return the status that counts; the floor knows no conflict, for it compares nothing."""
    return NEW.status if floor and kind is CONFLICT else kind.status


def _event(template: dict[str, Any], kind: Kind, key: str, *, keyed_by_itself: bool) -> dict[str, Any]:
    event = copy.deepcopy(template)
    event["requestContext"]["requestId"] = str(uuid.uuid4())
    if kind is READ:
        event["pathParameters"] = {"transactionId": key if keyed_by_itself else str(uuid.uuid5(_NAMESPACE, key))}
        return event
    event["headers"]["Idempotency-Key"], event["multiValueHeaders"]["Idempotency-Key"] = key, [key]
    event["body"] = json.dumps(_ORDER | ({"amount": 101} if kind is CONFLICT else {}))
    return event


def _recorded(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(Path(EVENTS / f"{name}.json").read_text("utf-8"))
    return event
