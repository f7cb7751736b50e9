"""What the payment function asks of DynamoDB, counted at the wire: its packaged code in a process of its own, on the embedded AWS."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench.functions.calls import CONFLICT, NEW, READ, REPLAY, Kind
from bench.functions.figures import Asked
from bench.functions.recorder import request_of
from bench.functions.run import Bench, a_bench, asked_per_call

CALLS = 3


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    """The functions as they are packaged, and a recorder in front of an embedded AWS."""
    with a_bench() as running:
        yield running


def one(*, write_units: float = 0, read_units: float = 0) -> Asked:
    """Return one request of that many units."""
    return Asked(writes=float(write_units > 0), reads=float(read_units > 0), write_units=write_units, read_units=read_units)


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        pytest.param(NEW, one(write_units=1), id="a new payment"),
        pytest.param(REPLAY, one(write_units=1), id="a replay"),
        pytest.param(CONFLICT, one(write_units=1), id="another payment under its key"),
        pytest.param(READ, one(read_units=1), id="a read"),
    ],
)
def test_each_call_is_one_request_of_one_unit(bench: Bench, kind: Kind, asked: Asked) -> None:
    """A payment is one write, whatever it meets; nothing is read before it, and the refusal brings what stands there."""
    prefix = kind.name.replace(" ", "-")
    if kind is not NEW:
        asked_per_call(bench, "ours", NEW, key_prefix=prefix, calls=CALLS)

    found = asked_per_call(bench, "ours", kind, key_prefix=prefix, calls=CALLS)

    assert found == asked


def test_the_yardstick_writes_thrice(bench: Bench) -> None:
    """The recorder counts what is there: Powertools' record before and after, and the payment between them."""
    found = asked_per_call(bench, "peer", NEW, key_prefix="peer", calls=CALLS)

    assert found == Asked(writes=3, reads=0, write_units=3, read_units=0)


@pytest.mark.parametrize(
    ("text", "units"), [pytest.param("x" * 1000, 1, id="within a unit"), pytest.param("x" * 1024, 2, id="beyond it by its name")]
)
def test_a_failed_condition_uses_what_the_item_that_stands_there_would(text: str, units: int) -> None:
    """Its report says nothing, so the item in the refusal is counted."""
    refusal = {"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "Item": {"name": {"S": text}}}

    request = request_of("PutItem", refusal)

    assert (request.units, request.is_write, request.condition_failed) == (units, True, True)
