"""On which terms a payment is taken, and what is no terms at all."""

from __future__ import annotations

import contextlib
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.rendering.engine import render, strict_engine
from deployer.rendering.render import template_data
from payment.rules import Order
from payment.terms import PAUSE_SECONDS, Terms, TermsUnreadable, terms_of
from tests.support.rendering import PROJECT, an_environment, as_data


def an_order(amount: str = "100.00", currency: str = "USD") -> Order:
    """Return an order of an amount in a currency."""
    return Order(amount=Decimal(amount), currency=currency, customer_id="test-123")


def terms(**said: Any) -> Terms:
    """Return the terms of a configuration that says this of payments."""
    return terms_of(json.dumps({"role": "primary", "payments": said}))


@pytest.mark.parametrize("text", ['{"role": "primary"}', '{"payments": {}}', '{"payments": {"currencies": [], "amountsMax": {}}}'])
def test_who_says_nothing_takes_everything(text: str) -> None:
    """A configuration from before there were terms, too."""
    assert terms_of(text) == Terms()
    assert terms_of(text).refusal_of(an_order()) is None


def test_a_pause_refuses_with_an_honest_503() -> None:
    """Come back later, with the same key."""
    refusal = terms(paused=True).refusal_of(an_order())

    assert refusal is not None
    assert (refusal.status, refusal.kind, refusal.retry_after_seconds) == (503, "payments-paused", PAUSE_SECONDS)


@pytest.mark.parametrize(("currency", "taken"), [("USD", True), ("EUR", True), ("JPY", False)])
def test_only_the_currencies_listed_are_taken(currency: str, taken: bool) -> None:
    """The refusal names the field and what would be right."""
    refusal = terms(currencies=["USD", "EUR"]).refusal_of(an_order(currency=currency))

    assert (refusal is None) is taken
    if refusal:
        (fault,) = refusal.faults
        assert (refusal.status, fault.field, fault.detail) == (400, "currency", "must be one of EUR, USD")


@pytest.mark.parametrize(
    ("amount", "currency", "taken"), [("10000.00", "USD", True), ("10000.01", "USD", False), ("99999999.00", "EUR", True)]
)
def test_a_ceiling_is_the_largest_amount_of_its_currency(amount: str, currency: str, taken: bool) -> None:
    """To the cent; another currency is not limited by it."""
    refusal = terms(amountsMax={"USD": "10000"}).refusal_of(an_order(amount, currency))

    assert (refusal is None) is taken
    if refusal:
        (fault,) = refusal.faults
        assert (refusal.status, fault.field, fault.detail) == (400, "amount", "must be at most 10000 in USD")


@pytest.mark.parametrize(
    "text",
    [
        "paused",
        "[]",
        "null",
        '{"payments": []}',
        '{"payments": {"paused": "yes"}}',
        '{"payments": {"paused": 1}}',
        '{"payments": {"pause": true}}',
        '{"payments": {"currencies": "USD"}}',
        '{"payments": {"currencies": ["usd"]}}',
        '{"payments": {"currencies": [840]}}',
        '{"payments": {"amountsMax": {"USD": 10000}}}',
        '{"payments": {"amountsMax": {"USD": "much"}}}',
        '{"payments": {"amountsMax": {"USD": "NaN"}}}',
        '{"payments": {"amountsMax": {"USD": "-1"}}}',
        '{"payments": {"amountsMax": {"DOLLAR": "1"}}}',
    ],
)
def test_what_is_half_right_is_not_read_at_all(text: str) -> None:
    """A misspelt pause that is taken for none would be worse than the terms of before."""
    with pytest.raises(TermsUnreadable):
        terms_of(text)


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
)
def test_nothing_that_is_json_breaks_the_reading(document: Any) -> None:
    """It is terms, or it is unreadable."""
    for text in (json.dumps(document), json.dumps({"payments": document})):
        with contextlib.suppress(TermsUnreadable):
            assert isinstance(terms_of(text), Terms)


def test_what_the_template_writes_is_what_the_function_reads() -> None:
    """The terms of a parameter file, through the regional template, as the function understands them."""
    payments = {"paused": True, "currencies": ["EUR", "USD"], "ceilings": [{"currency": "USD", "amount_max": 10000}]}
    data = template_data("regional", an_environment(payments=payments), contract="", package_keys={})
    part = as_data(render(strict_engine(PROJECT / "templates", data), "regional/configuration.j2"))
    text = part["ConfigurationParameter"]["Properties"]["Value"]["Fn::Sub"][0]

    assert terms_of(text) == Terms(paused=True, currencies=frozenset({"EUR", "USD"}), amounts_max={"USD": Decimal(10000)})
