"""The hold is told as it is in the table, now; what cannot be told holds nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from hold.handler import hold_handler
from hold.switch import HoldUnknown, is_held
from tests.support.fake_services import never_arrives, refused
from tests.support.function_events import FakeContext, recorded

TABLE = "payment-hold-test"


class HoldTable:
    """A DynamoDB client for a table that holds at most one hold, or that fails as told; keeps what it was asked."""

    def __init__(self, *, held: bool = False, fails: Callable[[Callable[[], Any]], Any] | None = None) -> None:
        self._held, self._fails = held, fails
        self.asked: list[dict[str, Any]] = []

    def get_item(self, **given: Any) -> dict[str, Any]:
        self.asked.append(given)
        if self._fails:
            return self._fails(dict)
        return {"Item": {"hold_id": {"S": "primary"}}} if self._held else {}


def says_no(_: Callable[[], Any]) -> Any:
    """Fail as a service does that refuses."""
    raise refused("AccessDeniedException")


def breaks(_: Callable[[], Any]) -> Any:
    """Fail as a defect does."""
    raise ValueError("a defect")


@pytest.mark.parametrize(("held", "status", "word"), [(True, 200, "held"), (False, 404, "not held")])
def test_hold_is_told_by_the_status(held: bool, status: int, word: str) -> None:
    """A checker reads nothing else (F2.2)."""
    answer = hold_handler(HoldTable(held=held), TABLE)(recorded("get_hold"), FakeContext())

    assert (answer["statusCode"], json.loads(answer["body"])) == (status, {"status": word})
    assert answer["headers"]["Cache-Control"] == "no-store"


def test_region_that_serves_no_hold_asks_nobody() -> None:
    """The primary has no table of its own to ask."""
    table = HoldTable(held=True)

    assert hold_handler(table, "")(recorded("get_hold"), FakeContext())["statusCode"] == 404
    assert table.asked == []


def test_hold_is_read_strongly() -> None:
    """An old answer would take traffic back that was just moved, or keep what was just let go."""
    table = HoldTable()

    is_held(table, TABLE)

    [asked] = table.asked
    assert asked["ConsistentRead"] is True
    assert (asked["TableName"], asked["Key"]) == (TABLE, {"hold_id": {"S": "primary"}})


@pytest.mark.parametrize(
    ("fails", "reason"), [(says_no, "AccessDeniedException"), (never_arrives, "ConnectTimeoutError"), (breaks, "ValueError")]
)
def test_what_cannot_be_told_holds_nothing(
    fails: Callable[[Callable[[], Any]], Any], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """503 counts as "not held" to an inverted check; the reason is for the log and for nobody else."""
    answer = hold_handler(HoldTable(held=True, fails=fails), TABLE)(recorded("get_hold"), FakeContext())
    line = json.loads(capsys.readouterr().out)

    assert (answer["statusCode"], json.loads(answer["body"])) == (503, {"status": "unknown"})
    assert (line["level"], line["error"]) == ("ERROR", reason)


def test_refusal_is_no_answer() -> None:
    """Neither yes nor no."""
    with pytest.raises(HoldUnknown, match="AccessDeniedException"):
        is_held(HoldTable(fails=says_no), TABLE)
