"""What of a batch of stream records goes into which object of the audit log. Pure: no clock, no network, no environment.

**Whose record it is.** The streams of all replicas hold the same records (F1.7). A payment is written by the Region that took it, which
its item names, and by no other; one taken in a Region that was lost before it wrote is reconciliation's to find. A change or a removal
must never happen, and a removal names no Region: every Region that sees one tells it, under its own name.

**How a batch is cut.** One object for each day the batch holds payments of (nearly always one), named by its first record: audit_log.keys
says why. That works only if what is written is exactly what the checkpoint will pass, so a batch is cut off before the first record that
is no payment, and what lies behind that one is left for the next attempt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from audit_log.keys import changes_key, payments_key
from audit_log.lines import NoPayment, change_line, day_of, payment_line, region_of

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Poison:
    """A record that can be put nowhere: where it stands in the batch, its sequence number ("" when it has none) and what is wrong."""

    index: int
    sequence_number: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What a batch comes to: objects (key, lines) in the order of their first records, and the record it had to stop at, if any."""

    objects: tuple[tuple[str, tuple[str, ...]], ...]
    payments_count: int
    changes_count: int
    poison: Poison | None


def cut(records: Sequence[Record], *, region: str) -> Cut:
    """Return what the consumer of `region` writes of `records` (DynamoDB stream records as Lambda's event holds them, in their order)."""
    groups: dict[tuple[bool, str], tuple[str, list[str]]] = {}
    poison = None
    for index, record in enumerate(records):
        try:
            is_payment, day, line = _place(record, region)
        except NoPayment as fault:
            poison = Poison(index=index, sequence_number=sequence_number_of(record), reason=str(fault))
            break
        if line is None:
            continue
        key_of = payments_key if is_payment else changes_key
        key = key_of(day=day, region=region, first_sequence_number=sequence_number_of(record))
        groups.setdefault((is_payment, day), (key, []))[1].append(line)
    counts = {kind: sum(len(lines) for (one, _), (_, lines) in groups.items() if one is kind) for kind in (True, False)}
    return Cut(
        objects=tuple((key, tuple(lines)) for key, lines in groups.values()),
        payments_count=counts[True],
        changes_count=counts[False],
        poison=poison,
    )


def sequence_number_of(record: Record) -> str:
    """Return the record's sequence number, "" when it has none."""
    return str((record.get("dynamodb") or {}).get("SequenceNumber") or "")


def _place(record: Record, region: str) -> tuple[bool, str, str | None]:
    """Return (payment or change, day, line); no line when the record is the other Region's. Raises NoPayment."""
    change = record.get("dynamodb") or {}
    sequence_number, changed_at = sequence_number_of(record), change.get("ApproximateCreationDateTime")
    if not sequence_number or not isinstance(changed_at, int | float):
        raise NoPayment("has no sequence number or no time")
    image, kind = change.get("NewImage"), record.get("eventName")
    if kind == "INSERT" and image:
        if region_of(image) != region:
            return True, "", None
        return True, day_of(image), payment_line(image, sequence_number=sequence_number, changed_at=changed_at)
    if kind in ("MODIFY", "REMOVE"):
        keys = change.get("Keys") or {}
        line = change_line(kind, keys, image, sequence_number=sequence_number, changed_at=changed_at, seen_in=region)
        return False, datetime.fromtimestamp(int(changed_at), UTC).date().isoformat(), line
    raise NoPayment("tells of nothing that happened to an item")
