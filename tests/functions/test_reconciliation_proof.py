"""A proof finds every payment the log lacks, writes it once, takes no fresh one for a gap, and can stop anywhere and go on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit_log.bucket import Unreadable
from tests.support.audit import DAY, HERE, THERE, Item, a_record, an_event, an_item
from tests.support.fake_services import loses_the_answer, refuses
from tests.support.function_events import FakeContext
from tests.support.reconciling import Proofs

MONTH = [f"2026-11-{day:02}" for day in range(1, 21)]


def test_a_whole_log_is_proved() -> None:
    """Nothing is written but the state, and the day is sealed."""
    proofs = Proofs(table=[an_item(1), an_item(2)], log=[an_item(1), an_item(2)])

    answer = proofs.call()

    assert (answer["outcome"], answer["payments"], answer["missing"]) == ("proved", 2, 0)
    assert (answer["days_proved"], answer["days_unproved"]) == (1, 0)
    assert proofs.reconciled() == []


def test_a_payment_of_a_lost_region_is_written_here() -> None:
    """It was taken, replicated, and never written where it was taken."""
    proofs = Proofs(table=[an_item(1), an_item(2, region=THERE)], log=[an_item(1)])

    assert proofs.call()["missing"] == 1
    [key] = proofs.reconciled()
    assert key.startswith(f"payments/date={DAY}/region={THERE}/reconciled-")
    [line] = proofs.bucket.lines_of(key)
    assert json.loads(line) == {
        "kind": "payment",
        "id": an_item(2)["transaction_id"]["S"],
        "item": an_item(2, region=THERE),
        "reconciled": True,
    }


def test_what_was_written_is_read_back_an_hour_later() -> None:
    """A gap is closed when it is proved to be."""
    proofs = Proofs(table=[an_item(1)], log=[])

    outcomes = [proofs.call() for _ in range(3)]

    assert [(one["outcome"], one.get("missing"), one.get("days_proved")) for one in outcomes] == [
        ("proved", 1, 0),
        ("proved", 0, 1),
        ("nothing-due", None, None),
    ]


def test_a_day_that_is_not_over_for_an_hour_is_left_alone() -> None:
    """A payment on its way to the log is no gap, and one on its way from the other Region's bucket neither."""
    proofs = Proofs(table=[an_item(1, day=DAY), an_item(2, day="2026-11-21")], log=[])
    proofs.now = "2026-11-21T00:59:59"

    assert proofs.call()["missing"] == 0
    proofs.now = "2026-11-21T01:00:00"
    assert proofs.call()["missing"] == 1
    assert [DAY in key for key in proofs.reconciled()] == [True]


def test_a_proof_is_made_once_a_day() -> None:
    """Later calls of the day cost a listing and a read."""
    proofs = Proofs(table=[an_item(1)], log=[an_item(1)])
    proofs.call()
    pages = proofs.ledger.pages

    assert proofs.call()["outcome"] == "nothing-due"
    assert proofs.ledger.pages == pages
    proofs.now = "2026-11-22T01:30:00"
    assert proofs.call()["outcome"] == "proved"


def test_a_sealed_day_is_proved_without_reading_its_objects() -> None:
    """By then they may be in storage that cannot be read at once."""
    proofs = Proofs(table=[an_item(1)], log=[an_item(1)])
    proofs.call()
    proofs.bucket.cold.update(key for key in proofs.bucket.objects if key.startswith("payments/"))
    proofs.bucket.calls.clear()

    proofs.now = "2026-11-22T01:30:00"
    answer = proofs.call()

    assert (answer["days_proved"], answer["days_unproved"], answer["payments"]) == (1, 0, 1)
    assert proofs.bucket.calls.count("get_object") == 1  # the state


def test_a_payment_that_appears_on_a_sealed_day_reopens_it() -> None:
    """A Region that comes back brings its writes along (eventual consistency)."""
    proofs = Proofs(table=[an_item(1)], log=[an_item(1)])
    proofs.call()
    proofs.ledger.items.append(an_item(2))
    proofs.now = "2026-11-22T01:30:00"

    answers = [proofs.call() for _ in range(4)]

    assert [(one["outcome"], one.get("missing"), one.get("days_unproved")) for one in answers] == [
        ("proved", 0, 1),
        ("proved", 1, 1),
        ("proved", 0, 0),
        ("nothing-due", None, None),
    ]


def test_an_object_that_vanishes_from_a_sealed_day_is_found() -> None:
    """Its payments are missing again, and written again."""
    proofs = Proofs(table=[an_item(1), an_item(2, day="2026-11-19")], log=[an_item(1), an_item(2, day="2026-11-19")])
    proofs.call()
    gone = next(key for key in proofs.bucket.objects if "2026-11-19" in key)
    del proofs.bucket.objects[gone]
    proofs.now = "2026-11-22T01:30:00"

    assert proofs.call()["missing"] == 1


def test_a_payment_that_is_gone_from_the_table_is_told() -> None:
    """On an open day, and on a sealed one."""
    proofs = Proofs(table=[an_item(1)], log=[an_item(1), an_item(2)])

    answer = proofs.call()
    assert (answer["removed"], answer["days_unproved"]) == (1, 1)

    sealed = Proofs(table=[an_item(1)], log=[an_item(1)])
    sealed.call()
    sealed.ledger.items.clear()
    sealed.now = "2026-11-22T01:30:00"
    assert sealed.call()["days_unproved"] == 1
    assert sealed.call()["removed"] == 1


def test_a_payment_the_table_has_otherwise_is_told_and_never_written_over() -> None:
    """People have to look at both."""
    proofs = Proofs(table=[an_item(1, amount={"N": "2"})], log=[an_item(1)])

    answer = proofs.call()

    assert (answer["altered"], answer["missing"], answer["days_unproved"]) == (1, 0, 1)
    assert proofs.reconciled() == []


def test_a_line_that_is_there_twice_is_counted_and_harmless() -> None:
    """The day is proved all the same."""
    proofs = Proofs(table=[an_item(1)], log=[an_item(1)])
    proofs.write([an_item(1)], name="again")

    answer = proofs.call()

    assert (answer["repeated_lines"], answer["days_proved"]) == (1, 1)


@pytest.mark.parametrize("broken", [{"created_at": None}, {"region": None}, {"region": {"S": "nowhere"}}])
def test_an_item_that_is_no_payment_is_counted(broken: dict[str, Any]) -> None:
    """It can be put nowhere, and must not be passed over in silence."""
    proofs = Proofs(table=[an_item(1), an_item(2, **broken)], log=[an_item(1)])

    answer = proofs.call()

    assert (answer["unreadable_items"], answer["payments"], answer["days_proved"]) == (1, 1, 1)


def test_both_regions_reconciliations_write_the_same() -> None:
    """Copied both ways, a gap found twice is one object."""
    here, there = (Proofs(table=[an_item(1)], log=[], region=region) for region in (HERE, THERE))
    here.call()
    there.call()

    assert here.reconciled() == there.reconciled()
    assert [here.bucket.objects[key] for key in here.reconciled()] == [there.bucket.objects[key] for key in there.reconciled()]


def test_a_day_that_cannot_be_read_stays_unproved_and_stops_no_other() -> None:
    """Neither cold storage, nor a refusal, nor a broken object lets a payment count as missing."""
    proofs = Proofs(table=[an_item(number, day=day) for number, day in enumerate(MONTH[:4])], log=[])
    proofs.write([an_item(number, day=day) for number, day in enumerate(MONTH[:4])])
    keys = sorted(key for key in proofs.bucket.objects if key.startswith("payments/"))
    proofs.bucket.cold.add(keys[0])
    proofs.bucket.closed.add(keys[1])
    proofs.bucket.objects[keys[2]] = proofs.bucket.objects[keys[2]][:-9]

    answer = proofs.call()

    assert (answer["missing"], answer["days_unproved"], answer["days_proved"]) == (0, 3, 1)
    assert proofs.call()["outcome"] == "nothing-due"


def test_a_refused_write_fails_the_call_and_loses_nothing() -> None:
    """The next call begins where the last good one ended."""
    proofs = Proofs(table=[an_item(1)], log=[])
    proofs.bucket.script = [refuses("AccessDenied", 403)]

    with pytest.raises(Exception, match="AccessDenied"):
        proofs.call()

    assert proofs.call()["missing"] == 1


def test_a_write_whose_answer_was_lost_is_no_second_object() -> None:
    """It is found to be there."""
    proofs = Proofs(table=[an_item(1)], log=[])
    proofs.bucket.script = [loses_the_answer]
    with pytest.raises(Exception, match="timeout"):
        proofs.call()

    proofs.call()

    assert len(proofs.reconciled()) == 1


def test_a_day_that_becomes_unreadable_during_a_proof_fails_the_call() -> None:
    """Better than to go on as if it were empty."""
    proofs = Proofs(table=[an_item(number) for number in range(40)], log=[an_item(number) for number in range(40)])
    assert proofs.call(pages=4)["outcome"] == "goes-on"
    proofs.bucket.closed.update(key for key in proofs.bucket.objects if key.startswith("payments/"))

    with pytest.raises(Unreadable):
        proofs.call()


@settings(max_examples=60, deadline=None)
@given(
    table=st.sets(st.integers(0, 40)),
    log=st.sets(st.integers(0, 40)),
    pages=st.lists(st.integers(0, 6), max_size=6),
    lines_max=st.sampled_from([3, 10, 1000]),
)
def test_in_the_end_every_payment_is_logged_once(table: set[int], log: set[int], pages: list[int], lines_max: int) -> None:
    """However often a proof is cut short, and however few lines fit into memory at a time."""

    def item(number: int) -> Item:
        return an_item(number, day=MONTH[number % 5], region=(HERE, THERE)[number % 2])

    proofs = Proofs(table=map(item, table), log=map(item, log), lines_max=lines_max)
    for few in pages:
        proofs.call(pages=few)
    answers = [proofs.call() for _ in range(12)]

    names = proofs.bucket.ids()
    fits = [day for day in range(5) if sum(number % 5 == day for number in log) <= lines_max]
    assert set(names) == {item(number)["transaction_id"]["S"] for number in log | {number for number in table if number % 5 in fits}}
    assert len(names) == len(set(names))
    assert answers[-1]["outcome"] == "nothing-due"
    proved = {day for day in range(5) if {number for number in log if number % 5 == day} <= table}
    too_large = {day for day in range(5) if sum(number % 5 == day for number in table | log) > lines_max}
    assert proofs.days_proved() == len(proved & {number % 5 for number in table} - too_large)


@settings(max_examples=60, deadline=None)
@given(table=st.sets(st.integers(0, 40)), log=st.sets(st.integers(0, 40)), pages=st.lists(st.integers(0, 6), max_size=6))
def test_a_proof_cut_short_comes_to_the_same_as_one_that_is_not(table: set[int], log: set[int], pages: list[int]) -> None:
    """The numbers only add up."""

    def proofs() -> Proofs:
        items = [an_item(number, day=MONTH[number % 3]) for number in range(41)]
        return Proofs(table=[items[number] for number in table], log=[items[number] for number in log])

    at_once, in_parts = proofs(), proofs()
    whole = at_once.call()
    last = {"outcome": "goes-on"}
    for few in [*pages, 99]:
        if last["outcome"] == "goes-on":
            last = in_parts.call(pages=few)

    assert last == whole
    assert in_parts.reconciled() == at_once.reconciled()


def test_what_the_consumer_writes_is_what_the_proof_finds() -> None:
    """Stream and table tell a payment alike."""
    proofs = Proofs(table=[an_item(1), an_item(2)], log=[])
    proofs.consume(an_event(a_record(1), a_record(2)), FakeContext())

    assert proofs.call()["days_proved"] == 1


def test_a_payment_written_late_is_repeated_and_no_gap_any_more() -> None:
    """A Region that comes back writes what was reconciled meanwhile: two lines, one id, and a proof."""
    proofs = Proofs(table=[an_item(1)], log=[])
    proofs.call()
    proofs.consume(an_event(a_record(1)), FakeContext())

    answer = proofs.call()

    assert (answer["missing"], answer["repeated_lines"], answer["days_proved"]) == (0, 1, 1)
    assert len(set(proofs.bucket.ids())) == 1
