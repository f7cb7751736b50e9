"""Exactly once as clients see it: over HTTPS, in both Regions at once, on the embedded AWS, strongly consistent and eventually."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from deployer.local import fault_control
from deployer.local.faults import FaultKind
from tests.support.edges import Answer
from tests.support.faults import broken, until
from tests.support.main_job import a_copy
from tests.support.payers import CLIENTS_MAX, Payers, Request

pytestmark = pytest.mark.whole_system

EAST, WEST = "us-east-1", "us-east-2"
ORDER = (("amount", 100), ("currency", "USD"), ("customerId", "test-123"))
OTHER = (("amount", 7.5), ("currency", "EUR"), ("customerId", "test-123"))
REQUESTS = st.builds(
    Request,
    key=st.sampled_from(["a", "b"]),
    order=st.sampled_from([ORDER, ORDER, ORDER, OTHER]),
    region=st.sampled_from([EAST, WEST]),
)


def some_payers(folder: Path, consistency: str) -> Iterator[Payers]:
    """Roll a system of that consistency out; yield its clients."""
    with a_copy(folder) as copy:
        text = copy.params.read_text("utf-8")
        copy.params.write_text(text.replace("table:\n", f"table:\n  consistency: {consistency}\n"), "utf-8")
        ended = copy.run("roll-out", copy.params, "--yes")
        assert ended.exit_code == 0, ended.output
        yield Payers(copy=copy, api_key=copy.run("local", "api-key", copy.params).stdout.strip())


@pytest.fixture(scope="module")
def strong(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Payers]:
    """Clients of a strongly consistent system, where every fourth write meets another Region's."""
    for payers in some_payers(tmp_path_factory.mktemp("strong"), "strong"):
        fault_control.set_write_conflict_rate(payers.copy.state, 0.25)
        yield payers


@pytest.fixture(scope="module")
def eventual(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Payers]:
    """Clients of an eventually consistent system."""
    yield from some_payers(tmp_path_factory.mktemp("eventual"), "eventual")


class Clients(RuleBasedStateMachine):
    """Clients that pay, alone and together, in both Regions, say the same thing again or something else, and read what was paid."""

    payers: Payers
    runs = itertools.count()

    def __init__(self) -> None:
        super().__init__()
        self.run = next(self.runs)
        self.paid: dict[str, bytes] = {}  # key -> the acknowledged answer's body

    @rule(requests=st.lists(REQUESTS, min_size=1, max_size=CLIENTS_MAX))
    def pay(self, requests: list[Request]) -> None:
        """All of them are under way at once."""
        sent = [Request(key=f"run-{self.run}-{one.key}", order=one.order, region=one.region) for one in requests]
        before = set(self.paid)
        answers = self.payers.pay_at_once(sent)
        for request, answer in zip(sent, answers, strict=True):
            assert answer.status in (201, 422, 503), answer.body
            if answer.status == 201:
                assert self.paid.setdefault(request.key, answer.body) == answer.body
                assert meaning(answer.body) == dict(request.order)
        for request, answer in zip(sent, answers, strict=True):
            if answer.status == 422 and request.key in self.paid:
                assert meaning(self.paid[request.key]) != dict(request.order)
        for key in {request.key for request in sent} - before:
            taken = [answer for request, answer in zip(sent, answers, strict=True) if request.key == key and is_taken_now(answer)]
            assert len(taken) <= 1

    @rule(region=st.sampled_from([EAST, WEST]))
    def read(self, region: str) -> None:
        """What was acknowledged by either Region is shown by each, to the byte."""
        for body in self.paid.values():
            shown = self.payers.read(region, json.loads(body)["transactionId"])
            assert (shown.status, shown.body) == (200, body)

    def teardown(self) -> None:
        """Each Region holds one record of each payment, and that is the acknowledged one."""
        for region in (EAST, WEST):
            self.read(region)
            ids = [json.loads(body)["transactionId"] for body in self.paid.values()]
            assert sorted(item["transaction_id"]["S"] for item in self.payers.records(region, ids)) == sorted(ids)


def meaning(body: bytes) -> dict[str, Any]:
    """Return what was ordered of an answer's payment."""
    payment = json.loads(body)
    return {name: payment[name] for name, _ in ORDER}


def is_taken_now(answer: Answer) -> bool:
    """Tell whether an answer says that this very request took the payment."""
    return answer.status == 201 and "idempotent-replayed" not in answer.headers


def test_any_clients_in_both_regions_take_a_payment_once(strong: Payers) -> None:
    """Together and in turn, with equal and different bodies, through write conflicts."""
    machine = type("ClientsOfTheSystem", (Clients,), {"payers": strong})

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=8, stateful_step_count=8, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
        ),
    )


def test_one_of_two_different_orders_at_once_is_taken(strong: Payers) -> None:
    """Under one key in both Regions: one yes, one 422, one record in both."""
    answers = strong.pay_at_once([Request(key="race", order=order, region=region) for order, region in ((ORDER, EAST), (OTHER, WEST))])

    assert sorted(answer.status for answer in answers) == [201, 422]
    [taken] = [answer for answer in answers if answer.status == 201]
    payment = json.loads(taken.body)
    assert [len(strong.records(region, [payment["transactionId"]])) for region in (EAST, WEST)] == [1, 1]


def test_parted_regions_go_on_through_the_witness(strong: Payers) -> None:
    """Neither hears of the other, and still only one of them takes the payment."""
    with broken(strong.copy.state, FaultKind.PARTITION, EAST, peer=WEST):
        first = strong.pay(Request(key="parted", order=ORDER, region=EAST))
        again, other = (strong.pay(Request(key="parted", order=order, region=WEST)) for order in (ORDER, OTHER))

    assert [answer.status for answer in (first, again, other)] == [201, 201, 422]
    assert again.body == first.body


def test_isolated_region_says_no_honestly_and_the_other_goes_on(strong: Payers) -> None:
    """503 and when to come back; the same request is then taken elsewhere, and replayed here after the healing."""
    request = Request(key="isolated", order=ORDER, region=EAST)
    with broken(strong.copy.state, FaultKind.ISOLATED, EAST):
        refused, taken = strong.pay_at_once([request, replace(request, region=WEST)])
    again = strong.pay(request)

    assert (refused.status, refused.headers["retry-after"]) == (503, "2")
    assert (taken.status, again.status) == (201, 201)
    assert again.body == taken.body


def test_payment_of_a_lost_region_is_there_in_the_other(strong: Payers) -> None:
    """To the byte, at once: nothing was under way (RPO 0)."""
    taken = strong.pay(Request(key="lost", order=ORDER, region=EAST))
    with broken(strong.copy.state, FaultKind.DEAD, EAST):
        shown = strong.read(WEST, json.loads(taken.body)["transactionId"])
        again = strong.pay(Request(key="lost", order=ORDER, region=WEST))

    assert (shown.status, shown.body) == (200, taken.body)
    assert (again.status, again.body) == (201, taken.body)


def in_both_regions(payers: Payers, key: str, *orders: Any) -> list[Answer]:
    """Pay under one key in both Regions while neither hears of the other's writes; return the answers once both have."""
    fault_control.set_lag(payers.copy.state, 3600)
    answers = [payers.pay(Request(key=key, order=order, region=region)) for order, region in zip(orders, (EAST, WEST), strict=True)]
    settle(payers)
    return answers


def settle(payers: Payers) -> None:
    """Let every write arrive."""
    fault_control.set_lag(payers.copy.state, 0)
    until(lambda: not [writes for _, _, writes, _ in fault_control.replication(payers.copy.state).backlogs if writes])


def test_equal_orders_within_the_lag_converge_on_one_record(eventual: Payers) -> None:
    """Both are acknowledged under one id, and one record is left, the same in both Regions."""
    answers = in_both_regions(eventual, "equal", ORDER, ORDER)

    [transaction_id] = {json.loads(answer.body)["transactionId"] for answer in answers}
    records = [eventual.records(region, [transaction_id]) for region in (EAST, WEST)]
    shown = [eventual.read(region, transaction_id) for region in (EAST, WEST)]
    assert [answer.status for answer in answers] == [201, 201]
    assert len(records[0]) == 1
    assert records[0] == records[1]
    assert shown[0].body == shown[1].body
    assert meaning(shown[0].body) == dict(ORDER)


def test_different_orders_within_the_lag_leave_the_later(eventual: Payers) -> None:
    """The one thing this mode cannot refuse, and why strong is the default."""
    answers = in_both_regions(eventual, "different", ORDER, OTHER)

    transaction_id = json.loads(answers[0].body)["transactionId"]
    assert [answer.status for answer in answers] == [201, 201]
    assert [meaning(eventual.read(region, transaction_id).body) for region in (EAST, WEST)] == [dict(OTHER), dict(OTHER)]
    assert eventual.pay(Request(key="different", order=ORDER, region=EAST)).status == 422


def test_payment_that_a_lost_region_had_not_sent_is_taken_again_elsewhere(eventual: Payers) -> None:
    """Acknowledged and not there: a retry in the survivor takes it anew, and both become one record when the Region returns."""
    fault_control.set_lag(eventual.copy.state, 3600)
    taken = eventual.pay(Request(key="lost", order=ORDER, region=EAST))
    transaction_id = json.loads(taken.body)["transactionId"]
    with broken(eventual.copy.state, FaultKind.DEAD, EAST):
        missing = eventual.read(WEST, transaction_id)
        again = eventual.pay(Request(key="lost", order=ORDER, region=WEST))
    settle(eventual)

    assert (missing.status, again.status) == (404, 201)
    assert "idempotent-replayed" not in again.headers
    assert [eventual.read(region, transaction_id).body for region in (EAST, WEST)] == [again.body, again.body]


def test_after_the_lag_a_retry_in_the_other_region_is_a_replay(eventual: Payers) -> None:
    """As in strong mode: the same payment, and another order refused."""
    fault_control.set_lag(eventual.copy.state, 0)
    first = eventual.pay(Request(key="retry", order=ORDER, region=EAST))
    transaction_id = json.loads(first.body)["transactionId"]
    until(lambda: eventual.read(WEST, transaction_id).status == 200)
    again, other = (eventual.pay(Request(key="retry", order=order, region=WEST)) for order in (ORDER, OTHER))

    assert (again.status, again.body, again.headers["idempotent-replayed"]) == (201, first.body, "true")
    assert other.status == 422
