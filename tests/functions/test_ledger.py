"""The ledger takes a payment once, settles unknown outcomes within the time left, and admits when it cannot."""

from __future__ import annotations

from decimal import Decimal
from itertools import chain, repeat

import pytest
from botocore.exceptions import NoCredentialsError

from payment.ledger import ATTEMPTS_MAX, PASSING_ERRORS, Ledger, LedgerUnavailable, item_of
from payment.rules import Order, Payment, new_payment, transaction_id_of
from tests.support.fake_services import FakeTable, FakeTime, Fault, loses_the_answer, never_arrives, refuses


def a_payment(*, request_id: str = "request-1", amount: str = "100.00", created_at: str = "2026-11-14T09:26:53.512Z") -> Payment:
    """Return a payment under the key `key-1`."""
    order = Order(amount=Decimal(amount), currency="USD", customer_id="test-123")
    return new_payment(order, idempotency_key="key-1", region="us-east-1", created_at=created_at, request_id=request_id)


def a_ledger(table: FakeTable, time: FakeTime | None = None) -> Ledger:
    """Return a ledger on `table` whose pauses are as long as they can be, and take no time here."""
    return Ledger(table, "payments", sleep=(time or FakeTime()).sleep, jitter=lambda: 1.0)


def ten_seconds() -> float:
    """There is always time left."""
    return 10.0


def test_a_payment_is_one_put_and_no_read() -> None:
    """One write unit, nothing that could be old by the time of the write."""
    table = FakeTable()

    entry = a_ledger(table).enter(a_payment(), ten_seconds)

    assert table.calls == ["put_item"]
    assert not entry.replayed


@pytest.mark.parametrize("amount", ["0.10", "99.99", "0.07", "9999999999999.99"])
def test_an_amount_is_kept_digit_by_digit(amount: str) -> None:
    """A float would keep 99.99 as 99.9899999999999948…, and hide it from whoever rounds."""
    assert item_of(a_payment(amount=amount))["amount"] == {"N": amount}


def test_a_second_request_gets_the_first_ones_payment() -> None:
    """Its own time and request id are not kept."""
    table = FakeTable()
    a_ledger(table).enter(a_payment(), ten_seconds)

    entry = a_ledger(table).enter(a_payment(request_id="request-2", created_at="2026-11-14T09:30:00.000Z"), ten_seconds)

    assert entry.replayed
    assert entry.payment == a_payment()


def test_what_is_held_is_never_overwritten() -> None:
    """Not by another order under the same key either."""
    table = FakeTable()
    a_ledger(table).enter(a_payment(), ten_seconds)
    before = dict(table.items)

    a_ledger(table).enter(a_payment(request_id="request-2", amount="1.00"), ten_seconds)

    assert table.items == before


@pytest.mark.parametrize("fault", [loses_the_answer, never_arrives, *(refuses(code) for code in sorted(PASSING_ERRORS))])
def test_a_passing_error_is_settled_by_asking_again(fault: Fault) -> None:
    """Also when the first put was done and only its answer was lost: that is a first answer, no replay."""
    table = FakeTable(script=[fault])

    entry = a_ledger(table).enter(a_payment(), ten_seconds)

    assert (entry.replayed, entry.payment) == (False, a_payment())
    assert len(table.items) == 1


def test_any_5xx_is_a_passing_error() -> None:
    """A Region without quorum answers with server errors whose names are not all documented."""
    assert a_ledger(FakeTable(script=[refuses("NoQuorum", 500)])).enter(a_payment(), ten_seconds).payment == a_payment()


def test_asking_again_ends_when_no_time_is_left_for_another_attempt() -> None:
    """An attempt that could outlast the function is not begun."""
    table = FakeTable(script=[never_arrives] * 100)
    left = iter([10.0, 7.0, 3.4])

    with pytest.raises(LedgerUnavailable) as failure:
        a_ledger(table).enter(a_payment(), lambda: next(left))

    assert (len(table.calls), failure.value.reason) == (3, "ConnectTimeoutError")


def test_asking_again_ends_after_a_number_of_attempts() -> None:
    """Though time seems to stand still."""
    table = FakeTable(script=[refuses("ThrottlingException")] * 100)

    with pytest.raises(LedgerUnavailable):
        a_ledger(table).enter(a_payment(), ten_seconds)

    assert len(table.calls) == ATTEMPTS_MAX


def test_pauses_grow_to_a_bound() -> None:
    """Full jitter under a doubling bound keeps many callers from coming back together."""
    time = FakeTime()
    table = FakeTable(script=[refuses("ReplicatedWriteConflictException")] * 6)

    a_ledger(table, time).enter(a_payment(), ten_seconds)

    assert time.slept == [0.05, 0.1, 0.2, 0.4, 0.8, 0.8]


@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException", "ValidationException"])
def test_a_lasting_refusal_is_not_asked_again(code: str) -> None:
    """Its code goes to the log."""
    table = FakeTable(script=[refuses(code)])

    with pytest.raises(LedgerUnavailable) as failure:
        a_ledger(table).enter(a_payment(), ten_seconds)

    assert (table.calls, failure.value.reason) == (["put_item"], code)


def test_a_failed_condition_without_its_item_is_an_unknown_outcome() -> None:
    """Whether it is the same order cannot be told, so no yes is given."""
    with pytest.raises(LedgerUnavailable):
        a_ledger(FakeTable(script=[refuses("ConditionalCheckFailedException")])).enter(a_payment(), ten_seconds)


def test_missing_credentials_are_an_unavailable_ledger() -> None:
    """As anything is that keeps an answer from coming."""

    def fault(_: object) -> None:
        raise NoCredentialsError

    with pytest.raises(LedgerUnavailable):
        a_ledger(FakeTable(script=list(repeat(fault, 20)))).enter(a_payment(), ten_seconds)


def test_a_payment_is_found_by_its_id() -> None:
    """By one read."""
    table = FakeTable()
    a_ledger(table).enter(a_payment(), ten_seconds)

    assert a_ledger(table).find(transaction_id_of("key-1"), ten_seconds) == a_payment()
    assert a_ledger(table).find(transaction_id_of("key-2"), ten_seconds) is None


def test_reads_are_strong() -> None:
    """An eventual read may miss what another Region has acknowledged (F1.4)."""
    asked = []

    class Client:
        def get_item(self, **given: object) -> dict[str, object]:
            asked.append(given["ConsistentRead"])
            return {}

    Ledger(Client(), "payments").find("id", ten_seconds)

    assert asked == [True]


def test_a_read_that_gets_no_answer_is_no_404() -> None:
    """A payment that cannot be seen is not a payment that does not exist."""
    left = chain([10.0], repeat(0.0))

    with pytest.raises(LedgerUnavailable):
        a_ledger(FakeTable(script=[never_arrives] * 9)).find("id", lambda: next(left))
