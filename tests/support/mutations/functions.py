"""Faults of the functions: one rule broken at a time, each by a small change of one file that reviewers have let pass elsewhere.

`python -m tests.support.mutations` applies each to a copy and shows which test objects.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Fault(NamedTuple):
    """A change of one file below functions/, and the test files that have to object to it."""

    path: str
    before: str
    after: str
    tests: tuple[str, ...]


class NothingToBreak(Exception):
    """The text to change is not in its file, or not once: the fault proves nothing any more."""


ONCE = ("test_exactly_once.py", "test_exactly_once_eventual.py", "test_payment_handler.py", "test_ledger.py")
READING = ("test_request.py", "test_money.py", "test_rules.py", "test_payment_handler.py")

FAULTS = {
    "unconditional put": Fault("payment/ledger.py", 'ConditionExpression="attribute_not_exists(transaction_id)",', "", ONCE),
    "read before write": Fault(
        "payment/ledger.py",
        "            self._settle(lambda: self._put(payment), time_left)\n",
        "            if held := self.find(payment.transaction_id, time_left):\n"
        "                return Entry(payment=held, replayed=held.request_id != payment.request_id)\n"
        "            self._settle(lambda: self._put(payment), time_left)\n",
        ("test_ledger.py", "test_payment_handler.py"),
    ),
    "eventual read": Fault("payment/ledger.py", "ConsistentRead=True", "ConsistentRead=False", ("test_ledger.py",)),
    "unknown outcome told as yes": Fault("payment/ledger.py", "        raise LedgerUnavailable(reason)\n", "        return {}\n", ONCE),
    "write conflict not tried again": Fault("payment/ledger.py", '        "ReplicatedWriteConflictException",\n', "", ("test_ledger.py",)),
    "own lost answer told as a replay": Fault(
        "payment/ledger.py",
        "replayed=found.request_id != payment.request_id",
        "replayed=True",
        ("test_ledger.py", "test_payment_handler.py"),
    ),
    "amount stored through a float": Fault(
        "payment/ledger.py", 'format(payment.order.amount, "f")}', "str(Decimal(float(payment.order.amount)))}", ("test_ledger.py",)
    ),
    "amount read as a float": Fault(
        "payment/request.py", "        return Decimal(text)\n", "        return Decimal(float(text))\n", READING
    ),
    "amount answered as a float": Fault(
        "payment/rules.py", "{payment.order.amount:f}", "{float(payment.order.amount)}", ("test_rules.py", "test_payment_handler.py")
    ),
    "id from uuid4": Fault("payment/rules.py", "uuid.uuid5(NAMESPACE, idempotency_key)", "uuid.uuid4()", ("test_rules.py", *ONCE)),
    "id of its Region": Fault(
        "payment/rules.py",
        "transaction_id=transaction_id_of(idempotency_key)",
        'transaction_id=transaction_id_of(f"{region}/{idempotency_key}")',
        ONCE,
    ),
    "replay answers the new body": Fault("payment/handler.py", "payment_json(entry.payment)", "payment_json(payment)", ONCE),
    "another body under a used key is replayed": Fault(
        "payment/handler.py", "if entry.payment.fingerprint != payment.fingerprint:", "if False:", ONCE
    ),
    "fingerprint without the customer": Fault("payment/rules.py", ", order.currency, order.customer_id]", ", order.currency]", READING),
    "stack trace in the answer": Fault(
        "payment/handler.py",
        'outcome, answer = "failed", problem_answer(FAILED, request_id)',
        'outcome, answer = "failed", problem_answer(Problem(status=500, kind="failed", detail=traceback.format_exc()), request_id)',
        ("test_payment_handler.py",),
    ),
    "field given twice taken by its last": Fault("payment/request.py", "        if name in members:\n", "        if False:\n", READING),
    "unknown field passed over": Fault("payment/request.py", "for name in document if name not in FIELDS]", "for name in ()]", READING),
    "header sent twice taken by its last": Fault(
        "wire/headers.py", "for value in found if value is not None)", "for value in found[-1:] if value is not None)", READING
    ),
    "partial-batch reporting skipped": Fault(
        "audit/handler.py",
        'return {"batchItemFailures": [{"itemIdentifier": repeat_from}] if repeat_from else []}',
        'return {"batchItemFailures": []}',
        ("test_audit_handler.py", "test_audit_delivery.py"),
    ),
    "one object for each delivery, however often": Fault(
        "audit/batch.py",
        "first_sequence_number=sequence_number_of(record))",
        "first_sequence_number=str(id(records)))",
        ("test_audit_batch.py", "test_audit_delivery.py"),
    ),
    "record behind a poisoned one written twice": Fault(
        "audit/batch.py", "            break\n", "            continue\n", ("test_audit_batch.py",)
    ),
}


def put_in(fault: Fault, root: Path) -> None:
    """Change the file below `root` that the fault is about. Raises NothingToBreak."""
    file = root / "functions" / fault.path
    text = file.read_text("utf-8")
    if text.count(fault.before) != 1:
        raise NothingToBreak(f"{fault.path} holds {text.count(fault.before)} times: {fault.before.strip()}")
    file.write_text(text.replace(fault.before, fault.after), "utf-8")
