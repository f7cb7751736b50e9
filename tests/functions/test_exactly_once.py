"""Any interleaving of clients, retries, Regions and faults leaves one payment for each key, and every acknowledged one readable."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from botocore.exceptions import ClientError
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from payment.rules import transaction_id_of
from tests.support.fake_services import FakeTable, loses_the_answer, never_arrives, refuses, works
from tests.support.function_events import a_payment_event, a_read_event
from tests.support.two_regions import REGIONS, Asking, Call, arrives_late

KEYS = st.sampled_from(["key-a", "key-b", "key-c"])
REGION = st.sampled_from(REGIONS)
BODIES = st.builds(
    lambda amount, currency, customer: {"amount": amount, "currency": currency, "customerId": customer},
    amount=st.sampled_from([1, 1.0, 100, 99.99]),
    currency=st.sampled_from(["USD", "EUR"]),
    customer=st.sampled_from(["c-1", "c-2"]),
)
FAULTS = st.lists(
    st.sampled_from(
        [works, never_arrives, loses_the_answer, arrives_late, refuses("ReplicatedWriteConflictException"), refuses("Any", 503)]
    ),
    max_size=10,
)
OTHERS = st.lists(st.tuples(KEYS, BODIES, REGION), max_size=3)


class TwoRegions(RuleBasedStateMachine):
    """Two replicas of one strongly consistent table, clients that pay and retry in either, and calls that fail in every way.

    While one request waits to try again others come and go, and a call whose caller has given up may still arrive, at any time.
    """

    def __init__(self) -> None:
        super().__init__()
        self.asking = Asking()
        self.items: dict[str, Any] = {}
        self.orders: dict[str, dict[str, Any]] = {}  # key -> the order that was acknowledged
        self.bodies: dict[str, str] = {}  # key -> the acknowledged answer's body
        self.late: list[Call] = []

    @rule(key=KEYS, body=BODIES, region=REGION, faults=FAULTS, left_milliseconds=st.sampled_from([10_000, 3_000]), others=OTHERS)
    def pay(self, key: str, body: dict[str, Any], region: str, faults: list[Any], left_milliseconds: int, others: list[Any]) -> None:
        """A client asks for a payment, new or again, and hears yes, no, or that nobody knows; others ask while it waits."""
        script = [fault(self.late) if fault is arrives_late else fault for fault in faults]
        waiting = list(others)

        def meanwhile() -> None:
            if waiting:
                self.heard(*self.asked(*waiting.pop(), []))

        event = a_payment_event(body, key=key, request_id=f"request-{self.asking.requests}")
        table = FakeTable(self.items, script)
        answer = self.asking.ask(event, region, table, left_milliseconds=left_milliseconds, meanwhile=meanwhile)
        self.heard(key, body, answer)

    @rule(key=KEYS, region=REGION)
    def read(self, key: str, region: str) -> None:
        """An acknowledged payment is read back from either Region, unchanged."""
        answer = self.asking.ask(a_read_event(transaction_id_of(key)), region, FakeTable(self.items))

        if key in self.bodies:
            assert (answer["statusCode"], answer["body"]) == (200, self.bodies[key])

    @rule(number=st.integers(0, 9))
    def a_late_call_arrives(self, number: int) -> None:
        """Long after its caller was told that nobody knows, and maybe after another body was taken under the key."""
        if self.late:
            with suppress(ClientError):
                self.late.pop(number % len(self.late))()

    @invariant()
    def one_payment_a_key(self) -> None:
        """The table holds at most one payment for each key, and each acknowledged one as it was acknowledged."""
        assert set(self.items) <= {transaction_id_of(key) for key in ("key-a", "key-b", "key-c")}
        assert {json.loads(body)["transactionId"] for body in self.bodies.values()} <= set(self.items)

    def asked(self, key: str, body: dict[str, Any], region: str, script: list[Any]) -> tuple[str, dict[str, Any], dict[str, Any]]:
        """Send a payment; return what `heard` needs."""
        event = a_payment_event(body, key=key, request_id=f"request-{self.asking.requests}")
        return key, body, self.asking.ask(event, region, FakeTable(self.items, script))

    def heard(self, key: str, body: dict[str, Any], answer: dict[str, Any]) -> None:
        """Hold an answer against what was heard before under the same key."""
        status = answer["statusCode"]

        assert status in (201, 422, 503)
        if status == 201:
            order = self.orders.setdefault(key, body)
            assert body == order
            assert self.bodies.setdefault(key, answer["body"]) == answer["body"]
        if key in self.orders and status == 422:
            assert body != self.orders[key]


TestTwoRegions = TwoRegions.TestCase
TestTwoRegions.settings = settings(max_examples=80, stateful_step_count=25, deadline=None)
