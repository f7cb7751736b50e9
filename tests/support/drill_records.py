"""Drill records for tests: a sound one of any size, and changes that break one promise each.

`a_record` tells of a failover as it should be: payments in the primary until the fault, an outage, payments in the secondary, both
ledgers and both buckets alike.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from deployer.drill.history import (
    Attempt,
    AuditLine,
    DrillRecord,
    LedgerItem,
    Lookup,
    Mark,
    Moved,
    Outcome,
    PaymentRequest,
    PhaseName,
    Read,
    Sample,
    key_digest,
)
from deployer.params.scenario import Limits

PRIMARY, SECONDARY = "us-east-1", "us-east-2"
REGIONS = (PRIMARY, SECONDARY)
FAULT_SECONDS, MOVED_SECONDS, HEAL_SECONDS, END_SECONDS = 20.0, 50.0, 100.0, 140.0


def limits(**changes: Any) -> Limits:
    """Return limits that a sound record keeps."""
    return Limits.model_validate({"recovery_seconds_max": 60, "sustained_good_requests": 5, "split_brain_seconds_max": 0} | changes)


def an_attempt(at: float, region: str | None = PRIMARY, outcome: Outcome = Outcome.ACKNOWLEDGED, **changes: Any) -> Attempt:
    """Return an attempt that took a tenth of a second."""
    status = {Outcome.ACKNOWLEDGED: 201, Outcome.REFUSED: 400, Outcome.FAILED: 503, Outcome.UNANSWERED: None}[outcome]
    return replace(Attempt(began_seconds=at, ended_seconds=at + 0.1, region=region, outcome=outcome, status=status), **changes)


def answered(number: int, at: float, region: str, **changes: Any) -> Attempt:
    """Return the acknowledgement of payment `number`."""
    told = {"transaction_id": id_of(number), "answer_digest": f"answer {number}", "amount": amount_of(number), "currency": "USD"}
    return an_attempt(at, region, **(told | changes))


def key_of(number: int) -> str:
    """Return the idempotency key of payment `number`."""
    return f"drill-{number:05}"


def id_of(number: int) -> str:
    """Return the transaction id of payment `number`."""
    return f"id-{number:05}"


def amount_of(number: int) -> Decimal:
    """Return the amount of payment `number`."""
    return Decimal(number + 1)


def a_payment(number: int, due: float, *attempts: Attempt) -> PaymentRequest:
    """Return payment `number` with these attempts."""
    return PaymentRequest(
        client=number % 3,
        idempotency_key=key_of(number),
        body_digest=f"body {number}",
        amount=amount_of(number),
        currency="USD",
        due_seconds=due,
        attempts=attempts,
    )


def an_item(number: int, region: str, **changes: Any) -> LedgerItem:
    """Return payment `number` as one Region's ledger holds it."""
    item = LedgerItem(
        region=region,
        transaction_id=id_of(number),
        idempotency_key_digest=key_digest(key_of(number)),
        amount=amount_of(number),
        currency="USD",
        taken_in=PRIMARY,
    )
    return replace(item, **changes)


def a_line(number: int, region: str, key: str = "payments/1.jsonl.gz") -> AuditLine:
    """Return payment `number` as one Region's audit log holds it."""
    return AuditLine(region=region, transaction_id=id_of(number), object_key=key)


def a_record(payments: int = 140, *, unknown: frozenset[int] = frozenset(), quiet: bool = False) -> DrillRecord:
    """Return a sound record: one payment a second, the primary away from second 20 to 100, traffic in the secondary from 50 on.

    `unknown`: payments that nobody ever got an answer to; every second one of them was taken. `quiet`: nothing fails, nothing moves.
    """
    requests = tuple(_course_of(number, number * END_SECONDS / payments, unknown, quiet) for number in range(payments))
    taken = [one for one in range(payments) if one not in unknown or one % 2]
    known = [one for one in range(payments) if one not in unknown]
    before = [one for one in known if (answer := requests[one].acknowledged) and answer.ended_seconds <= FAULT_SECONDS]
    reads = [Read(region=SECONDARY, transaction_id=id_of(one), moment=PhaseName.FAULT, status=200) for one in before]
    reads += [Read(region=region, transaction_id=id_of(one), moment=PhaseName.SETTLE, status=200) for one in known for region in REGIONS]
    return DrillRecord(
        scenario="primary-dead",
        environment="test",
        consistency="STRONG",
        regions=REGIONS,
        time_scale=1.0,
        began_at="2026-11-22T12:00:00Z",
        requests=requests,
        reads=tuple(reads),
        samples=tuple(_sample(float(second), quiet) for second in range(int(END_SECONDS))),
        marks=(
            Mark(at_seconds=0, phase=PhaseName.WARM_UP, text="warm-up"),
            Mark(at_seconds=FAULT_SECONDS, phase=PhaseName.FAULT, text="fault"),
            Mark(at_seconds=HEAL_SECONDS, phase=PhaseName.HEAL, text="heal"),
        ),
        ledger=tuple(an_item(one, region) for one in taken for region in REGIONS),
        audit=tuple(a_line(one, region) for one in taken for region in REGIONS),
        survivor=None if quiet else SECONDARY,
    )


def _course_of(number: int, due: float, unknown: frozenset[int], quiet: bool) -> PaymentRequest:
    if number in unknown:
        return a_payment(number, due, an_attempt(due, PRIMARY, Outcome.UNANSWERED), an_attempt(due + 1, PRIMARY, Outcome.FAILED))
    if quiet or due + 0.1 <= FAULT_SECONDS:
        return a_payment(number, due, answered(number, due, PRIMARY))
    if due < MOVED_SECONDS:
        saved = answered(number, MOVED_SECONDS + 0.5, SECONDARY)
        return a_payment(number, due, an_attempt(due, PRIMARY, Outcome.UNANSWERED, error="refused"), saved)
    return a_payment(number, due, answered(number, due, SECONDARY))


def _sample(at: float, quiet: bool) -> Sample:
    moved = not quiet and at >= MOVED_SECONDS
    return Sample(at_seconds=at, answer_region=SECONDARY if moved else PRIMARY, held=moved, looked_seconds=0.02)


def with_request(record: DrillRecord, number: int, *attempts: Attempt) -> DrillRecord:
    """Return the record with other attempts of payment `number`."""
    return replace(
        record,
        requests=tuple(replace(one, attempts=attempts) if one.idempotency_key == key_of(number) else one for one in record.requests),
    )


def a_move(intent: str, took_seconds: float | None) -> Moved:
    """Return a command that somebody typed ten seconds after the fault."""
    return Moved(intent=intent, began_seconds=FAULT_SECONDS + 10, took_seconds=took_seconds)


def with_late_looks(record: DrillRecord, count: int) -> DrillRecord:
    """Return the record with this many looks that took three seconds."""
    late = (replace(one, looked_seconds=3.0) for one in record.samples[:count])
    return replace(record, samples=(*late, *record.samples[count:]))


def without_item(record: DrillRecord, number: int, *regions: str) -> DrillRecord:
    """Return the record with payment `number` gone from these Regions' ledgers and buckets, and not found there when asked for."""
    return replace(
        record,
        ledger=tuple(one for one in record.ledger or () if (one.transaction_id, one.region in regions) != (id_of(number), True)),
        audit=tuple(one for one in record.audit or () if (one.transaction_id, one.region in regions) != (id_of(number), True)),
        reads=tuple(
            replace(one, status=404) if one.transaction_id == id_of(number) and one.region in regions else one for one in record.reads
        ),
    )


def a_lookup(number: int, due: float, attempt: Attempt) -> Lookup:
    """Return a client's question for payment `number`."""
    return Lookup(client=0, transaction_id=id_of(number), due_seconds=due, attempts=(attempt,))
