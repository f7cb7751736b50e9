"""What eventual consistency keeps and what it cannot: one record a key always, the first order only where its clients ask for one."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from payment.rules import transaction_id_of
from tests.support.function_events import ORDER, a_payment_event, a_read_event
from tests.support.two_regions import REGIONS, Asking, EventualReplicas

KEYS = ("key-a", "key-b", "key-c")
FIRST, SECOND = REGIONS


class TwoEventualRegions(RuleBasedStateMachine):
    """Two replicas that hear of each other late and in any order, a partition being nothing else, and clients that pay in either."""

    def __init__(self) -> None:
        super().__init__()
        self.asking = Asking()
        self.replicas = EventualReplicas()
        self.asked: dict[str, list[dict[str, Any]]] = {key: [] for key in KEYS}
        self.acknowledged: dict[str, list[dict[str, Any]]] = {key: [] for key in KEYS}

    @rule(key=st.sampled_from(KEYS), amount=st.sampled_from([100, 100, 100, 7]), region=st.sampled_from(REGIONS))
    def pay(self, key: str, amount: int, region: str) -> None:
        """A client asks for a payment, new or again; most say the same thing under one key."""
        body = ORDER | {"amount": amount}
        self.asked[key].append(body)
        answer = self._pay(key, body, region)

        assert answer["statusCode"] in (201, 422)
        if answer["statusCode"] == 201:
            self.acknowledged[key].append(body)
            assert json.loads(answer["body"])["amount"] == amount
        else:
            assert any(other != body for other in self.asked[key])

    @rule(number=st.integers(0, 9))
    def a_write_arrives(self, number: int) -> None:
        """One of those under way, in no order."""
        self.replicas.arrive(number)

    @rule()
    def the_regions_catch_up(self) -> None:
        """The lag is over, or the partition healed: both Regions hold the same, and each acknowledged payment once."""
        self.replicas.settle()
        first, second = (self.replicas.items[region] for region in REGIONS)

        assert first == second
        for key, bodies in self.acknowledged.items():
            if not bodies:
                continue
            answers = [self.asking.ask(a_read_event(transaction_id_of(key)), region, self.replicas.table(region)) for region in REGIONS]
            assert [answer["statusCode"] for answer in answers] == [200, 200]
            assert answers[0]["body"] == answers[1]["body"]
            held = json.loads(answers[0]["body"])
            assert {name: held[name] for name in ORDER} in bodies

    @invariant()
    def one_record_a_key(self) -> None:
        """In each Region, lag or not."""
        for items in self.replicas.items.values():
            assert set(items) <= {transaction_id_of(key) for key in KEYS}

    def teardown(self) -> None:
        """However it went, it ends well."""
        self.the_regions_catch_up()

    def _pay(self, key: str, body: dict[str, Any], region: str) -> dict[str, Any]:
        event = a_payment_event(body, key=key, request_id=f"request-{self.asking.requests}")
        return self.asking.ask(event, region, self.replicas.table(region))


TestTwoEventualRegions = TwoEventualRegions.TestCase
TestTwoEventualRegions.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


def pay(replicas: EventualReplicas, region: str, amount: int, request_id: str) -> dict[str, Any]:
    """Return the answer to a payment of `amount` under one key in `region`."""
    event = a_payment_event(ORDER | {"amount": amount}, request_id=request_id)
    return Asking().ask(event, region, replicas.table(region))


def test_equal_orders_in_both_regions_within_the_lag_become_one_payment() -> None:
    """Both say yes and neither a replay; since both wrote the same item, one record is left, and a later replay names its Region."""
    replicas = EventualReplicas()
    answers = [pay(replicas, FIRST, 100, "one"), pay(replicas, SECOND, 100, "two")]
    replicas.settle()
    replayed = pay(replicas, FIRST, 100, "three")

    assert [answer["statusCode"] for answer in answers] == [201, 201]
    assert not any("Idempotent-Replayed" in answer["headers"] for answer in answers)
    assert replayed["headers"]["Idempotent-Replayed"] == "true"
    assert json.loads(replayed["body"])["region"] == SECOND
    assert [len(items) for items in replicas.items.values()] == [1, 1]


def test_different_orders_in_both_regions_within_the_lag_leave_the_later() -> None:
    """The promise that this mode cannot make: the first was acknowledged and is gone. Strong consistency refuses the second."""
    replicas = EventualReplicas()
    answers = [pay(replicas, FIRST, 100, "one"), pay(replicas, SECOND, 7, "two")]
    replicas.settle()

    assert [answer["statusCode"] for answer in answers] == [201, 201]
    assert pay(replicas, FIRST, 100, "three")["statusCode"] == 422
    assert json.loads(pay(replicas, FIRST, 7, "four")["body"])["amount"] == 7


def test_different_orders_after_the_lag_are_refused() -> None:
    """Then the other Region's write is there for the condition to see."""
    replicas = EventualReplicas()
    pay(replicas, FIRST, 100, "one")
    replicas.settle()

    assert pay(replicas, SECOND, 7, "two")["statusCode"] == 422
