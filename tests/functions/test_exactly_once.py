"""Any interleaving of clients, retries, Regions and faults leaves one payment for each key, and every acknowledged one readable."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from payment.handler import payment_handler
from payment.ledger import Ledger
from payment.rules import transaction_id_of
from tests.support.fake_services import FakeTable, FakeTime, loses_the_answer, never_arrives, refuses, works
from tests.support.function_events import FakeContext, a_payment_event, a_read_event

KEYS = st.sampled_from(["key-a", "key-b", "key-c"])
REGIONS = st.sampled_from(["us-east-1", "us-east-2"])
BODIES = st.builds(
    lambda amount, currency, customer: {"amount": amount, "currency": currency, "customerId": customer},
    amount=st.sampled_from([1, 1.0, 100, 99.99]),
    currency=st.sampled_from(["USD", "EUR"]),
    customer=st.sampled_from(["c-1", "c-2"]),
)
FAULTS = st.lists(
    st.sampled_from([works, never_arrives, loses_the_answer, refuses("ReplicatedWriteConflictException"), refuses("Any", 503)]), max_size=10
)


class TwoRegions(RuleBasedStateMachine):
    """Two replicas of one strongly consistent table, clients that pay and retry in either, and calls that fail in every way."""

    def __init__(self) -> None:
        super().__init__()
        self.items: dict[str, Any] = {}
        self.orders: dict[str, dict[str, Any]] = {}  # key -> the order that was acknowledged
        self.bodies: dict[str, str] = {}  # key -> the acknowledged answer's body
        self.requests = 0

    @rule(key=KEYS, body=BODIES, region=REGIONS, faults=FAULTS, left_milliseconds=st.sampled_from([10_000, 3_000]))
    def pay(self, key: str, body: dict[str, Any], region: str, faults: list[Any], left_milliseconds: int) -> None:
        """A client asks for a payment, new or again, and hears yes, no, or that nobody knows."""
        answer = self._ask(a_payment_event(body, key=key, request_id=f"request-{self.requests}"), region, faults, left_milliseconds)
        status = answer["statusCode"]

        assert status in (201, 422, 503)
        if status == 201:
            order = self.orders.setdefault(key, body)
            assert body == order
            assert self.bodies.setdefault(key, answer["body"]) == answer["body"]
        if key in self.orders and status == 422:
            assert body != self.orders[key]

    @rule(key=KEYS, region=REGIONS)
    def read(self, key: str, region: str) -> None:
        """An acknowledged payment is read back from either Region, unchanged."""
        answer = self._ask(a_read_event(transaction_id_of(key)), region, [], 10_000)

        if key in self.bodies:
            assert (answer["statusCode"], answer["body"]) == (200, self.bodies[key])

    @invariant()
    def one_payment_a_key(self) -> None:
        """The table holds at most one payment for each key, and each acknowledged one."""
        assert set(self.items) <= {transaction_id_of(key) for key in ("key-a", "key-b", "key-c")}
        assert {json.loads(body)["transactionId"] for body in self.bodies.values()} <= set(self.items)

    def _ask(self, event: dict[str, Any], region: str, faults: list[Any], left_milliseconds: int) -> dict[str, Any]:
        self.requests += 1
        now = datetime(2026, 11, 14, tzinfo=UTC) + timedelta(seconds=self.requests)
        ledger = Ledger(FakeTable(self.items, faults), "payments", sleep=FakeTime().sleep)
        return payment_handler(ledger, region=region, now=lambda: now)(event, FakeContext([left_milliseconds]))


TestTwoRegions = TwoRegions.TestCase
TestTwoRegions.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
