"""Health is what the payment path needs in its own Region, told in time."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from health.checks import SECRET_SECONDS_FRESH, SECRET_SECONDS_TRUSTED, Check, CheckFailed, secret_check, table_check
from health.handler import health_handler
from tests.support.fake_services import FakeSecrets, FakeTable, FakeTime, never_arrives, refuses
from tests.support.function_events import FakeContext, recorded


@pytest.fixture
def ask_health() -> Iterator[Callable[..., dict[str, Any]]]:
    """A function that asks the health handler about the checks given."""
    with ThreadPoolExecutor(max_workers=4) as executor:

        def ask(checks: dict[str, Check], left_milliseconds: int = 1000) -> dict[str, Any]:
            return health_handler(checks, executor)(recorded("get_health"), FakeContext([left_milliseconds]))

        yield ask


def passes() -> None:
    """A check that passes."""


def fails() -> None:
    """A check that fails."""
    raise CheckFailed("unreachable", "ConnectTimeoutError")


def hangs(released: threading.Event) -> None:
    """A check that passes once released, and does not hang a test for ever."""
    released.wait(timeout=20)


def test_a_region_with_table_and_secret_is_healthy(ask_health: Callable[..., dict[str, Any]]) -> None:
    """200, with what was checked."""
    checks = {"table": table_check(FakeTable(), "payments"), "secret": secret_check(FakeSecrets(), "secret")}

    answer = ask_health(checks)

    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["checks"] == {"table": {"status": "pass"}, "secret": {"status": "pass"}}


@pytest.mark.parametrize("missing", ["table", "secret"])
def test_a_region_without_either_is_not(missing: str, ask_health: Callable[..., dict[str, Any]]) -> None:
    """503, naming which, in words that give nothing away; the code is for the log."""
    answer = ask_health({"table": passes, "secret": passes} | {missing: fails})

    document = json.loads(answer["body"])
    assert (answer["statusCode"], document["status"]) == (503, "fail")
    assert document["checks"][missing] == {"status": "fail", "reason": "unreachable"}
    assert "ConnectTimeoutError" not in answer["body"]


def test_a_check_that_hangs_is_not_waited_for(ask_health: Callable[..., dict[str, Any]]) -> None:
    """The answer comes while the check still hangs, and the other check is told as it is."""
    released = threading.Event()
    try:
        answer = ask_health({"table": lambda: hangs(released), "secret": passes}, left_milliseconds=250)
        still_hanging = not released.is_set()
    finally:
        released.set()

    assert still_hanging
    assert json.loads(answer["body"])["checks"] == {"table": {"status": "fail", "reason": "timed out"}, "secret": {"status": "pass"}}


def test_a_check_that_breaks_is_a_check_that_fails(ask_health: Callable[..., dict[str, Any]]) -> None:
    """There is an answer whatever a check does, and it is no yes."""

    def breaks() -> None:
        raise KeyError("defect")

    answer = ask_health({"table": breaks, "secret": passes})

    assert answer["statusCode"] == 503
    assert json.loads(answer["body"])["checks"]["table"] == {"status": "fail", "reason": "failed"}


def test_checks_run_side_by_side(ask_health: Callable[..., dict[str, Any]]) -> None:
    """Two checks that wait for each other both pass."""
    meeting = threading.Barrier(2, timeout=5)

    def meets() -> None:
        meeting.wait()

    answer = ask_health({"table": meets, "secret": meets})

    assert answer["statusCode"] == 200


def test_the_table_is_asked_for_a_strong_read() -> None:
    """In a Region without quorum an eventual read would still answer, while every payment is refused (F1.9)."""
    asked = []

    class Client:
        def get_item(self, **given: Any) -> dict[str, Any]:
            asked.append(given)
            return {}

    table_check(Client(), "payments")()

    assert asked == [{"TableName": "payments", "Key": {"transaction_id": {"S": "health-check"}}, "ConsistentRead": True}]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (never_arrives, "unreachable"),
        (refuses("InternalServerError", 500), "unreachable"),
        (refuses("ThrottlingException"), "unreachable"),
        (refuses("AccessDeniedException"), "refused"),
        (refuses("ResourceNotFoundException"), "refused"),
    ],
)
def test_a_table_that_does_not_answer_is_missing(fault: Any, reason: str) -> None:
    """Asked once: Route 53 asks again anyway."""
    table = FakeTable(script=[fault])

    with pytest.raises(CheckFailed) as failure:
        table_check(table, "payments")()

    assert (failure.value.reason, table.calls) == (reason, ["get_item"])


def test_the_secret_is_looked_at_now_and_then() -> None:
    """Not with each of Route 53's questions."""
    secrets, time = FakeSecrets(), FakeTime()
    check = secret_check(secrets, "secret", clock=time)

    check()
    check()
    time.pass_seconds(SECRET_SECONDS_FRESH)
    check()

    assert secrets.calls == ["describe_secret", "describe_secret"]


def test_an_outage_of_secrets_manager_is_no_reason_to_leave_a_region_that_knows_its_keys() -> None:
    """For a while: the authorizer goes on with the keys it knows."""
    secrets, time = FakeSecrets(), FakeTime()
    check = secret_check(secrets, "secret", clock=time)
    check()
    secrets.script = [never_arrives] * 9
    time.pass_seconds(SECRET_SECONDS_FRESH)

    check()
    time.pass_seconds(SECRET_SECONDS_TRUSTED)

    with pytest.raises(CheckFailed):
        check()


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "AccessDeniedException"])
def test_a_secret_that_is_gone_or_closed_counts_at_once(code: str) -> None:
    """That is no outage."""
    secrets, time = FakeSecrets(), FakeTime()
    check = secret_check(secrets, "secret", clock=time)
    check()
    secrets.script = [refuses(code)]
    time.pass_seconds(SECRET_SECONDS_FRESH)

    with pytest.raises(CheckFailed, match="refused"):
        check()


def test_a_secret_never_seen_must_be_reachable() -> None:
    """A new worker's authorizer would not get it either."""
    secrets = FakeSecrets()
    secrets.script = [never_arrives]

    with pytest.raises(CheckFailed, match="unreachable"):
        secret_check(secrets, "secret")()


def test_the_line_of_an_unhealthy_answer_has_the_codes(
    ask_health: Callable[..., dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    """For whoever is on call."""
    ask_health({"table": fails, "secret": passes})

    line = json.loads(capsys.readouterr().out)
    assert (line["outcome"], line["status"], line["level"]) == ("unhealthy", 503, "ERROR")
    assert line["failed"] == {"table": "ConnectTimeoutError"}
