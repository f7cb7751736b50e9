"""The audit log's lines say everything once and for all, its keys tell where, and its objects are whole."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_log.bucket import AuditBucket, Unreadable, packed
from audit_log.keys import changes_key, day_of_key, payments_key, reconciled_key
from audit_log.lines import NoPayment, change_line, day_of, fingerprint_of, payment_line, reconciled_line, region_of
from tests.support.audit import CHANGED_AT, DAY, HERE, FakeBucket, an_item
from tests.support.fake_services import refuses


def test_a_line_holds_the_item_to_the_letter() -> None:
    """What DynamoDB holds is what an auditor sees: exact digits, and attributes nobody has thought of yet."""
    item = an_item(7, amount={"N": "9999999999999.99"}, note={"S": "né"})

    line = json.loads(payment_line(item, sequence_number="111", changed_at=CHANGED_AT))

    assert line == {
        "kind": "payment",
        "id": item["transaction_id"]["S"],
        "item": item,
        "sequence_number": "111",
        "changed_at": "2026-11-20T09:26:53Z",
    }


def test_a_line_is_one_line() -> None:
    """A line feed inside a value would cut it in two."""
    line = payment_line(an_item(1, customer_id={"S": "a\nb\u2028c"}), sequence_number="1", changed_at=0)

    assert len(line.splitlines()) == 1


@given(order=st.permutations(list(an_item())))
def test_the_order_of_attributes_means_nothing(order: list[str]) -> None:
    """The stream and the table tell them in any order."""
    turned = {name: an_item()[name] for name in order}

    assert fingerprint_of(turned) == fingerprint_of(an_item())
    assert reconciled_line(turned) == reconciled_line(an_item())


@pytest.mark.parametrize("changed_at", [1_700_000_000, 1_700_000_000.0, 1_700_000_000.987])
def test_a_time_is_kept_to_the_second(changed_at: float) -> None:
    """Lambda's events and the stream's own API tell the same record with more or fewer digits."""
    line = payment_line(an_item(), sequence_number="1", changed_at=changed_at)

    assert json.loads(line)["changed_at"] == "2023-11-14T22:13:20Z"


def test_a_reconciled_line_says_so_under_the_same_id() -> None:
    """Who reads knows both for one payment, and which of them came late."""
    late = json.loads(reconciled_line(an_item()))

    assert late["reconciled"] is True
    assert late["id"] == json.loads(payment_line(an_item(), sequence_number="1", changed_at=0))["id"]


def test_what_each_region_saw_of_a_change_has_an_id_of_its_own() -> None:
    """Two witnesses are no repetition."""
    seen = [
        change_line("REMOVE", an_item(), None, sequence_number="1", changed_at=0, seen_in=region) for region in ("us-east-1", "us-east-2")
    ]

    assert len({json.loads(line)["id"] for line in seen}) == 2


@pytest.mark.parametrize(
    ("ask", "item"),
    [
        pytest.param(day_of, an_item(created_at=None), id="no time"),
        pytest.param(day_of, an_item(created_at={"S": "2026-13-01T00:00:00Z"}), id="month 13"),
        pytest.param(day_of, an_item(created_at={"S": "yesterday"}), id="no date"),
        pytest.param(day_of, an_item(created_at={"N": "20261122"}), id="a number"),
        pytest.param(region_of, an_item(region={"S": "../../us-east-1"}), id="a path"),  # type: ignore[arg-type]
        pytest.param(region_of, {}, id="nothing"),
    ],
)
def test_what_is_no_payment_is_refused_without_quoting_it(ask: Any, item: dict[str, Any]) -> None:
    """Its values may be a customer's."""
    with pytest.raises(NoPayment) as refusal:
        ask(item)

    assert str(refusal.value) in ("created_at is missing", "created_at is no time", "region is missing", "region is no Region")


def test_a_binary_value_is_spelled_as_lambda_spells_it() -> None:
    """The table's own API gives bytes where the event gives base64."""
    assert fingerprint_of({"a": {"B": b"\x00\x01"}}) == fingerprint_of({"a": {"B": "AAE="}})  # type: ignore[dict-item]


def test_keys_are_partitioned_by_day_and_region() -> None:
    """As query engines read partitions; sequence numbers of different lengths sort as numbers."""
    short, long = (payments_key(day=DAY, region=HERE, first_sequence_number=number) for number in ("9" * 21, "1" + "0" * 21))

    assert short.startswith("payments/date=2026-11-20/region=us-east-1/")
    assert short < long
    assert day_of_key(long) == DAY
    assert day_of_key(changes_key(day=DAY, region=HERE, first_sequence_number="1")) is None


def test_an_id_cannot_leave_its_partition() -> None:
    """A hand-made item's id may hold anything."""
    key = reconciled_key(day=DAY, region=HERE, transaction_id="../x/é")

    assert key == "payments/date=2026-11-20/region=us-east-1/reconciled-..%2Fx%2F%C3%A9.jsonl.gz"


def test_the_same_lines_are_the_same_bytes() -> None:
    """No time, no name, no host in the header."""
    assert packed(["a", "b"]) == packed(["a", "b"])
    assert packed(["a", "b"])[4:8] == b"\0\0\0\0"


def test_objects_are_read_back_page_by_page() -> None:
    """A listing has as many pages as it has."""
    client = FakeBucket(page=2)
    bucket = AuditBucket(client, "log")
    for number in range(5):
        bucket.write(f"payments/{number}", [f'{{"n":{number}}}'])

    assert [one.key for one in bucket.objects("payments/")] == [f"payments/{number}" for number in range(5)]
    assert [list(bucket.read(f"payments/{number}")) for number in range(5)] == [[{"n": number}] for number in range(5)]


def test_adding_never_replaces() -> None:
    """What is there stays, and the caller is told."""
    client = FakeBucket()
    bucket = AuditBucket(client, "log")

    assert bucket.add("key", ["first"])
    assert not bucket.add("key", ["second"])
    assert client.lines_of("key") == ["first"]


def test_adding_tells_a_refusal_from_an_object_that_is_there() -> None:
    """Otherwise a payment nobody may write would count as written."""
    with pytest.raises(Exception, match="AccessDenied"):
        AuditBucket(FakeBucket([refuses("AccessDenied", 403)]), "log").add("key", ["line"])


@pytest.mark.parametrize(
    "body",
    [pytest.param(packed(["{}"] * 99)[:-9], id="cut short"), pytest.param(b"{}", id="no gzip"), pytest.param(packed(["x"]), id="no JSON")],
)
def test_what_cannot_be_read_is_said_to_be_unreadable(body: bytes) -> None:
    """Nothing is taken for the whole that is a part."""
    client = FakeBucket()
    client.objects["key"] = body

    with pytest.raises(Unreadable):
        list(AuditBucket(client, "log").read("key"))


def test_what_may_not_be_read_is_said_to_be_unreadable() -> None:
    """With AWS's own code."""
    client = FakeBucket()
    client.closed.add("key")

    with pytest.raises(Unreadable, match="AccessDenied"):
        list(AuditBucket(client, "log").read("key"))
