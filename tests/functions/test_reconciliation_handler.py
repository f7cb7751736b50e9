"""The reconciliation function tells its proof in metrics an alarm can use, and leaves no trace of a customer in its log."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciliation.state import State, load_state, save_state
from tests.support.audit import HERE, THERE, FakeBucket, an_item
from tests.support.reconciling import Proofs


def metrics_of(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return the metrics that were written, those of a proof."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line for line in lines if "_aws" in line and "AuditGap" in line]


def test_a_proof_is_told_with_its_gap_and_a_heartbeat(capsys: pytest.CaptureFixture[str]) -> None:
    """A gap of nought tells something only when it is told that somebody looked."""
    Proofs(table=[an_item(1), an_item(2), an_item(3, region=None)], log=[an_item(1), an_item(4)]).call()

    [told] = metrics_of(capsys)
    declared = [one["Name"] for one in told["_aws"]["CloudWatchMetrics"][0]["Metrics"]]
    assert {name: told[name] for name in declared} == {
        "AuditGap": 1,
        "AlteredPayments": 0,
        "RemovedPayments": 1,
        "UnreadableItems": 1,
        "RepeatedLines": 0,
        "DaysUnproved": 1,
        "PaymentsProved": 2,
        "ReconciliationCompleted": 1,
    }
    assert told["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["FunctionName"]]


def test_a_call_that_proves_nothing_has_no_heartbeat(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither one that has to be gone on with, nor one that finds nothing due."""
    proofs = Proofs(table=[an_item(number) for number in range(40)], log=[])
    assert proofs.call(pages=0)["outcome"] == "goes-on"
    assert metrics_of(capsys) == []

    proofs.call()
    proofs.call()
    assert len(metrics_of(capsys)) == 2
    assert proofs.call()["outcome"] == "nothing-due"
    assert metrics_of(capsys) == []


def test_a_missing_payment_is_named_in_the_log_and_nothing_of_it_told(capsys: pytest.CaptureFixture[str]) -> None:
    """By its id, up to a number of them."""
    items = [an_item(number, customer_id={"S": "C-SECRET"}, amount={"N": "424242"}) for number in range(120)]
    Proofs(table=items, log=[]).call()

    written = capsys.readouterr().out
    assert written.count('"outcome": "missing"') == 100
    assert items[0]["transaction_id"]["S"] in written
    assert "C-SECRET" not in written
    assert "424242" not in written


def test_each_region_keeps_a_state_of_its_own() -> None:
    """The bucket's copies bring the other one's along."""
    bucket = FakeBucket()
    save_state(bucket, "log", THERE, State(through="2026-11-20"))

    assert load_state(bucket, "log", HERE) == State()
    assert load_state(bucket, "log", THERE) == State(through="2026-11-20")


@pytest.mark.parametrize("pages", [0, 3, 7, 10_000])
def test_a_state_comes_back_as_it_was_kept(pages: int) -> None:
    """At any point of a proof."""
    proofs = Proofs(table=[an_item(number, day=f"2026-11-{number % 9 + 1:02}") for number in range(40)], log=[an_item(1)])
    proofs.call(pages=pages)

    state = load_state(proofs.bucket, "log", HERE)
    save_state(proofs.bucket, "log", HERE, state)

    assert load_state(proofs.bucket, "log", HERE) == state


def test_a_proof_of_a_thousand_payments_costs_what_the_docstring_says() -> None:
    """Requests, in numbers: a page of the table each, a listing page for each thousand objects, one read for each object of the day."""
    items = [an_item(number) for number in range(1000)]
    proofs = Proofs(table=items, log=items)
    proofs.bucket.calls.clear()

    proofs.call()

    assert proofs.ledger.pages == 504  # two items a page here, eight segments
    assert proofs.bucket.calls.count("get_object") == 1
    assert proofs.bucket.calls.count("put_object") == 1
    assert proofs.bucket.calls.count("list_objects_v2") == 3


def test_proof_of_a_day_that_is_not_over_can_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """As a drill does when all is quiet: the gap is closed at once, and the day's own proof is none the wiser."""
    proofs = Proofs(table=[an_item(1), an_item(2)], log=[an_item(1)])
    proofs.now = "2026-11-20T23:00:00"

    assert proofs.call()["payments"] == 0
    capsys.readouterr()
    before = load_state(proofs.bucket, "log", HERE)
    told = proofs.call(event={"through": "2026-11-20"})

    assert (told["outcome"], told["missing"], len(proofs.reconciled())) == ("proved", 1, 1)
    assert proofs.call(event={"through": "2026-11-20"})["missing"] == 0
    assert load_state(proofs.bucket, "log", HERE) == before
    assert metrics_of(capsys) == []


@pytest.mark.parametrize("day", [pytest.param("2026-11-22", id="to come"), pytest.param("yesterday", id="no day")])
def test_proof_of_no_day_is_refused(day: str) -> None:
    """Nothing is read or written for it."""
    proofs = Proofs(table=[an_item(1)], log=[])

    with pytest.raises(ValueError, match=r"through|isoformat"):
        proofs.call(event={"through": day})
    assert proofs.reconciled() == []
