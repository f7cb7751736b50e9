"""A drill on the real payment function passes, and finds each of its rules broken: by what clients saw, and what the table holds."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from deployer.drill.failover_drill import run_drill
from deployer.drill.history import AuditLine, LedgerItem, key_digest
from deployer.drill.verdict import judge
from deployer.vocabulary.clock import SystemClock
from payment.handler import payment_handler
from payment.ledger import Entry, Ledger, TimeLeft
from payment.rules import Payment
from tests.support.drill_hands import FakeHands, FakeWatcher
from tests.support.fake_services import FakeTable
from tests.support.function_events import FakeContext
from tests.support.paying_regions import EAST, MIDDLE, PayingRegions, paying_regions, target_of
from tests.support.scenarios import a_scenario
from tests.support.two_regions import EventualReplicas

# Rules that a busy machine may break by itself.
OF_TIME = {"load-generator", "machine", "steady-before", "recovery", "failed-requests", "split-brain"}


class DrawsIdsByChance(Ledger):
    """Every request gets an id of its own, so that no retry meets its payment."""

    def enter(self, payment: Payment, time_left: TimeLeft) -> Entry:
        """Take it under another id."""
        return super().enter(replace(payment, transaction_id=str(uuid.uuid4())), time_left)


class AnswersFromMemory(Ledger):
    """A retry is answered with what it says itself, and not with what was kept."""

    def enter(self, payment: Payment, time_left: TimeLeft) -> Entry:
        """Take it, and forget what the table answered."""
        return replace(super().enter(payment, time_left), payment=payment)


class PutsUnconditionally(FakeTable):
    """A table that is written without asking what is there."""

    def put_item(self, **given: Any) -> dict[str, Any]:
        """Put."""
        return super().put_item(**{name: value for name, value in given.items() if not name.startswith("Condition")})


@dataclass(slots=True)
class Strong:
    """One strongly consistent table for both Regions, of a class of its own."""

    kind: type[FakeTable] = FakeTable
    items: dict[str, Any] = field(default_factory=dict)

    def table(self, region: str) -> FakeTable:
        """Return a client in a Region."""
        return self.kind(self.items)

    def held(self, region: str) -> dict[str, Any]:
        """Return what a Region's replica holds."""
        return self.items


class Eventual(EventualReplicas):
    """Replicas whose writes are under way for ever: the Region that took them never returns."""

    def held(self, region: str) -> dict[str, Any]:
        """Return what a Region's replica holds."""
        return self.items[region]


class TableHands(FakeHands):
    """Hands that read the table as a drill does."""

    replicas: Any = None

    def ledger(self, region: str, run_id: str) -> tuple[LedgerItem, ...]:
        """Return the run's items of a Region's replica."""
        return tuple(
            LedgerItem(
                region=region,
                transaction_id=one["transaction_id"]["S"],
                idempotency_key_digest=key_digest(one["customer_id"]["S"]),
                amount=Decimal(one["amount"]["N"]),
                currency=one["currency"]["S"],
                taken_in=one["region"]["S"],
            )
            for one in list(self.replicas.held(region).values())
            if one["customer_id"]["S"].startswith(f"{run_id}-")
        )

    def audit(self, region: str, run_id: str) -> tuple[AuditLine, ...]:
        """Return a line for each of them."""
        return tuple(AuditLine(region=region, transaction_id=one.transaction_id, object_key="1") for one in self.ledger(region, run_id))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[PayingRegions]:
    """Two Regions for one test."""
    with paying_regions(tmp_path) as running:
        running.ttl_seconds = 0
        yield running


def served_by(replicas: Any, ledger: type[Ledger] = Ledger) -> Callable[..., tuple[int, dict[str, str], str]]:
    """Return the payment function on these replicas, one request at a time as the fakes want it."""
    turn = threading.Lock()

    def serve(region: str, method: str, path: str, headers: Mapping[str, str], body: str) -> tuple[int, dict[str, str], str]:
        event = {
            "httpMethod": method,
            "resource": "/payment" if method == "POST" else "/payment/{transactionId}",
            "pathParameters": {"transactionId": path.rpartition("/")[2]},
            "headers": dict(headers),
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "body": body,
            "requestContext": {"requestId": str(uuid.uuid4())},
        }
        with turn:
            handler = payment_handler(ledger(replicas.table(region), "payments"), region=region, now=lambda: datetime.now(UTC))
            answer = handler(event, FakeContext())
        return answer["statusCode"], dict(answer.get("headers") or {}), answer["body"]

    return serve


def broken_rules(world: PayingRegions, replicas: Any, *, consistency: str = "STRONG", **changes: Any) -> set[str]:
    """Return the rules that a drill on this function finds broken."""
    scenario = a_scenario(
        survivor="secondary",
        traffic={"payments_per_second": 15, "clients": 3, "reads_share": 0.3, "replays_share": 0.4, "connection_seconds_max": 1},
        **{"phases": {"warm_up_seconds": 30, "fault_seconds": 30, "heal_seconds": 15, "settle_seconds": 5}} | changes,
    )
    hands = TableHands(world)
    hands.replicas = replicas
    record = run_drill(
        scenario, target_of(world), hands, environment="test", consistency=consistency, clock=SystemClock(), watcher=FakeWatcher()
    )
    return {one.rule for one in judge(record, scenario.limits).findings if one.broken} - OF_TIME


def test_payment_function_keeps_every_promise(world: PayingRegions) -> None:
    """Through a failover, with replays in both Regions."""
    replicas = Strong()
    world.function = served_by(replicas)

    assert broken_rules(world, replicas) == set()
    assert {one["region"]["S"] for one in replicas.items.values()} == {EAST, MIDDLE}


@pytest.mark.parametrize(
    ("ledger", "table", "found"),
    [
        pytest.param(DrawsIdsByChance, FakeTable, {"one-payment-a-key"}, id="ids by chance"),
        pytest.param(Ledger, PutsUnconditionally, {"answers-agree"}, id="unconditional put"),
        pytest.param(AnswersFromMemory, FakeTable, {"answers-agree"}, id="stale replay"),
    ],
)
def test_broken_rule_of_the_function_is_found(world: PayingRegions, ledger: type[Ledger], table: type[FakeTable], found: set[str]) -> None:
    """Each way of taking a payment twice, or of saying something else the second time."""
    replicas = Strong(kind=table)
    world.function = served_by(replicas, ledger)

    assert found <= broken_rules(world, replicas)


def test_loss_of_an_eventual_table_is_found(world: PayingRegions) -> None:
    """What was acknowledged and not yet copied is gone with the Region that never returns: nobody can promise otherwise."""
    replicas = Eventual()
    world.function = served_by(replicas)
    changes = {"phases": {"warm_up_seconds": 30, "fault_seconds": 30, "heal_seconds": 0, "settle_seconds": 5}, "region_returns": False}

    assert {"data-loss", "survivor-reads", "settled-reads"} <= broken_rules(world, replicas, consistency="EVENTUAL", **changes)
