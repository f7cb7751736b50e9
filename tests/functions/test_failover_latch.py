"""The latch obeys one alarm, once, and never an alarm that is over."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from failover_latch.handler import latch_handler
from failover_latch.latch import LATCH, REASON_CHARACTERS_MAX, hold_for, item_of
from tests.support.fake_services import refused
from tests.support.function_events import FakeContext, recorded

ALARM = "payment-peer-lost-secondary-test"
NOW = datetime(2026, 11, 22, 18, 5, 4, tzinfo=UTC)


class HoldTable:
    """A DynamoDB client that keeps one hold and its condition, or refuses with a code."""

    def __init__(self, held: dict[str, Any] | None = None, refusal: str = "") -> None:
        self.held, self._refusal = held, refusal

    def put_item(self, *, TableName: str, Item: dict[str, Any], ConditionExpression: str) -> None:
        assert (TableName, ConditionExpression) == ("holds", "attribute_not_exists(hold_id)")
        if self._refusal:
            raise refused(self._refusal)
        if self.held is not None:
            raise refused("ConditionalCheckFailedException")
        self.held = Item


def an_event(*, name: str = ALARM, state: str = "ALARM") -> dict[str, Any]:
    """Return the recorded event, of another alarm or in another state."""
    event = copy.deepcopy(recorded("peer_lost_alarm"))
    event["alarmData"]["alarmName"], event["alarmData"]["state"]["value"] = name, state
    return event


def obey(table: HoldTable, event: dict[str, Any]) -> None:
    """Hand an event to the handler."""
    latch_handler(table, "holds", ALARM, clock=lambda: NOW)(event, FakeContext())


def test_lost_primary_is_held_off() -> None:
    """The item says when, that it was the latch, and which alarm rang why."""
    table = HoldTable()

    obey(table, an_event())

    assert table.held is not None
    assert {name: value["S"] for name, value in table.held.items() if name != "reason"} == {
        "hold_id": "primary",
        "set_at": "2026-11-22T18:05:04.000+00:00",
        "set_by": LATCH,
    }
    assert table.held["reason"]["S"].startswith(f"{ALARM} rang at 2026-11-22T18:05:03.101+0000: arn:aws:cloudwatch")


@pytest.mark.parametrize(("name", "state"), [(ALARM, "OK"), (ALARM, "INSUFFICIENT_DATA"), ("payment-region-sick-secondary-test", "ALARM")])
def test_nothing_else_latches(name: str, state: str) -> None:
    """An alarm that is over, one that does not know, and one that says something else."""
    table = HoldTable()

    obey(table, an_event(name=name, state=state))

    assert table.held is None


def test_hold_of_an_operator_stays_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """Who held first is who is asked; the latch has nothing to add."""
    theirs = {"hold_id": {"S": "primary"}, "set_by": {"S": "somebody"}}
    table = HoldTable(theirs)

    obey(table, an_event())

    assert table.held is theirs
    assert json.loads(capsys.readouterr().out)["outcome"] == "held_already"


def test_failure_is_raised() -> None:
    """Lambda then tries again, and the function's alarm rings."""
    with pytest.raises(ClientError, match="InternalServerError"):
        obey(HoldTable(refusal="InternalServerError"), an_event())


@pytest.mark.parametrize("event", [{}, {"alarmData": {}}, {"alarmData": {"alarmName": ALARM}}], ids=["nothing", "no alarm", "no state"])
def test_event_that_is_no_alarms_is_raised(event: dict[str, Any]) -> None:
    """Silence would look like an alarm that was obeyed."""
    with pytest.raises(KeyError):
        obey(HoldTable(), event)


def test_long_reason_is_cut() -> None:
    """What an alarm has to say has no bound of its own."""
    event = an_event()
    event["alarmData"]["state"]["reason"] = "x" * 10_000
    hold = hold_for(event, alarm_name=ALARM, now="now")

    assert hold is not None
    assert len(item_of(hold)["reason"]["S"]) == REASON_CHARACTERS_MAX
