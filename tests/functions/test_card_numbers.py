"""Card numbers are found, and ids are not mistaken for them."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payment.card_numbers import holds_card_number, passes_luhn
from payment.request import Refused, order_of, read_idempotency_key
from tests.support.card_data import CARDS, as_printed, card_numbers_in
from tests.support.function_events import ORDER, a_payment_event


@pytest.mark.parametrize("number", CARDS.values(), ids=CARDS.keys())
@pytest.mark.parametrize("separator", ["", " ", "-", ".", "_", ":"])
def test_a_card_number_is_found_as_typed_and_as_printed(number: str, separator: str) -> None:
    """Alone, or beside words; the search the tests rely on finds the same."""
    for text in (as_printed(number, separator), f"cus_{as_printed(number, separator)}", f"card:{as_printed(number, separator)}:2026"):
        assert holds_card_number(text)
    assert card_numbers_in(f'"customerId": "{as_printed(number, separator)}"') == [number]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("4111111111111112", id="wrong check digit"),
        pytest.param("test-123", id="an id"),
        pytest.param("20261122182633", id="a moment to the second"),
        pytest.param("1763836053512", id="milliseconds since 1970"),
        pytest.param("1763836053512345678", id="nanoseconds since 1970"),
        pytest.param("order-2026-11-14-000172", id="a date and a number"),
        pytest.param("4111-1111-1111", id="too short"),
        pytest.param("41111111111111111111", id="too long"),
        pytest.param("a4111111111111111f", id="inside a word"),
        pytest.param("9999999999999995", id="no network's"),
        pytest.param("4111-1111.1111:1111", id="no card is printed so"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_is_no_card_is_left_alone(text: str) -> None:
    """A refusal without a reason would be a payment lost."""
    assert not holds_card_number(text)


@given(st.uuids(), st.sampled_from([str, lambda id_: id_.hex, lambda id_: id_.urn]))
def test_a_uuid_is_never_taken_for_a_card(id_: uuid.UUID, spelled: object) -> None:
    """The ids most callers use, in each spelling; also those that happen to be digits all over."""
    assert not holds_card_number(spelled(id_))  # type: ignore[operator]
    assert not holds_card_number("41111111-1111-4111-8111-111111111111")


@given(st.integers(min_value=10**13, max_value=10**19 - 1))
def test_one_check_digit_of_ten_is_right(number: int) -> None:
    """ISO/IEC 7812-1: of the ten numbers that differ in the last digit, one passes."""
    stem = str(number)[:-1]

    assert sum(passes_luhn(stem + digit) for digit in "0123456789") == 1


@pytest.mark.parametrize("customer", ["4111111111111111", "cus:4111-1111-1111-1111"])
def test_a_card_number_as_customer_is_refused_by_name(customer: str) -> None:
    """400 that names the field and does not repeat the number."""
    with pytest.raises(Refused) as refused:
        order_of({**ORDER, "customerId": customer})

    problem = refused.value.problem
    assert problem.status == 400
    assert ("body", "customerId") in {(fault.place, fault.field) for fault in problem.faults}
    assert not card_numbers_in(repr(problem))


def test_a_card_number_as_idempotency_key_is_refused_by_name() -> None:
    """The key itself is kept nowhere, but what is made of it is, and from that a card's number could be guessed."""
    with pytest.raises(Refused) as refused:
        read_idempotency_key(a_payment_event(key="5555555555554444"))

    problem = refused.value.problem
    assert (problem.status, [fault.field for fault in problem.faults]) == (400, ["Idempotency-Key"])
    assert not card_numbers_in(repr(problem))
