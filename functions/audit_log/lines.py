"""The lines of the audit log: JSON, one a line, the same bytes for the same record whenever and wherever it is written.

A payment's line has the payment's id as its own (`id`), so two lines of one payment are known for one, whoever wrote them. `item` is the
item as DynamoDB holds it, types and all: nothing is rounded, renamed or left out. A line that reconciliation wrote says so.
What happens to a payment afterwards must not happen at all; a line tells it all the same, under an id of its own.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

Item = Mapping[str, Any]  # a DynamoDB item in attribute-value form: {"amount": {"N": "100"}}

_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(?:\.\d+)?Z")
_REGION: Final = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")


class NoPayment(ValueError):
    """An item or a record that is no payment as the ledger writes them; the message says what is wrong and quotes no value."""


def id_of(item: Item) -> str:
    """Return the payment's id; raises NoPayment."""
    return _text(item, "transaction_id")


def region_of(item: Item) -> str:
    """Return the Region that took the payment; raises NoPayment."""
    region = _text(item, "region")
    if not _REGION.fullmatch(region):
        raise NoPayment("region is no Region")
    return region


def day_of(item: Item) -> str:
    """Return the UTC day on which the payment was taken, `2026-11-22`; raises NoPayment."""
    found = _MOMENT.fullmatch(_text(item, "created_at"))
    try:
        return date.fromisoformat(found[1] if found else "").isoformat()
    except ValueError:
        raise NoPayment("created_at is no time") from None


def fingerprint_of(item: Item) -> bytes:
    """Return the SHA-256 digest of everything the item says, whatever the order of its attributes."""
    return hashlib.sha256(_json(item).encode()).digest()


def payment_line(item: Item, *, sequence_number: str, changed_at: float) -> str:
    """Return the line of a payment as the stream tells it; `changed_at` (seconds since 1970) is kept to the second."""
    told = {"kind": "payment", "id": id_of(item), "item": item, "sequence_number": sequence_number, "changed_at": _moment(changed_at)}
    return _json(told)


def reconciled_line(item: Item) -> str:
    """Return the line of a payment that was found in the table and not in the log."""
    return _json({"kind": "payment", "id": id_of(item), "item": item, "reconciled": True})


def change_line(kind: str, keys: Item, image: Item | None, *, sequence_number: str, changed_at: float, seen_in: str) -> str:
    """Return the line of a payment changed or removed after it was taken (`kind` is MODIFY or REMOVE), as the Region `seen_in` saw it."""
    transaction_id = _text(keys, "transaction_id")
    told = {
        "kind": kind,
        "id": f"{transaction_id}/{kind}/{seen_in}/{sequence_number}",
        "transaction_id": transaction_id,
        "item": image,
        "sequence_number": sequence_number,
        "changed_at": _moment(changed_at),
        "seen_in": seen_in,
    }
    return _json(told)


def _text(item: Item, name: str) -> str:
    value = (item.get(name) or {}).get("S")
    if not isinstance(value, str) or not value:
        raise NoPayment(f"{name} is missing")
    return value


def _moment(seconds: float) -> str:
    # To the second: Lambda's events and the stream's own API differ in what they tell beyond it.
    return datetime.fromtimestamp(int(seconds), UTC).isoformat().replace("+00:00", "Z")


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_binary)


def _binary(value: object) -> str:
    """Return binary values as Lambda's events spell them."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise NoPayment("holds a value that is no attribute")
