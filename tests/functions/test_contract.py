"""The contract says what the payment function does: what one refuses and the other allows would be a surprise to callers."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st
from iso4217 import Currency

from payment.money import DIGITS_MAX, exact_amount, exponent_of
from payment.request import CUSTOMER_ID, FAULTS_MAX, FIELDS, IDEMPOTENCY_KEY
from tests.contract.hooks import payable

CONTRACT: dict[str, Any] = yaml.safe_load((Path(__file__).parents[2] / "templates" / "contract" / "openapi.yaml").read_text("utf-8"))
SCHEMAS = CONTRACT["components"]["schemas"]
PAYMENT = SCHEMAS["PaymentRequest"]


def test_a_payment_has_the_fields_of_the_contract() -> None:
    """All of them required, and no others."""
    assert list(PAYMENT["properties"]) == PAYMENT["required"] == list(FIELDS)
    assert PAYMENT["additionalProperties"] is False


def test_currencies_are_those_of_the_iso_4217_table() -> None:
    """All with a minor unit. When the table in the layer moves on, write its codes into the contract."""
    assert PAYMENT["properties"]["currency"]["enum"] == sorted(one.code for one in Currency if exponent_of(one.code) is not None)


def test_patterns_are_the_functions_own() -> None:
    """Anchored in the contract, where a pattern may match anywhere; whole in the function."""
    [key] = CONTRACT["paths"]["/payment"]["post"]["parameters"]

    assert key["schema"]["pattern"] == f"^{IDEMPOTENCY_KEY.pattern}$"
    assert PAYMENT["properties"]["customerId"]["pattern"] == f"^{CUSTOMER_ID.pattern}$"


def test_amounts_are_bounded_alike() -> None:
    """The most is that of a currency without decimals; above zero in all."""
    amount = PAYMENT["properties"]["amount"]

    assert amount["maximum"] == 10**DIGITS_MAX - 1
    assert (amount["minimum"], amount["exclusiveMinimum"]) == (0, True)


def test_problems_hold_as_many_faults_as_the_contract_says() -> None:
    """The word is in a description, for people."""
    assert FAULTS_MAX == 10
    assert "at most ten" in SCHEMAS["Problem"]["properties"]["errors"]["description"]


@given(
    amount=st.floats(min_value=0, max_value=10**DIGITS_MAX - 1, exclude_min=True) | st.integers(1, 10**DIGITS_MAX - 1),
    currency=st.sampled_from(PAYMENT["properties"]["currency"]["enum"]),
)
def test_what_the_gate_makes_of_an_amount_is_payable(amount: float, currency: str) -> None:
    """The contract cannot say how many decimals a currency has, so the gate brings amounts to them before it asks for payments."""
    sent = Decimal(repr(payable(amount, currency)))

    assert exact_amount(sent, currency=currency, exponent=Currency(currency).exponent) == sent
