"""Amounts are exact in the decimals of their currency."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payment.money import DIGITS_MAX, AmountRefused, canonical, exact_amount, exponent_of

MINOR_UNITS = st.integers(min_value=1, max_value=10**DIGITS_MAX - 1)
EXPONENTS = st.sampled_from([0, 2, 3, 4])


@pytest.mark.parametrize(("currency", "exponent"), [("USD", 2), ("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)])
def test_exponent_is_that_of_iso_4217(currency: str, exponent: int) -> None:
    """Currencies with 0, 2, 3 and 4 decimals."""
    assert exponent_of(currency) == exponent


@pytest.mark.parametrize("code", ["XAU", "XTS", "XXX", "usd", "USX", "", "US", "USD ", "DEM"])
def test_what_is_no_currency_in_use_cannot_be_paid_in(code: str) -> None:
    """Gold, test codes, small letters, unknown and past currencies."""
    assert exponent_of(code) is None


@given(minor=MINOR_UNITS, exponent=EXPONENTS)
def test_every_whole_number_of_smallest_units_is_payable_and_kept_exactly(minor: int, exponent: int) -> None:
    """Up to 15 digits of the smallest unit nothing is rounded."""
    amount = exact_amount(Decimal(minor).scaleb(-exponent), currency="XYZ", exponent=exponent)

    assert amount.scaleb(exponent) == minor
    assert -amount.as_tuple().exponent == exponent


@given(minor=MINOR_UNITS, exponent=EXPONENTS)
def test_an_exact_amount_survives_a_client_that_reads_doubles(minor: int, exponent: int) -> None:
    """The bound of 15 digits is what an IEEE 754 double keeps."""
    amount = exact_amount(Decimal(minor).scaleb(-exponent), currency="XYZ", exponent=exponent)

    assert Decimal(repr(float(amount))) == amount


@given(minor=MINOR_UNITS, exponent=EXPONENTS, zeros=st.integers(0, 40))
def test_every_spelling_of_an_amount_is_the_same_amount(minor: int, exponent: int, zeros: int) -> None:
    """Trailing zeros and E notation change nothing, not even the digits written."""
    value = Decimal(minor).scaleb(-exponent)
    spellings = [value, Decimal(f"{value:f}" + ("" if "." in f"{value:f}" else ".") + "0" * zeros), Decimal(f"{value:.60e}")]

    amounts = {str(exact_amount(spelling, currency="XYZ", exponent=exponent)) for spelling in spellings}

    assert len(amounts) == 1


@given(minor=MINOR_UNITS, exponent=EXPONENTS)
def test_canonical_spelling_does_not_depend_on_the_exponent(minor: int, exponent: int) -> None:
    """Were a currency given more decimals one day, old fingerprints would still match."""
    value = Decimal(minor).scaleb(-exponent)

    assert canonical(value) == canonical(value.quantize(Decimal("1E-6")))
    assert "E" not in canonical(value)


@pytest.mark.parametrize(
    ("given_amount", "exponent", "complaint"),
    [
        ("0", 2, "greater than 0"),
        ("-0.00", 2, "greater than 0"),
        ("-1", 2, "greater than 0"),
        ("0.001", 2, "at most 2 decimals"),
        ("1.5", 0, "at most 0 decimals"),
        ("1e-999999", 2, "at most 2 decimals"),
        ("10000000000000", 2, "at most 13 digits"),
        ("1e15", 0, "at most 15 digits"),
        ("1e999999", 2, "at most 13 digits"),
        ("NaN", 2, "must be a number"),
        ("Infinity", 2, "must be a number"),
    ],
)
def test_what_is_not_payable_is_refused_with_its_reason(given_amount: str, exponent: int, complaint: str) -> None:
    """Zero, negative, finer than the smallest unit, too large, no number."""
    with pytest.raises(AmountRefused, match=complaint):
        exact_amount(Decimal(given_amount), currency="XYZ", exponent=exponent)
