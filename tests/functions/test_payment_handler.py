"""The payment function, event in and response out."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payment.handler import Handler, payment_handler
from payment.ledger import Ledger
from payment.rules import transaction_id_of
from tests.support.fake_services import FakeTable, FakeTime, loses_the_answer, never_arrives, refuses
from tests.support.function_events import ORDER, FakeContext, a_payment_event, a_read_event, recorded

NOW = datetime(2026, 11, 14, 9, 26, 53, 512_000, tzinfo=UTC)


def a_handler(table: FakeTable, *, region: str = "us-east-1", now: datetime = NOW) -> Handler:
    """Return the payment handler of `region` on `table`."""
    ledger = Ledger(table, "payments", sleep=FakeTime().sleep, jitter=lambda: 1.0)
    return payment_handler(ledger, region=region, now=lambda: now)


def problem_in(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the problem document in `answer`, which must be labelled as one and carry its own status."""
    document: dict[str, Any] = json.loads(answer["body"])

    assert answer["headers"]["Content-Type"] == "application/problem+json"
    assert document["status"] == answer["statusCode"]
    assert document["type"].startswith("urn:payment-api:problem:")
    return document


def test_a_recorded_payment_is_taken() -> None:
    """201, the payment, and where to read it."""
    answer = a_handler(FakeTable())(recorded("post_payment"), FakeContext())

    transaction_id = transaction_id_of("order-2026-11-14-000172")
    assert answer["statusCode"] == 201
    assert answer["headers"]["Location"] == f"/payment/{transaction_id}"
    assert "Idempotent-Replayed" not in answer["headers"]
    assert json.loads(answer["body"], parse_float=Decimal) == {
        "transactionId": transaction_id,
        "status": "accepted",
        "amount": Decimal("100.00"),
        "currency": "USD",
        "customerId": "test-123",
        "region": "us-east-1",
        "createdAt": "2026-11-14T09:26:53.512Z",
    }


def test_a_replay_in_the_other_region_is_identical_and_says_so() -> None:
    """The same body to the byte, though another Region answers at another time to another spelling."""
    table = FakeTable()
    first = a_handler(table)(a_payment_event(), FakeContext())
    body = '{"customerId":"test-123", "currency":"USD", "amount":1.0e2}'

    other = a_handler(FakeTable(table.items), region="us-east-2", now=NOW + timedelta(minutes=3))
    replay = other(a_payment_event(body, request_id="request-2"), FakeContext())

    assert (replay["statusCode"], replay["body"]) == (first["statusCode"], first["body"])
    assert replay["headers"]["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("change", [{"amount": 100.01}, {"currency": "EUR"}, {"customerId": "test-124"}])
def test_another_payment_under_a_used_key_is_a_422(change: dict[str, Any]) -> None:
    """And the first one stays."""
    table = FakeTable()
    a_handler(table)(a_payment_event(), FakeContext())
    before = dict(table.items)

    answer = a_handler(table)(a_payment_event(ORDER | change, request_id="request-2"), FakeContext())

    assert answer["statusCode"] == 422
    assert problem_in(answer)["errors"][0]["field"] == "Idempotency-Key"
    assert table.items == before


def test_a_payment_whose_first_answer_was_lost_is_taken_once_and_is_no_replay() -> None:
    """The put is asked again and finds itself."""
    table = FakeTable(script=[loses_the_answer])

    answer = a_handler(table)(a_payment_event(), FakeContext())

    assert answer["statusCode"] == 201
    assert "Idempotent-Replayed" not in answer["headers"]
    assert len(table.items) == 1


def test_without_a_quorum_the_answer_is_an_honest_no() -> None:
    """503 and when to try again; nothing is claimed about the outcome."""
    table = FakeTable(script=[refuses("InternalServerError", 500)] * 99)

    answer = a_handler(table)(a_payment_event(), FakeContext())

    assert answer["statusCode"] == 503
    assert int(answer["headers"]["Retry-After"]) > 0
    assert "same Idempotency-Key" in problem_in(answer)["detail"]


def test_a_missing_key_is_a_400_and_nothing_is_written() -> None:
    """The rule comes before the ledger."""
    table = FakeTable()

    answer = a_handler(table)(a_payment_event(key=None), FakeContext())

    assert problem_in(answer)["errors"] == [
        {
            "in": "header",
            "field": "Idempotency-Key",
            "detail": "is required: choose one for each payment and send it again with each retry",
        }
    ]
    assert (answer["statusCode"], table.calls) == (400, [])


def test_a_payment_is_read_back() -> None:
    """200 and what the first answer said, in either letter case of the id."""
    table = FakeTable()
    taken = a_handler(table)(a_payment_event(), FakeContext())
    transaction_id = json.loads(taken["body"])["transactionId"]

    for asked in (transaction_id, transaction_id.upper()):
        shown = a_handler(table)(a_read_event(asked), FakeContext())
        assert (shown["statusCode"], shown["body"]) == (200, taken["body"])


@pytest.mark.parametrize(
    ("asked", "reads"), [(transaction_id_of("nothing"), 1), ("nonsense", 0), ("", 0), ("../health", 0), ("0" * 400, 0)]
)
def test_an_unknown_payment_is_a_404(asked: str, reads: int) -> None:
    """What cannot be an id costs no read."""
    table = FakeTable()

    answer = a_handler(table)(a_read_event(asked), FakeContext())

    assert answer["statusCode"] == problem_in(answer)["status"] == 404
    assert len(table.calls) == reads


def test_a_payment_that_cannot_be_read_now_is_a_503() -> None:
    """Not a 404: it may exist."""
    answer = a_handler(FakeTable(script=[never_arrives] * 99))(recorded("get_payment"), FakeContext())

    assert problem_in(answer)["status"] == 503
    assert "Retry-After" in answer["headers"]


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", None])
def test_another_method_is_a_404(method: str | None) -> None:
    """The API has no such method; a wrong template must not take payments by it."""
    answer = a_handler(FakeTable())(a_payment_event() | {"httpMethod": method}, FakeContext())

    assert problem_in(answer)["status"] == 404


def test_a_defect_is_a_500_without_a_trace(capsys: pytest.CaptureFixture[str]) -> None:
    """The caller learns nothing of the code, the log nothing of the caller's data."""

    def defect(_: object) -> None:
        raise KeyError("test-123")

    answer = a_handler(FakeTable(script=[defect]))(a_payment_event(), FakeContext())

    line = json.loads(capsys.readouterr().out)
    assert problem_in(answer)["status"] == 500
    assert "KeyError" not in answer["body"]
    assert (line["error"], "test-123" in json.dumps(line)) == ("KeyError", False)
    assert any("ledger.py" in place for place in line["trace"])


def test_each_request_writes_one_line_that_gives_nothing_away(capsys: pytest.CaptureFixture[str]) -> None:
    """Which request, which payment, how it ended; no key, no amount, no customer."""
    a_handler(FakeTable())(recorded("post_payment"), FakeContext())

    written = capsys.readouterr().out
    [line] = [one for one in map(json.loads, written.splitlines()) if "_aws" not in one]
    assert (line["outcome"], line["status"], line["level"]) == ("taken", 201, "INFO")
    assert line["request_id"] == "KzT8wE3HoAMEbJw="
    assert line["transaction_id"] == transaction_id_of("order-2026-11-14-000172")
    assert line["duration_ms"] >= 0
    assert not [secret for secret in ("example-api-key", "order-2026", "test-123", "USD") if secret in written]


@pytest.mark.parametrize(
    ("customer", "business", "synthetic"),
    [("test-123", 1, 0), ("canary-primary", 0, 1), ("canary-secondary", 0, 1), ("the-canary-shop", 1, 0)],
)
def test_what_canaries_pay_is_counted_as_no_business(
    customer: str, business: int, synthetic: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two metrics, one of them nought; a payment counts once, its replay not at all; the log tells them apart as well."""
    handler = a_handler(FakeTable())
    for request_id in ("request-1", "request-2"):
        handler(a_payment_event(ORDER | {"customerId": customer}, request_id=request_id), FakeContext())

    lines = [json.loads(one) for one in capsys.readouterr().out.splitlines()]
    [metrics] = [one for one in lines if "_aws" in one]
    logged = [one.get("synthetic", False) for one in lines if "_aws" not in one]
    assert (metrics["PaymentsTaken"], metrics["SyntheticPaymentsTaken"]) == (business, synthetic)
    assert {one["Name"] for one in metrics["_aws"]["CloudWatchMetrics"][0]["Metrics"]} == {"PaymentsTaken", "SyntheticPaymentsTaken"}
    assert logged == [bool(synthetic)] * 2


@pytest.mark.parametrize(
    ("event", "outcome", "level"),
    [
        (a_payment_event("{"), "invalid-request", "INFO"),
        (a_read_event("nonsense"), "payment-not-found", "INFO"),
    ],
)
def test_a_refusal_is_logged_by_its_kind(event: dict[str, Any], outcome: str, level: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A caller's mistake is no error of ours."""
    a_handler(FakeTable())(event, FakeContext())

    line = json.loads(capsys.readouterr().out)
    assert (line["outcome"], line["level"]) == (outcome, level)


def test_the_reason_for_a_503_is_in_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    """AWS's own code, for whoever is on call."""
    a_handler(FakeTable(script=[refuses("AccessDeniedException")]))(a_payment_event(), FakeContext())

    line = json.loads(capsys.readouterr().out)
    assert (line["outcome"], line["error"], line["level"]) == ("ledger-unavailable", "AccessDeniedException", "ERROR")


def test_an_event_without_headers_or_request_id_is_answered() -> None:
    """The console's test button sends null for both."""
    event = a_payment_event() | {"headers": None, "multiValueHeaders": None, "requestContext": {}}

    assert problem_in(a_handler(FakeTable())(event, FakeContext()))["requestId"] == FakeContext().aws_request_id


@given(body=st.text() | st.none(), content_type=st.none() | st.just("application/json") | st.text(), base64=st.booleans())
def test_no_body_whatsoever_gives_a_5xx(body: str | None, content_type: str | None, base64: bool) -> None:
    """Bad input is the caller's: 4xx, as a problem document."""
    event = a_payment_event(headers={"Content-Type": content_type}) | {"body": body, "isBase64Encoded": base64}

    answer = a_handler(FakeTable())(event, FakeContext())

    assert 400 <= problem_in(answer)["status"] < 500
