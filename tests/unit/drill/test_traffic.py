"""Traffic comes when it is due, tries again under the same key, is bounded, and keeps everything."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from deployer.drill.history import Outcome
from deployer.drill.traffic import History, TrafficRun, is_worth_retrying, order_of, pause_seconds
from deployer.params.scenario import Traffic
from tests.support.drill_records import an_attempt
from tests.support.paying_regions import EAST, MIDDLE, PayingRegions, paying_regions, target_of


@pytest.fixture
def regions(tmp_path: Path) -> Iterator[PayingRegions]:
    """Two Regions for one test."""
    with paying_regions(tmp_path) as running:
        yield running


def run(regions: PayingRegions, seconds: float, while_it_runs: Callable[[], None] = lambda: None, **changes: Any) -> History:
    """Return what some seconds of traffic came to."""
    traffic = Traffic.model_validate(
        {"payments_per_second": 20, "clients": 3, "timeout_seconds": 0.5, "backoff_seconds_max": 0.4, "replays_share": 0} | changes
    )
    began = time.monotonic()
    work = TrafficRun(
        target_of(regions), traffic, run_id="drill-t", seconds_max=seconds, time_scale=1.0, now=lambda: time.monotonic() - began
    )
    work.start()
    while_it_runs()
    while not work.is_over and time.monotonic() - began < 30:
        time.sleep(0.05)
    return work.stop()


def test_every_request_is_kept_with_when_it_was_due(regions: PayingRegions) -> None:
    """A constant rate, all acknowledged, none left out."""
    history = run(regions, 1.0)
    dues = sorted(one.due_seconds for one in history.requests)

    assert len(history.requests) == 20
    assert [round((due - dues[0]) * 20) for due in dues] == list(range(20))
    assert all(one.acknowledged for one in history.requests)
    assert Counter(one.client for one in history.requests) == {0: 7, 1: 7, 2: 6}


def test_stall_holds_no_request_up(regions: PayingRegions) -> None:
    """Nobody answers, and requests keep coming all the same: three clients that waited would have sent six."""
    regions.ill[EAST] = "silent"
    history = run(regions, 1.0, attempts_max=1)

    assert len(history.requests) == 20
    assert {one.attempts[0].outcome for one in history.requests} == {Outcome.UNANSWERED}


def test_retries_carry_the_same_key_and_reach_the_other_region(regions: PayingRegions) -> None:
    """An answer that got lost is found again where the name leads next: one payment, two attempts."""
    regions.ill[EAST] = "taking"
    regions.ttl_seconds = 0

    def move() -> None:
        time.sleep(0.5)
        regions.leads_to = MIDDLE

    history = run(regions, 0.6, move, attempts_max=8)

    assert all(one.acknowledged and one.acknowledged.region == MIDDLE for one in history.requests)
    assert any(one.acknowledged and one.acknowledged.replayed for one in history.requests)
    assert len(regions.ledger) == len(history.requests)


def test_clients_give_up_after_their_attempts(regions: PayingRegions) -> None:
    """Bounded, whatever happens."""
    regions.ill[EAST] = "failing"
    history = run(regions, 0.3, attempts_max=3)

    assert {len(one.attempts) for one in history.requests} == {3}


def test_some_payments_are_sent_again_though_acknowledged(regions: PayingRegions) -> None:
    """And come back as replays, kept beside the first answer."""
    history = run(regions, 0.5, replays_share=1)

    assert {tuple(one.replayed for one in request.attempts) for request in history.requests} == {(False, True)}


def test_reads_ask_for_what_was_acknowledged(regions: PayingRegions) -> None:
    """Each finds its payment."""
    history = run(regions, 1.0, reads_share=1)

    assert len(history.lookups) > 10
    assert {one.attempts[-1].status for one in history.lookups} == {200}
    assert {one.transaction_id for one in history.lookups} <= {f"id-of-{key}" for key in regions.ledger}


def test_same_seed_makes_the_same_orders() -> None:
    """A drill can be repeated; the customer is the key, so the table tells what an item was asked for under."""
    one, same, other = order_of("drill-t", 7, 0.0, 1), order_of("drill-t", 7, 0.0, 1), order_of("drill-t", 7, 0.0, 2)

    assert one == same
    assert one.amount != other.amount
    assert b'"customerId": "drill-t-000007"' in one.body


@pytest.mark.parametrize(
    ("outcome", "status", "again"),
    [
        (Outcome.ACKNOWLEDGED, 201, False),
        (Outcome.REFUSED, 422, False),
        (Outcome.REFUSED, 429, True),
        (Outcome.FAILED, 503, True),
        (Outcome.UNANSWERED, None, True),
    ],
)
def test_only_what_may_help_is_sent_again(outcome: Outcome, status: int | None, again: bool) -> None:
    """A refusal is the last word."""
    assert is_worth_retrying(an_attempt(0, EAST, outcome, status=status)) is again


def test_pauses_double_and_are_bounded() -> None:
    """Full jitter below a bound that doubles up to the largest."""
    assert [pause_seconds(tried, 1.0, 5.0) for tried in range(1, 7)] == [0.4, 0.8, 1.6, 3.2, 5.0, 5.0]
    assert pause_seconds(3, 0.0, 5.0) == 0.0
