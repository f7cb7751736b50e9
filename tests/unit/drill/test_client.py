"""A client keeps connections, honours TTLs, verifies certificates and tells exactly what it saw."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import pytest

from deployer.drill.client import Client, attempt_of, read_all, read_answer
from deployer.drill.history import Attempt, Outcome
from deployer.drill.names import Names, NoAddress
from deployer.drill.target import Target
from tests.support.paying_regions import EAST, MIDDLE, PayingRegions, paying_regions, target_of
from tests.support.rollout.clock import FakeClock

T = TypeVar("T")
BODY = b'{"amount": 1.10, "currency": "USD", "customerId": "c"}'


@pytest.fixture
def regions(tmp_path: Path) -> Iterator[PayingRegions]:
    """Two Regions for one test."""
    with paying_regions(tmp_path) as running:
        yield running


def with_client(
    target: Target, work: Callable[[Client], Awaitable[T]], *, timeout: float = 5.0, age: float = 60.0, scale: float = 1.0
) -> T:
    """Return what a client's work comes to."""

    async def live() -> T:
        client = Client(target, timeout_seconds=timeout, connection_seconds_max=age, time_scale=scale)
        try:
            return await work(client)
        finally:
            await client.close()

    return asyncio.run(live())


def test_payment_is_acknowledged_with_all_its_answer_says(regions: PayingRegions) -> None:
    """Region, id, exact amount; and a replay is known for one."""

    async def work(client: Client) -> tuple[Attempt, Attempt]:
        return await client.pay(BODY, "k1"), await client.pay(BODY, "k1")

    first, again = with_client(target_of(regions), work)

    assert (first.outcome, first.status, first.region) == (Outcome.ACKNOWLEDGED, 201, EAST)
    assert (first.transaction_id, first.amount, first.currency, first.replayed) == ("id-of-k1", Decimal("1.1"), "USD", False)
    assert (again.replayed, again.answer_digest) == (True, first.answer_digest)


def test_connection_is_used_again(regions: PayingRegions) -> None:
    """As clients do; one after the other needs one connection, and one question for the name."""

    async def work(client: Client) -> list[Attempt]:
        return [await client.pay(BODY, f"k{number}") for number in range(5)]

    with_client(target_of(regions), work)

    assert len(regions.connections) == 1
    assert regions.questions == 1


def test_old_connection_stays_in_its_region_until_it_is_too_old(regions: PayingRegions) -> None:
    """The name has moved, and a client with a connection does not know (F2.21)."""

    async def work(client: Client) -> list[str | None]:
        before = await client.pay(BODY, "k1")
        regions.leads_to = MIDDLE
        await asyncio.sleep(1.2)
        kept = await client.pay(BODY, "k2")
        client._age_max = 0.0
        return [one.region for one in (before, kept, await client.pay(BODY, "k3"))]

    assert with_client(target_of(regions), work) == [EAST, EAST, MIDDLE]


def test_answer_is_believed_for_its_ttl_in_scaled_seconds(regions: PayingRegions) -> None:
    """Not longer, and not shorter: every connection is new here."""
    regions.ttl_seconds = 60

    async def work(client: Client) -> list[str | None]:
        before = await client.pay(BODY, "k1")
        regions.leads_to = MIDDLE
        believed = await client.pay(BODY, "k2")
        await asyncio.sleep(0.8)
        return [one.region for one in (before, believed, await client.pay(BODY, "k3"))]

    assert with_client(target_of(regions), work, age=0.0, scale=100.0) == [EAST, EAST, MIDDLE]


def test_clients_that_begin_together_do_not_ask_together(regions: PayingRegions) -> None:
    """The first answer is as old as chance has it; later ones are believed for their whole TTL."""
    regions.ttl_seconds = 50
    clock = FakeClock()
    names = Names(target_of(regions), first_share=0.3, now=clock.monotonic_seconds)

    async def questions_after(*pauses: float) -> list[int]:
        counts = []
        for pause in pauses:
            clock.sleep(pause)
            await names.whereabouts("api.pay.example.test")
            counts.append(regions.questions)
        return counts

    # At 0, 14, 16, 65 and 67 seconds; 15 is three tenths of the TTL, and 66 is a whole one later.
    assert asyncio.run(questions_after(0, 14, 2, 49, 2)) == [1, 1, 2, 2, 3]


def test_failed_connection_is_not_used_again(regions: PayingRegions) -> None:
    """The next attempt asks where the name leads now."""
    regions.ill[EAST] = "failing"
    regions.ttl_seconds = 0

    async def work(client: Client) -> list[Attempt]:
        failed = await client.pay(BODY, "k1")
        regions.leads_to = MIDDLE
        return [failed, await client.pay(BODY, "k1")]

    failed, saved = with_client(target_of(regions), work)

    assert (failed.outcome, failed.status, failed.region) == (Outcome.FAILED, 500, EAST)
    assert (saved.outcome, saved.region) == (Outcome.ACKNOWLEDGED, MIDDLE)


def test_silence_is_unanswered_and_told(regions: PayingRegions) -> None:
    """And nobody knows whether it was taken."""
    regions.ill[EAST] = "taking"
    attempt = with_client(target_of(regions), lambda client: client.pay(BODY, "k1"), timeout=0.5)

    assert (attempt.outcome, attempt.status, attempt.error, attempt.region) == (Outcome.UNANSWERED, None, "timed out", EAST)
    assert "k1" in regions.ledger


def test_refused_connection_is_told(regions: PayingRegions) -> None:
    """With the Region that refused it."""
    target = replace(target_of(regions), ports={EAST: 1})
    attempt = with_client(target, lambda client: client.pay(BODY, "k1"))

    assert (attempt.outcome, attempt.error, attempt.region) == (Outcome.UNANSWERED, "connection refused", EAST)


def test_name_that_leads_nowhere_is_told(regions: PayingRegions) -> None:
    """There is no Region then."""
    regions.leads_to = None
    attempt = with_client(target_of(regions), lambda client: client.pay(BODY, "k1"))

    assert (attempt.outcome, attempt.error, attempt.region) == (Outcome.UNANSWERED, "no such name", None)


def test_silent_name_server_is_told(regions: PayingRegions) -> None:
    """Nobody listens there."""
    names = Names(replace(target_of(regions), name_server=("127.0.0.1", 9)))

    with pytest.raises(NoAddress, match="no answer from DNS"):
        asyncio.run(names.ask("api.pay.example.test"))


def test_certificate_is_verified(regions: PayingRegions) -> None:
    """Whoever has another authority's certificate gets no payment."""
    target = replace(target_of(regions), ca_bundle=ssl.get_default_verify_paths().cafile)
    attempt = with_client(target, lambda client: client.pay(BODY, "k1"))

    assert (attempt.outcome, attempt.error) == (Outcome.UNANSWERED, "TLS refused")
    assert regions.ledger == {}


@pytest.mark.parametrize(
    ("status", "text", "outcome"),
    [
        pytest.param(201, b'{"transactionId": "a", "amount": 1, "currency": "USD"}', Outcome.ACKNOWLEDGED, id="promise"),
        pytest.param(201, b"<html>", Outcome.FAILED, id="promise of nothing"),
        pytest.param(201, b'{"transactionId": 7, "amount": 1, "currency": "USD"}', Outcome.FAILED, id="promise of something else"),
        pytest.param(422, b"", Outcome.REFUSED, id="refused"),
        pytest.param(503, b"", Outcome.FAILED, id="failed"),
        pytest.param(None, b"", Outcome.UNANSWERED, id="no answer"),
    ],
)
def test_outcome_is_what_a_client_can_know(status: int | None, text: bytes, outcome: Outcome) -> None:
    """Only an answer that says what was taken is a promise."""
    assert attempt_of(status, text, began=0, ended=1, region=EAST).outcome is outcome


def test_amount_is_read_to_the_digit() -> None:
    """No float on the way."""
    told = read_answer(b'{"transactionId": "a", "amount": 0.10000000000000000001, "currency": "USD"}')

    assert told["amount"] == Decimal("0.10000000000000000001")


def test_last_reads_ask_each_region_by_its_own_name(regions: PayingRegions) -> None:
    """In the order of the ids, and again where the Region was only busy."""
    regions.ledger["k1"] = {"transactionId": "id-1", "amount": 1, "currency": "USD"}
    regions.leads_to = EAST
    found = asyncio.run(read_all(target_of(regions), MIDDLE, ("id-1", "id-2"), timeout_seconds=2, readers=2, tries=3))
    regions.ill[MIDDLE] = "failing"
    failing = asyncio.run(read_all(target_of(regions), MIDDLE, ("id-1",), timeout_seconds=2, readers=2, tries=2))

    assert found == (200, 404)
    assert failing == (500,)
    assert regions.calls[-2:] == [(MIDDLE, "GET", "id-1")] * 2
