"""What of a batch goes where: each payment to the Region that took it, up to the first record that is no payment."""

from __future__ import annotations

import json
from typing import Any

import pytest

from audit.batch import cut
from tests.support.audit import HERE, THERE, a_record, an_item, sequence


def ids(lines: tuple[str, ...]) -> list[int]:
    """Return the payments' numbers."""
    return [int(json.loads(line)["id"][-12:]) for line in lines]


def test_a_batch_is_one_object_named_by_its_first_record() -> None:
    """Whatever comes last."""
    [(key, lines)] = cut([a_record(1), a_record(2), a_record(3)], region=HERE).objects

    assert key == f"payments/date=2026-11-20/region=us-east-1/{sequence(1):0>40}.jsonl.gz"
    assert ids(lines) == [1, 2, 3]


def test_the_other_regions_payments_are_left_to_it() -> None:
    """Both streams hold both Regions' payments: whoever took one writes it."""
    records = [a_record(1, region=THERE), a_record(2), a_record(3, region=THERE)]

    here, there = cut(records, region=HERE), cut(records, region=THERE)

    assert [ids(lines) for _, lines in here.objects] == [[2]]
    assert [ids(lines) for _, lines in there.objects] == [[1, 3]]


def test_a_batch_of_the_other_regions_payments_is_nothing() -> None:
    """No object, no failure."""
    found = cut([a_record(1, region=THERE)], region=HERE)

    assert (found.objects, found.poison) == ((), None)


def test_midnight_makes_two_objects() -> None:
    """The day is the payment's own, so that its place can be told from the payment; days may mingle."""
    records = [a_record(1, day="2026-11-20"), a_record(2, day="2026-11-21"), a_record(3, day="2026-11-20")]

    found = cut(records, region=HERE)

    assert [(key.split("/")[1], ids(lines)) for key, lines in found.objects] == [("date=2026-11-20", [1, 3]), ("date=2026-11-21", [2])]


@pytest.mark.parametrize("kind", ["MODIFY", "REMOVE"])
def test_a_change_is_told_by_every_region_that_sees_it(kind: str) -> None:
    """A removal names no Region, and what must never happen is worth two witnesses."""
    for region in (HERE, THERE):
        found = cut([a_record(1, kind=kind)], region=region)

        [(key, (line,))] = found.objects
        assert key.startswith(f"changes/date=2026-11-20/region={region}/")
        assert (json.loads(line)["kind"], json.loads(line)["transaction_id"]) == (kind, an_item(1)["transaction_id"]["S"])
        assert (found.payments_count, found.changes_count) == (0, 1)


BAD: list[Any] = [
    pytest.param(a_record(2, created_at=None), "created_at is missing", id="no time"),
    pytest.param(a_record(2, region=None), "region is missing", id="no Region"),
    pytest.param(a_record(2, transaction_id=None), "transaction_id is missing", id="no id"),
    pytest.param(a_record(2, kind="INSERT", item={}), "tells of nothing that happened to an item", id="no image"),
    pytest.param(a_record(2, kind="TELEPORT"), "tells of nothing that happened to an item", id="unknown event"),
    pytest.param({"eventName": "INSERT"}, "has no sequence number or no time", id="nothing"),
]


@pytest.mark.parametrize(("bad", "reason"), BAD)
def test_a_batch_is_cut_off_before_what_is_no_payment(bad: dict[str, Any], reason: str) -> None:
    """What lies behind it is the next attempt's: written now it would be written again then."""
    found = cut([a_record(1), bad, a_record(3)], region=HERE)

    assert [ids(lines) for _, lines in found.objects] == [[1]]
    assert found.poison
    assert (found.poison.index, found.poison.reason) == (1, reason)
