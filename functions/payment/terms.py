"""The terms on which payments are taken just now: whether at all, in which currencies, and up to which amount in each. Pure.

They stand in the Region's configuration, as JSON under `payments`:

    {"paused": false, "currencies": ["EUR", "USD"], "amountsMax": {"USD": "10000"}}

No currency named means every one; a currency without an amount has no limit but the ledger's own. What is written there is taken
whole or not at all: terms half understood would take payments that nobody wants taken, or refuse good ones.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from payment.rules import Order
from wire.answers import Fault, Problem

# When to come back while payments are paused: a pause is a person's decision, and takes its time.
PAUSE_SECONDS = 60


class TermsUnreadable(ValueError):
    """What stands in the configuration is not the terms of payments; the message says which member is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is taken: nothing while `paused`, else the `currencies` (ISO 4217, none for every one) up to `amounts_max` of each."""

    paused: bool = False
    currencies: frozenset[str] = frozenset()
    amounts_max: Mapping[str, Decimal] = field(default_factory=dict)

    def refusal_of(self, order: Order) -> Problem | None:
        """Return why `order` is not taken on these terms, None when it is."""
        if self.paused:
            return Problem(
                status=503,
                kind="payments-paused",
                detail="No payments are taken just now. Send it again later, with the same Idempotency-Key.",
                retry_after_seconds=PAUSE_SECONDS,
            )
        ceiling = self.amounts_max.get(order.currency)
        if self.currencies and order.currency not in self.currencies:
            fault = Fault(place="body", field="currency", detail=f"must be one of {', '.join(sorted(self.currencies))}")
        elif ceiling is not None and order.amount > ceiling:
            fault = Fault(place="body", field="amount", detail=f"must be at most {ceiling:f} in {order.currency}")
        else:
            return None
        return Problem(status=400, kind="invalid-request", detail="Such a payment is not taken here.", faults=(fault,))


def terms_of(text: str) -> Terms:
    """Return the terms in a Region's configuration; raises TermsUnreadable. A configuration that says nothing of payments has none."""
    try:
        document = json.loads(text)
    except ValueError:
        raise TermsUnreadable("the configuration is no JSON") from None
    said = document.get("payments", {}) if isinstance(document, dict) else None
    if not isinstance(said, dict):
        raise TermsUnreadable("payments is no object")
    unknown = said.keys() - {"paused", "currencies", "amountsMax"}
    if unknown:
        raise TermsUnreadable(f"payments.{min(unknown)} is not known")
    return Terms(
        paused=_checked(said, "paused", bool, False),
        currencies=frozenset(_codes(_checked(said, "currencies", list, []), "currencies")),
        amounts_max=_amounts(_checked(said, "amountsMax", dict, {})),
    )


def _checked(said: Mapping[str, Any], name: str, kind: type, default: Any) -> Any:
    value = said.get(name, default)
    if not isinstance(value, kind):
        raise TermsUnreadable(f"payments.{name} has the wrong form")
    return value


def _codes(codes: list[Any], name: str) -> list[str]:
    if not all(isinstance(code, str) and len(code) == 3 and code.isalpha() and code.isupper() for code in codes):
        raise TermsUnreadable(f"payments.{name} holds what is no currency code")
    return codes


def _amounts(said: Mapping[str, Any]) -> dict[str, Decimal]:
    _codes(list(said), "amountsMax")
    try:
        amounts = {currency: Decimal(amount) for currency, amount in said.items() if isinstance(amount, str)}
    except InvalidOperation:
        amounts = {}
    if len(amounts) != len(said) or not all(amount.is_finite() and amount > 0 for amount in amounts.values()):
        raise TermsUnreadable("payments.amountsMax holds what is no amount: a positive number as text")
    return amounts
