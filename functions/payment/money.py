"""Exact amounts: decimals with the exponent ISO 4217 gives their currency, and no float anywhere.

An amount is bounded to 15 digits of the currency's smallest unit. DynamoDB keeps 38 digits exactly
[docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html]; 15 is what a client that reads
JSON numbers as IEEE 754 doubles keeps exactly too.
"""

from __future__ import annotations

from decimal import Decimal

from iso4217 import Currency

DIGITS_MAX = 15


class AmountRefused(ValueError):
    """An amount that is not payable; the message is a sentence for the caller."""


def exponent_of(currency: str) -> int | None:
    """Return how many decimals `currency` (an ISO 4217 code in capitals) has: USD 2, JPY 0, KWD 3; None when it cannot be paid in.

    Codes without a minor unit (gold, test codes, "no currency") cannot be paid in.
    """
    try:
        return Currency(currency).exponent  # type: ignore[no-any-return, unused-ignore]
    except ValueError:
        return None


def exact_amount(given: Decimal, *, currency: str, exponent: int) -> Decimal:
    """Return `given` written with exactly `exponent` decimals; raises AmountRefused when it is no payable amount of `currency`.

    Spelling does not matter: 100, 100.0 and 1e2 all give 100.00 in a currency of two decimals. Only the value may not be finer
    than the smallest unit.
    """
    if not given.is_finite():
        raise AmountRefused(f"must be a number of at most {DIGITS_MAX} digits")
    if given <= 0:
        raise AmountRefused("must be greater than 0")
    # The size of the number before any arithmetic: 1e999999999 must not be written out.
    if given.adjusted() + exponent >= DIGITS_MAX:
        raise AmountRefused(f"must have at most {DIGITS_MAX - exponent} digits before the decimal point in {currency}")
    finest = given.adjusted() + 1 - len(_significant(given))
    if finest < -exponent:
        decimals = "decimal" if exponent == 1 else "decimals"
        raise AmountRefused(f"must have at most {exponent} {decimals} in {currency}")
    return given.quantize(Decimal(1).scaleb(-exponent))


def canonical(amount: Decimal) -> str:
    """Return the one spelling of `amount` that does not depend on its currency's exponent: no trailing zeros, no E notation."""
    return format(amount.normalize(), "f")


def _significant(amount: Decimal) -> tuple[int, ...]:
    """Return the digits of `amount` without trailing zeros."""
    digits = amount.as_tuple().digits
    last = len(digits)
    while last > 1 and digits[last - 1] == 0:
        last -= 1
    return digits[:last]
