"""Whatever the history, what was planted in it is found, and a sound one is never blamed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from deployer.drill.history import DrillRecord
from deployer.drill.verdict import judge
from tests.support.drill_records import (
    PRIMARY,
    REGIONS,
    SECONDARY,
    a_line,
    a_record,
    an_item,
    answered,
    id_of,
    key_of,
    limits,
    with_request,
    without_item,
)

REGION = st.sampled_from(REGIONS)

# A history is some hundred payments: fewer of them, and no clock on a shared machine.
some_histories = settings(max_examples=25, deadline=None)


@st.composite
def histories(draw: st.DrawFn) -> tuple[DrillRecord, int]:
    """Any sound record, and the number of one payment in it that was acknowledged."""
    payments = draw(st.integers(90, 160))
    # Early and late ones would be an unsteady start or an unfinished end, which is another rule's business.
    away = range(payments * 25 // 140, payments * 49 // 140)
    unknown = draw(st.frozensets(st.sampled_from(away), max_size=6))
    chosen = draw(st.integers(0, payments - 1).filter(lambda one: one not in unknown))
    return a_record(payments, unknown=unknown, quiet=draw(st.booleans()) and not unknown), chosen


def broken(record: DrillRecord) -> set[str]:
    """Return the rules that a record breaks."""
    return {one.rule for one in judge(record, limits()).findings if one.broken}


@some_histories
@given(histories())
def test_sound_history_is_never_blamed(history: tuple[DrillRecord, int]) -> None:
    """Unknown outcomes included, taken or not."""
    assert broken(history[0]) == set()


@some_histories
@given(histories(), st.sets(REGION, min_size=1))
def test_loss_is_always_found(history: tuple[DrillRecord, int], regions: set[str]) -> None:
    """One payment out of one ledger or both."""
    record, chosen = history

    assert {"data-loss", "settled-reads"} <= broken(without_item(record, chosen, *regions))


@some_histories
@given(histories(), REGION)
def test_loss_that_only_the_table_shows_is_found(history: tuple[DrillRecord, int], region: str) -> None:
    """Reads that still find it, from wherever, do not excuse a ledger that lacks it."""
    record, chosen = history
    ledger = tuple(one for one in record.ledger or () if (one.transaction_id, one.region) != (id_of(chosen), region))

    assert {"data-loss", "ledger-agrees"} <= broken(replace(record, ledger=ledger))


@some_histories
@given(histories(), REGION)
def test_second_item_under_a_key_is_always_found(history: tuple[DrillRecord, int], region: str) -> None:
    """As a function that draws its ids by chance leaves behind."""
    record, chosen = history
    ledger = (*(record.ledger or ()), an_item(chosen, region, transaction_id="another"))

    assert "one-payment-a-key" in broken(replace(record, ledger=ledger))


@some_histories
@given(histories(), REGION)
def test_second_id_under_a_key_is_always_found(history: tuple[DrillRecord, int], region: str) -> None:
    """Even when the table keeps only one of the two."""
    record, chosen = history
    [request] = [one for one in record.requests if one.idempotency_key == key_of(chosen)]
    again = answered(chosen, request.attempts[-1].ended_seconds + 1, region, transaction_id="another")

    assert "one-payment-a-key" in broken(with_request(record, chosen, *request.attempts, again))


@some_histories
@given(histories(), REGION, st.sampled_from(("amount", "currency", "taken_in")))
def test_divergence_is_always_found(history: tuple[DrillRecord, int], region: str, field: str) -> None:
    """Replicas that differ in one field of one payment."""
    record, chosen = history
    change = {field: Decimal("0.01") if field == "amount" else "XXX"}
    ledger = tuple(
        replace(one, **change) if (one.transaction_id, one.region) == (id_of(chosen), region) else one  # type: ignore[arg-type]
        for one in record.ledger or ()
    )

    assert "ledger-agrees" in broken(replace(record, ledger=ledger))


@some_histories
@given(histories(), REGION)
def test_stale_answer_is_always_found(history: tuple[DrillRecord, int], region: str) -> None:
    """A replay that says anything else than the first answer did."""
    record, chosen = history
    [request] = [one for one in record.requests if one.idempotency_key == key_of(chosen)]
    again = answered(chosen, request.attempts[-1].ended_seconds + 1, region, answer_digest="stale", replayed=True)

    assert "answers-agree" in broken(with_request(record, chosen, *request.attempts, again))


@some_histories
@given(histories(), REGION, st.booleans())
def test_audit_log_that_is_not_exact_is_always_found(history: tuple[DrillRecord, int], region: str, twice: bool) -> None:
    """A line too many, or one too few."""
    record, chosen = history
    line = a_line(chosen, region)
    lines = (*(record.audit or ()), line) if twice else tuple(one for one in record.audit or () if one != line)

    assert "audit-once" in broken(replace(record, audit=lines))


@some_histories
@given(histories())
def test_verdict_knows_nothing_but_the_record(history: tuple[DrillRecord, int]) -> None:
    """Asked twice, it says the same; the order in which requests were written down does not matter."""
    record, _ = history
    turned = replace(record, requests=record.requests[::-1], ledger=(record.ledger or ())[::-1], audit=(record.audit or ())[::-1])

    assert judge(record, limits()) == judge(turned, limits())


@some_histories
@given(histories())
def test_both_regions_taking_at_once_are_always_found(history: tuple[DrillRecord, int]) -> None:
    """Two payments astray with others in between."""
    record, _ = history
    wrong = PRIMARY if record.survivor else SECONDARY
    late = record.requests[-8:]
    for one in (late[0], late[6]):
        number = int(one.idempotency_key.rpartition("-")[2])
        record = with_request(record, number, answered(number, one.due_seconds, wrong))

    assert "split-brain" in broken(record)
