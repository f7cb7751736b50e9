"""What a payment is, and when two requests mean the same one. Pure: no clock, no network, no environment.

**The id.** UUID version 5 (RFC 9562 section 5.5) of the idempotency key in this API's own namespace: nothing but the key goes in, so
that every Region, release and credential computes the same id, and a retry meets the same item. All callers share one API key, so
a key's scope is the environment's table; the day callers get credentials of their own, their name has to join the key.

**The fingerprint.** SHA-256 over the amount's canonical spelling, the currency and the customer: what the caller meant, not how it
was spelled. A replay has the same fingerprint; anything else under a used key is a mistake of the caller's.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from decimal import Decimal

from payment.money import canonical

# uuid5(NAMESPACE_URL, "urn:payment-api:idempotency-key"). Never change it: every retried payment would be taken a second time.
NAMESPACE = uuid.UUID("709e8389-3b02-582e-93e8-3fbacefc74e5")
# Customers so named are this system's own canaries, which pay to see whether one can.
SYNTHETIC_PREFIX = "canary-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a caller asks for: `amount` exact in the exponent of `currency` (ISO 4217), to be paid by `customer_id`."""

    amount: Decimal
    currency: str
    customer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A payment as the ledger holds it: the order, its id, and where (Region), when (UTC, RFC 3339) and by which request it was taken."""

    transaction_id: str
    order: Order
    fingerprint: str
    region: str
    created_at: str
    request_id: str


def is_synthetic(order: Order) -> bool:
    """Return whether a canary asks: such a payment is taken and logged like any other, and is counted as no business."""
    return order.customer_id.startswith(SYNTHETIC_PREFIX)


def transaction_id_of(idempotency_key: str) -> str:
    """Return the id every Region gives the payment asked for under `idempotency_key`."""
    return str(uuid.uuid5(NAMESPACE, idempotency_key))


def fingerprint_of(order: Order) -> str:
    """Return the hexadecimal SHA-256 digest of what `order` means; equal for every spelling of the same order."""
    meaning = json.dumps([canonical(order.amount), order.currency, order.customer_id], ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(meaning.encode("ascii")).hexdigest()


def new_payment(order: Order, *, idempotency_key: str, region: str, created_at: str, request_id: str) -> Payment:
    """Return the payment that `order` becomes when the ledger takes it."""
    return Payment(
        transaction_id=transaction_id_of(idempotency_key),
        order=order,
        fingerprint=fingerprint_of(order),
        region=region,
        created_at=created_at,
        request_id=request_id,
    )


def payment_json(payment: Payment) -> str:
    """Return the JSON text of `payment`: a function of the ledger's item alone, so that a replay is identical to the byte.

    The amount is written digit by digit as a JSON number (RFC 8259 section 6); json.dumps could only write it as a float.
    """
    texts = {
        "transactionId": payment.transaction_id,
        "status": "accepted",
        "currency": payment.order.currency,
        "customerId": payment.order.customer_id,
        "region": payment.region,
        "createdAt": payment.created_at,
    }
    members = [f"{json.dumps(name)}: {json.dumps(text)}" for name, text in texts.items()]
    members.insert(2, f'"amount": {payment.order.amount:f}')
    return "{" + ", ".join(members) + "}"
