"""What each check makes of what was read."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deployer.aws.alarms import AlarmInAlarm
from deployer.aws.canaries import CanaryRun
from deployer.outside.view import HttpAnswer
from deployer.rollout.gate_alarms import judge_alarms
from deployer.rollout.gate_canary import judge_runs
from deployer.rollout.gate_finding import Finding
from deployer.rollout.gate_health import judge_health
from deployer.rollout.gate_payment import judge_payment, judge_replay

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
PAID = {"status": "accepted", "region": "us-east-2", "customerId": "canary-gate-us-east-2", "transactionId": "a", "amount": 0.01}


def an_answer(http_status: int, *, replayed: bool = False, **document: Any) -> HttpAnswer:
    """Return an API's answer."""
    return HttpAnswer(status=http_status, body=json.dumps(document), headers={"idempotent-replayed": "true"} if replayed else {})


@pytest.mark.parametrize(
    ("answer", "finding"),
    [
        pytest.param(an_answer(200, region="us-east-2"), Finding(is_good=True, detail="healthy"), id="well"),
        pytest.param(
            an_answer(503, checks={"table": {"status": "fail", "reason": "no answer"}}),
            Finding(is_good=False, detail="table no answer"),
            id="sick, in its own words",
        ),
        pytest.param(HttpAnswer(problem="no answer in time"), Finding(is_good=False, detail="no answer in time"), id="silent"),
        pytest.param(an_answer(200, region="us-east-1"), Finding(is_good=False, detail="it says that it is us-east-1"), id="somebody else"),
        pytest.param(HttpAnswer(status=200, body="[]"), Finding(is_good=False, detail="it says that it is no Region"), id="nonsense"),
    ],
)
def test_health_is_the_regions_own_word(answer: HttpAnswer, finding: Finding) -> None:
    """With what it says is wrong."""
    assert judge_health("us-east-2", answer) == finding


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        pytest.param(an_answer(201, **PAID), "", id="taken"),
        pytest.param(an_answer(503, detail="Come back later."), "HTTP 503, Come back later.", id="refused with a reason"),
        pytest.param(HttpAnswer(problem="connection refused"), "connection refused", id="nobody there"),
        pytest.param(HttpAnswer(status=502, body="<html>"), "HTTP 502", id="no document"),
        pytest.param(an_answer(201, **PAID | {"region": "us-east-1"}), "region is 'us-east-1'", id="taken elsewhere"),
        pytest.param(an_answer(201, **PAID | {"customerId": "test-1"}), "customerId is 'test-1'", id="somebody else's"),
        pytest.param(an_answer(201), "status is None", id="an empty promise"),
    ],
)
def test_payment_is_judged_as_the_contract_says(answer: HttpAnswer, words: str) -> None:
    """201 alone is no payment."""
    finding = judge_payment("us-east-2", "canary-gate-us-east-2", answer)

    assert finding.is_good == (not words)
    assert words in finding.detail


@pytest.mark.parametrize(
    ("again", "words"),
    [
        pytest.param(an_answer(201, replayed=True, **PAID), "", id="told again"),
        pytest.param(an_answer(201, **PAID), "taken as a new payment", id="not said to be a replay"),
        pytest.param(an_answer(201, replayed=True, **PAID | {"transactionId": "b"}), "(a and b)", id="taken twice"),
        pytest.param(an_answer(500), "refused: HTTP 500", id="refused"),
    ],
)
def test_same_request_again_has_to_be_the_same_payment(again: HttpAnswer, words: str) -> None:
    """Twice taken is worse than not taken."""
    finding = judge_replay(an_answer(201, **PAID), again)

    assert finding.is_good == (not words)
    assert words in finding.detail


def an_alarm(number: int, minutes: int) -> AlarmInAlarm:
    """Return an alarm that rings since some minutes after noon."""
    return AlarmInAlarm(name=f"alarm-{number}", since=NOON + timedelta(minutes=minutes), reason="")


def test_alarm_counts_from_the_moment_the_roll_out_began() -> None:
    """To the second; an older one is named and holds nobody up."""
    assert judge_alarms((), since=NOON) == Finding(is_good=True, detail="none in ALARM")
    assert judge_alarms((an_alarm(1, -1),), since=NOON).is_good
    assert judge_alarms((an_alarm(1, -1), an_alarm(2, 0)), since=NOON) == Finding(is_good=False, detail="alarm-2 in ALARM since 12:00:00Z")


def test_alarm_that_asked_for_more_than_one_fault_is_final_and_told_first() -> None:
    """Whichever else rings; an old one is not."""
    finding = judge_alarms((an_alarm(1, 1), an_alarm(2, 1)), since=NOON, sure=("alarm-2",))

    assert finding.is_final
    assert finding.detail.startswith("alarm-2")
    assert not judge_alarms((an_alarm(1, 1), an_alarm(2, -1)), since=NOON, sure=("alarm-2",)).is_final


def test_many_alarms_are_told_in_one_line() -> None:
    """The first few say what it is about."""
    finding = judge_alarms([an_alarm(number, 1) for number in range(5)], since=NOON)

    assert finding.detail.endswith("alarm-2 in ALARM since 12:01:00Z; and 2 more")


@pytest.mark.parametrize(
    ("passed", "seen", "good"),
    [pytest.param(True, (), True, id="passed"), pytest.param(False, (), False, id="failed"), pytest.param(False, ("r",), True, id="told")],
)
def test_failed_run_is_one_bad_look(passed: bool, seen: tuple[str, ...], good: bool) -> None:
    """Seen before, it says nothing new."""
    run = CanaryRun(run_id="r", started=NOON, passed=passed, reason="cannot pay")

    assert judge_runs((run,), seen).is_good == good
    assert judge_runs((), ()).is_good
