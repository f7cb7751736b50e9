"""Requests are read strictly, and every mistake is named."""

from __future__ import annotations

import base64
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payment.request import BODY_BYTES_MAX, Refused, read_idempotency_key, read_order
from payment.rules import Order, fingerprint_of
from tests.support.function_events import ORDER, a_payment_event
from wire.answers import Problem


def problem_with(event: dict[str, Any]) -> Problem:
    """Return the problem with the body of `event`."""
    with pytest.raises(Refused) as refusal:
        read_order(event)
    return refusal.value.problem


def outcome_of(event: dict[str, Any]) -> Order | Problem:
    """Return the order in `event`, or the problem with it."""
    try:
        return read_order(event)
    except Refused as refusal:
        return refusal.problem


def fields_of(problem: Problem) -> set[str]:
    """Return the fields a problem names."""
    return {fault.field for fault in problem.faults}


def test_a_good_body_becomes_an_order() -> None:
    """The example of the API's description."""
    assert read_order(a_payment_event()) == Order(amount=Decimal("100.00"), currency="USD", customer_id="test-123")


@pytest.mark.parametrize("spelling", ["100", "100.0", "100.00", "1e2", "1E+2", "10000e-2", "100.0000000000000000000000"])
def test_spellings_of_one_amount_are_one_order(spelling: str) -> None:
    """JSON can write a number in many ways; the fingerprint is of the value."""
    body = f'{{"customerId": "test-123",\n "amount":{spelling}, "currency": "\\u0055SD"}}'

    assert fingerprint_of(read_order(a_payment_event(body))) == fingerprint_of(read_order(a_payment_event()))


@pytest.mark.parametrize("amount", ["0.1", "0.3", "1.1", "9999999999999.99", "0.07"])
def test_amounts_that_a_float_would_bend_stay_exact(amount: str) -> None:
    """No amount passes through binary floating point."""
    body = f'{{"amount": {amount}, "currency": "USD", "customerId": "c"}}'

    assert read_order(a_payment_event(body)).amount == Decimal(amount)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"amount": 0}, "amount", id="zero"),
        pytest.param({"amount": -5}, "amount", id="negative"),
        pytest.param({"amount": 1.001}, "amount", id="too precise"),
        pytest.param({"amount": 10**30}, "amount", id="too large"),
        pytest.param({"amount": "100"}, "amount", id="amount in quotes"),
        pytest.param({"amount": True}, "amount", id="amount true"),
        pytest.param({"amount": None}, "amount", id="amount null"),
        pytest.param({"amount": [1]}, "amount", id="amount list"),
        pytest.param({"currency": "usd"}, "currency", id="small letters"),
        pytest.param({"currency": "ZZZ"}, "currency", id="unknown currency"),
        pytest.param({"currency": 840}, "currency", id="currency number"),
        pytest.param({"currency": ["USD"]}, "currency", id="currency list"),
        pytest.param({"customerId": ""}, "customerId", id="empty customer"),
        pytest.param({"customerId": 7}, "customerId", id="customer number"),
        pytest.param({"customerId": "x" * 65}, "customerId", id="long customer"),
        pytest.param({"customerId": "jane@example.com"}, "customerId", id="an address"),
        pytest.param({"customerId": "\ud800"}, "customerId", id="half a character"),
        pytest.param({"tip": 5}, "tip", id="unknown field"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, Any], field: str) -> None:
    """400, and exactly that field."""
    problem = problem_with(a_payment_event(ORDER | change))

    assert (problem.status, fields_of(problem)) == (400, {field})


@pytest.mark.parametrize("field", ["amount", "currency", "customerId"])
def test_a_missing_field_is_named(field: str) -> None:
    """Nothing has a default."""
    problem = problem_with(a_payment_event({name: value for name, value in ORDER.items() if name != field}))

    assert (problem.status, fields_of(problem)) == (400, {field})


def test_all_mistakes_are_named_at_once() -> None:
    """A caller mends a body in one go."""
    problem = problem_with(a_payment_event({"amount": -1, "currency": "??", "extra": 1}))

    assert fields_of(problem) == {"amount", "currency", "customerId", "extra"}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "7",
        "null",
        '"text"',
        "[" * 4000,
        "\ufeff{}",
    ],
)
def test_what_is_no_json_object_is_a_400(body: str) -> None:
    """Broken, nested without end, not an object, a byte order mark: the body as a whole is at fault."""
    problem = problem_with(a_payment_event(body))

    assert (problem.status, fields_of(problem)) == (400, {""})


@pytest.mark.parametrize(
    "amount", ["NaN", "Infinity", "-Infinity", "1e400", "1E-400", "1e9999999999999999999999", "-1e9999999999999999999999", "0e5", "-0.0"]
)
@pytest.mark.parametrize("rest", ['"currency": "USD", "customerId": "c"', '"customerId": "c"', '"currency": "ZZZ", "customerId": "c"'])
def test_a_number_beyond_payment_is_named(amount: str, rest: str) -> None:
    """What is no number, or one that nobody could write out, is the amount's fault, also where the currency is unknown."""
    problem = problem_with(a_payment_event(f'{{"amount": {amount}, {rest}}}'))

    assert problem.status == 400
    assert "amount" in fields_of(problem) or ("USD" not in rest and amount in ("1e400", "1E-400"))


def test_a_field_given_twice_is_named() -> None:
    """Readers differ on which of the two counts (RFC 8259 section 4)."""
    problem = problem_with(a_payment_event('{"amount": 1, "amount": 2, "currency": "USD", "customerId": "c"}'))

    assert (problem.status, fields_of(problem)) == (400, {"amount"})


def test_a_name_that_is_no_text_is_told_as_text() -> None:
    """Half a character would make the problem document one that strict readers refuse."""
    problem = problem_with(a_payment_event('{"\\ud800": 1, "amount": 1, "currency": "USD", "customerId": "c"}'))

    assert fields_of(problem) == {"?"}


def test_a_missing_body_is_a_400() -> None:
    """API Gateway sends null for no body."""
    assert problem_with(a_payment_event() | {"body": None}).status == 400


def test_a_number_of_thousands_of_digits_is_refused_for_its_size_alone() -> None:
    """Python refuses to read such integers with an error of its own; that is no 500."""
    problem = problem_with(a_payment_event('{"amount": ' + "9" * 4030 + ', "currency": "USD", "customerId": "c"}'))

    assert (problem.status, fields_of(problem)) == (400, {"amount"})


def test_a_body_in_base64_is_read() -> None:
    """API Gateway encodes bodies of binary media types."""
    event = a_payment_event()
    encoded = base64.b64encode(event["body"].encode()).decode()

    assert read_order(event | {"body": encoded, "isBase64Encoded": True}) == read_order(event)


@pytest.mark.parametrize("body", ["%%%", base64.b64encode(b"\xff\xfe").decode()])
def test_a_body_that_is_no_text_is_a_400(body: str) -> None:
    """Neither base64 nor UTF-8."""
    assert problem_with(a_payment_event() | {"body": body, "isBase64Encoded": True}).status == 400


def test_size_is_counted_in_bytes() -> None:
    """413 from the first byte over the limit, whatever is inside."""
    body = json.dumps(ORDER)
    fits = body + " " * (BODY_BYTES_MAX - len(body))

    assert read_order(a_payment_event(fits)).currency == "USD"
    assert problem_with(a_payment_event(fits + " ")).faults[0].detail == f"must be at most {BODY_BYTES_MAX} bytes long"
    assert problem_with(a_payment_event(fits + " ")).status == 413
    assert problem_with(a_payment_event("é" * (BODY_BYTES_MAX // 2 + 1))).status == 413


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded", "application/json, text/plain"])
def test_another_content_type_is_a_415(content_type: str | None) -> None:
    """Also when none is given."""
    problem = problem_with(a_payment_event(headers={"Content-Type": content_type}))

    assert (problem.status, fields_of(problem)) == (415, {"Content-Type"})


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"'])
def test_json_may_name_its_charset(content_type: str) -> None:
    """UTF-8 is the only one there is."""
    assert read_order(a_payment_event(headers={"content-type": content_type})).currency == "USD"


@pytest.mark.parametrize("name", ["Idempotency-Key", "idempotency-key", "IDEMPOTENCY-KEY"])
def test_the_key_is_found_in_any_letter_case(name: str) -> None:
    """Header names do not distinguish letters (RFC 9110 section 5.1)."""
    assert read_idempotency_key(a_payment_event(key=None, headers={name: " k-1 "})) == "k-1"


@pytest.mark.parametrize("key", [None, "", "   ", "a,b", "a b", "é", "x" * 256, "a\tb", "a\n", "a\r\nb", "a\x00", "\ud800"])
def test_a_missing_or_malformed_key_is_a_400(key: str | None) -> None:
    """A list with a comma is what an intermediary makes of a header sent twice."""
    with pytest.raises(Refused) as refusal:
        read_idempotency_key(a_payment_event(key=key))

    assert (refusal.value.problem.status, fields_of(refusal.value.problem)) == (400, {"Idempotency-Key"})


def test_a_key_sent_twice_is_a_400() -> None:
    """Whichever of the two were taken, the caller might mean the other."""
    event = a_payment_event()
    event["multiValueHeaders"]["Idempotency-Key"] = ["key-1", "key-2"]

    with pytest.raises(Refused) as refusal:
        read_idempotency_key(event)

    assert refusal.value.problem.status == 400


@given(
    document=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["amount", "currency", "customerId"]) | st.text(), inner),
    )
)
def test_any_json_is_an_order_or_a_4xx(document: object) -> None:
    """Whatever JSON comes, it is understood or refused; nothing else is raised."""
    outcome = outcome_of(a_payment_event(json.dumps(document)))

    assert isinstance(outcome, Order) or 400 <= outcome.status < 500


@given(amount=st.decimals(allow_nan=False, allow_infinity=False) | st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_any_number_is_an_amount_or_a_4xx(amount: object) -> None:
    """What is taken is taken to the digit."""
    body = f'{{"amount": {amount}, "currency": "KWD", "customerId": "c"}}'
    outcome = outcome_of(a_payment_event(body))

    assert outcome.amount == Decimal(str(amount)) if isinstance(outcome, Order) else 400 <= outcome.status < 500
