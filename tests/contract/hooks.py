"""What schemathesis cannot know of a payment from its schema: the decimals of its currency.

Only bodies that are valid by the schema are touched, and only their amount; what is sent to be refused is sent as it was made.
"""

from __future__ import annotations

from decimal import ROUND_UP, Decimal
from typing import Any

import schemathesis
from iso4217 import Currency

DIGITS_MAX = 15
PAYABLE = frozenset(one.code for one in Currency if one.exponent is not None)


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    """Bring the amount of a payment that is about to be sent to the decimals and the digits that its currency has."""
    body = case.body
    if case.operation.label == "POST /payment" and isinstance(body, dict) and _is_a_payment(body):
        case.body = body | {"amount": payable(body["amount"], body["currency"])}


def payable(amount: float, currency: str) -> float:
    """Return the least amount of `currency` that is not below `amount`, or the most there is."""
    unit = Decimal(1).scaleb(-Currency(currency).exponent)
    most = unit * (10**DIGITS_MAX - 1)
    exact = min(Decimal(repr(amount)), most).quantize(unit, rounding=ROUND_UP)
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _is_a_payment(body: dict[str, Any]) -> bool:
    amount, currency = body.get("amount"), body.get("currency")
    if isinstance(amount, bool) or not isinstance(amount, int | float) or not 0 < amount <= 10**DIGITS_MAX - 1:
        return False
    return isinstance(currency, str) and currency in PAYABLE
