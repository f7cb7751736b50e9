"""Nothing a caller sends gets into a log: not the key, not a card's number, wherever in the request they stand.

Everything a function writes is searched, standard error too. tests/local/test_logs_of_a_system.py does the same to a deployed system.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizer.handler import authorizer_handler
from authorizer.keys import ApiKeys
from health.checks import secret_check, table_check
from health.handler import health_handler
from hold.handler import hold_handler
from payment.handler import payment_handler
from payment.ledger import Ledger
from tests.support.card_data import CARDS, as_printed, card_numbers_in, traces_of
from tests.support.fake_services import FakeSecrets, FakeTable, FakeTime, refuses
from tests.support.function_events import ORDER, FakeContext, a_payment_event, a_read_event, an_authorizer_event, recorded

API_KEY = "k-live-7f3a9c51d2e84b06"
WRONG_KEY = "k-live-00000000deadbeef"
HOSTILE_HEADERS = (
    "User-Agent",
    "X-Amzn-RequestId",
    "X-Request-Id",
    "X-Amzn-Trace-Id",
    "X-Forwarded-For",
    "Authorization",
    "Cookie",
    "Content-Type",
)

Plant = Callable[[str], dict[str, Any]]


def a_header(name: str) -> Plant:
    """Return what puts a text into header `name` of a payment."""
    return lambda text: a_payment_event(headers={name: text})


def a_request_id(text: str) -> dict[str, Any]:
    """Return a payment whose caller chose its request id, as API Gateway lets it (x-amzn-RequestId)."""
    event = a_payment_event()
    event["requestContext"]["requestId"] = text
    return event


PLANTS: dict[str, Plant] = {
    "customerId": lambda text: a_payment_event(ORDER | {"customerId": text}),
    "currency": lambda text: a_payment_event(ORDER | {"currency": text}),
    "amount as text": lambda text: a_payment_event(ORDER | {"amount": text}),
    "an unknown field": lambda text: a_payment_event(ORDER | {"card": text}),
    "the name of a field": lambda text: a_payment_event(ORDER | {text: 1}),
    "an object": lambda text: a_payment_event(ORDER | {"card": {"number": text}}),
    "bad JSON": lambda text: a_payment_event('{"card": "' + text),
    "no object": lambda text: a_payment_event(json.dumps(text)),
    "base64": lambda text: a_payment_event(base64.b64encode(text.encode()).decode()) | {"isBase64Encoded": True},
    "Idempotency-Key": lambda text: a_payment_event(key=text),
    "the key twice": lambda text: a_payment_event() | {"multiValueHeaders": {"Idempotency-Key": [text, text]}},
    "the path": lambda text: a_read_event(text),
    "the query": lambda text: recorded("get_payment") | {"queryStringParameters": {"card": text}},
    "the request id": a_request_id,
    **{f"header {name}": a_header(name) for name in HOSTILE_HEADERS},
}


def written_by(work: Callable[[], Any]) -> str:
    """Return what `work` writes to standard output and standard error, and what it answers is not part of it."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), contextlib.suppress(Exception):
        work()
    return out.getvalue() + err.getvalue()


def lines_in(written: str) -> list[dict[str, Any]]:
    """Return the log lines in `written`; every line has to be JSON, and metrics, which CloudWatch reads, are none."""
    return [line for line in map(json.loads, written.splitlines()) if "_aws" not in line]


def take(event: dict[str, Any], table: FakeTable | None = None) -> dict[str, Any]:
    """Return the payment function's answer to `event`."""
    ledger = Ledger(table or FakeTable(), "payments", sleep=FakeTime().sleep, jitter=lambda: 1.0)
    return payment_handler(ledger, region="us-east-1", now=lambda: datetime(2026, 11, 14, tzinfo=UTC))(event, FakeContext())


def judge(event: dict[str, Any]) -> dict[str, Any]:
    """Return the authorizer's answer to `event`."""
    return authorizer_handler(ApiKeys(FakeSecrets(AWSCURRENT=API_KEY), "secret"))(event, FakeContext())


def a_defect(_: object) -> None:
    """Script a call that fails with everything in its message that must not be told."""
    raise ValueError(f"{API_KEY} {CARDS['visa']}")


@pytest.mark.parametrize("place", PLANTS)
@pytest.mark.parametrize("script", [[], [refuses("AccessDeniedException")], [a_defect]], ids=["works", "refused", "defect"])
def test_a_card_number_reaches_no_log(place: str, script: list[Any]) -> None:
    """One line is written, and no digit of it is the caller's, whether the ledger works or not."""
    for spelled in (CARDS["visa"], as_printed(CARDS["american express"], "-"), as_printed(CARDS["mastercard"], " ")):
        written = written_by(lambda spelled=spelled: take(PLANTS[place](spelled), FakeTable(script=list(script))))

        assert len(lines_in(written)) == 1, written
        assert card_numbers_in(written) == []
        assert spelled not in written


@given(
    number=st.sampled_from(sorted(CARDS.values())),
    separator=st.sampled_from(["", " ", "-", ".", "_"]),
    place=st.sampled_from(sorted(PLANTS)),
)
def test_no_spelling_of_a_card_number_reaches_a_log_or_the_ledger(number: str, separator: str, place: str) -> None:
    """Nor what is kept for years: the ledger, and by its stream the audit log in both Regions."""
    table = FakeTable()

    written = written_by(lambda: take(PLANTS[place](as_printed(number, separator)), table))

    assert not traces_of(number, written)
    assert not traces_of(number, json.dumps(table.items))


@pytest.mark.parametrize("place", ["customerId", "Idempotency-Key"])
@pytest.mark.parametrize("number", CARDS.values(), ids=CARDS.keys())
def test_a_card_number_is_refused_without_being_repeated(number: str, place: str) -> None:
    """400 that names the field: it goes back to whoever sent it, through whatever stands between."""
    answer = take(PLANTS[place](number))

    assert answer["statusCode"] == 400
    assert [fault["field"] for fault in json.loads(answer["body"])["errors"]] == [place]
    assert card_numbers_in(json.dumps(answer)) == []


@pytest.mark.parametrize("key", [API_KEY, WRONG_KEY, f"{API_KEY} ", CARDS["visa"], ""])
def test_an_api_key_reaches_no_log(key: str) -> None:
    """Right or wrong: a wrong one may be a right one with a slip, or another system's."""
    written = written_by(lambda: judge(an_authorizer_event(key))) + written_by(lambda: take(a_payment_event(headers={"x-api-key": key})))

    assert len(lines_in(written)) == 2
    assert card_numbers_in(written) == []
    assert not [secret for secret in (API_KEY, WRONG_KEY, CARDS["visa"]) if secret in written]


def test_an_api_key_reaches_no_log_when_the_secret_is_broken() -> None:
    """Neither the one sent nor what stands in the secret."""
    keys = ApiKeys(FakeSecrets(AWSCURRENT=""), "secret")

    written = written_by(lambda: authorizer_handler(keys)(an_authorizer_event(API_KEY), FakeContext()))

    assert json.loads(written)["outcome"] == "unavailable"
    assert API_KEY not in written


EXPECTED = {"level", "outcome", "function", "region", "role", "request_id", "duration_ms"}


def every_answer() -> dict[str, Callable[[], Any]]:
    """Return one call of every function that answers requests."""
    executor = ThreadPoolExecutor(max_workers=2)
    checks = {"table": table_check(FakeTable(), "payments"), "secret": secret_check(FakeSecrets(), "secret")}
    return {
        "payment": lambda: take(recorded("post_payment")),
        "authorizer": lambda: judge(recorded("authorize")),
        "health": lambda: health_handler(checks, executor)(recorded("get_health"), FakeContext()),
        "hold": lambda: hold_handler(FakeTable(), "hold")(recorded("get_hold"), FakeContext()),
    }


@pytest.mark.parametrize("function", every_answer())
def test_every_request_is_one_line_with_the_same_members(function: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which request, where, how it ended, how long it took; the id is API Gateway's own and the trace's goes with it."""
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Self={CARDS['visa']};Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1;Lineage={API_KEY}")

    written = written_by(every_answer()[function])

    (line,) = lines_in(written)
    assert line.keys() >= EXPECTED
    assert (line["request_id"], line["region"]) == ("KzT8wE3HoAMEbJw=", "us-east-1")
    assert line["trace_id"] == "1-5759e988-bd862e3fe1be46a994272793"
    assert card_numbers_in(written) == []
    assert API_KEY not in written


@pytest.mark.parametrize("header", ["", "Root=4111111111111111", "Root=1-41111111-11111111", "Xoot=1-5759e988-bd862e3fe1be46a994272793x"])
def test_a_trace_header_of_another_form_is_not_told(header: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A caller may send one."""
    monkeypatch.setenv("_X_AMZN_TRACE_ID", header)

    assert "trace_id" not in lines_in(written_by(lambda: take(recorded("post_payment"))))[0]


def test_a_refused_payment_is_told_by_its_keys_digest() -> None:
    """Support finds all that was sent under one key by the payment's id, also what never became a payment; the key is not told."""
    bodies = (ORDER, {"amount": 1}, "{")
    lines = [line for body in bodies for line in lines_in(written_by(lambda body=body: take(a_payment_event(body, key="order-7"))))]

    assert len(lines) == len(bodies)
    assert len({line["transaction_id"] for line in lines}) == 1
    assert "order-7" not in json.dumps(lines)


def test_the_search_finds_what_it_looks_for() -> None:
    """It can fail: a line that holds a number, as typed, as printed, or with anything else between the digits."""
    for number in CARDS.values():
        for separator in ("", " ", "-", ".", "/"):
            text = json.dumps({"level": "INFO", "customer": as_printed(number, separator)})
            assert card_numbers_in(text) == [number]
            assert traces_of(number, text)
    assert card_numbers_in(json.dumps({"request_id": "0b6c7a52-5f0e-4c8e-9d5b-3a8f1c2e7d44", "at": "2026-11-14T09:26:53.512Z"})) == []
