"""Table and log agree on a day when every payment is in both, said once or more, in any order and counted in any parts."""

from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_log.bucket import LogObject
from audit_log.lines import NoPayment, payment_line
from reconciliation.days import LoggedDay, Tally, count_payment, listing_digest, removed_count, short_line
from tests.support.audit import Item, an_item


def logged(*items: Item) -> LoggedDay:
    """Return the log's side with a line for each item."""
    day = LoggedDay()
    day.add(short_line(json.loads(payment_line(item, sequence_number="1", changed_at=0))) for item in items)
    return day


def counted(*items: Item, log: LoggedDay | None = None) -> Tally:
    """Return what is counted of these items."""
    tally = Tally()
    for item in items:
        count_payment(tally, item, log)
    return tally


@given(numbers=st.lists(st.integers(0, 50), unique=True), cut=st.integers(0, 50), order=st.randoms())
def test_a_tally_is_the_same_in_any_order_and_in_any_parts(numbers: list[int], cut: int, order: Random) -> None:
    """A scan has many segments and may stop anywhere."""
    items = [an_item(number) for number in numbers]
    whole = counted(*items)
    order.shuffle(items)
    first, second = counted(*items[:cut]), counted(*items[cut:])
    first.add(second)

    assert first == whole


@given(table=st.sets(st.integers(0, 9)), log=st.sets(st.integers(0, 9)), altered=st.sets(st.integers(0, 9)))
def test_a_day_is_judged_as_sets_are(table: set[int], log: set[int], altered: set[int]) -> None:
    """Missing is what the table alone has, removed what the log alone has, altered what both have otherwise."""
    side = logged(*(an_item(number, amount={"N": "1"}) for number in log))
    items = [an_item(number, amount={"N": "2" if number in altered else "1"}) for number in table]

    tally = counted(*items, log=side)

    assert tally.missing == len(table - log)
    assert removed_count(tally, len(side.ids)) == len(log - table)
    assert tally.altered == len(table & log & altered)


def test_a_line_that_comes_twice_changes_nothing_but_its_count() -> None:
    """A mapping made anew may repeat lines."""
    once, twice = logged(an_item(1)), logged(an_item(1), an_item(1))

    assert (once.ids, once.contents) == (twice.ids, twice.contents)
    assert (once.repeated, twice.repeated) == (0, 1)


def test_a_payment_two_regions_took_is_found_by_either_content() -> None:
    """In an eventually consistent table both say yes, both write a line, and one content is left in the table."""
    side = logged(an_item(1), an_item(1, region="us-east-2"))

    assert counted(an_item(1, region="us-east-2"), log=side) == counted(an_item(1, region="us-east-2"))


def test_any_attribute_counts() -> None:
    """Also one that nobody has thought of yet."""
    assert counted(an_item(1), log=logged(an_item(1, note={"S": "x"}))).altered == 1


def test_a_listing_is_other_when_anything_is() -> None:
    """An object more, less, or with other bytes."""
    one, two = (LogObject(key=key, size_bytes=9, etag="e", cold=False) for key in ("a", "b"))
    digests = {
        listing_digest(objects) for objects in ([], [one], [two], [one, two], [LogObject(key="a", size_bytes=9, etag="f", cold=True)])
    }

    assert len(digests) == 5


def test_storage_that_grows_cold_is_no_other_listing() -> None:
    """A lifecycle rule must not reopen what is proved."""
    warm, cold = (LogObject(key="a", size_bytes=9, etag="e", cold=cold) for cold in (False, True))

    assert listing_digest([warm]) == listing_digest([cold])


def test_what_is_no_payments_line_is_refused() -> None:
    """Nothing else belongs under payments/."""
    with pytest.raises(ValueError, match="no payment's"):
        short_line({"kind": "REMOVE"})


def test_what_is_no_payment_is_refused() -> None:
    """Without an id there is nothing to look for."""
    with pytest.raises(NoPayment):
        count_payment(Tally(), an_item(1, transaction_id=None), LoggedDay())
