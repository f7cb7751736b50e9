"""The gate's check `payment`: a cent is really paid in the Region, under its own name, and the same request again pays nothing.

Safe where real money is taken: the least amount there is, of a customer whose name begins with `canary-gate-`, which business metrics leave
out (decision 10), under an idempotency key made of the Region and the second, so that a look taken twice is one payment.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from deployer.outside.view import HttpAnswer, Outside
from deployer.planning.gates import Gate, GatedRegion
from deployer.rollout.gate_finding import Finding

# A function that was just replaced starts its workers anew; its own limit is 29 s, and no caller waits so long.
PAYMENT_SECONDS_MAX: Final = 10.0
CUSTOMER_PREFIX: Final = "canary-gate-"
REPLAYED: Final = "idempotent-replayed"
_TAKEN: Final = 201


def look_at_payment(gated: GatedRegion, gate: Gate, outside: Outside, *, api_key: str, moment: datetime) -> Finding:
    """Pay, pay again with the same key, and return what came of it; `moment` (UTC) is the look's own."""
    customer = f"{CUSTOMER_PREFIX}{gated.region}"
    # The amount goes as it is written: a float would not be exact.
    body = f'{{"amount": {gate.amount}, "currency": "{gate.currency}", "customerId": "{customer}"}}'
    headers = {"x-api-key": api_key, "Idempotency-Key": f"{customer}-{moment:%Y%m%dT%H%M%SZ}"}

    def pay() -> HttpAnswer:
        return outside.post(gated.region, gated.host, "/payment", body, headers=headers, seconds_max=PAYMENT_SECONDS_MAX)

    paid = pay()
    finding = judge_payment(gated.region, customer, paid)
    return judge_replay(paid, pay()) if finding.is_good else finding


def judge_payment(region: str, customer: str, paid: HttpAnswer) -> Finding:
    """Return whether this answer is a payment of `customer`, taken in `region`."""
    if paid.status != _TAKEN:
        return Finding(is_good=False, detail=f"the payment was not taken: {_words(paid)}")
    document = _document(paid)
    for field, expected in (("status", "accepted"), ("region", region), ("customerId", customer)):
        if document.get(field) != expected:
            return Finding(is_good=False, detail=f"the payment's {field} is {document.get(field)!r}, not {expected!r}")
    return Finding(is_good=True, detail="taken")


def judge_replay(paid: HttpAnswer, again: HttpAnswer) -> Finding:
    """Return whether the second answer is the first payment told again, and no payment of its own."""
    if again.status != _TAKEN:
        return Finding(is_good=False, detail=f"the same request again was refused: {_words(again)}")
    first, second = _document(paid), _document(again)
    if first != second or again.headers.get(REPLAYED) != "true":
        told = f"{first.get('transactionId')} and {second.get('transactionId')}"
        return Finding(is_good=False, detail=f"the same request again was taken as a new payment ({told})")
    return Finding(is_good=True, detail=f"paid {first.get('amount')} {first.get('currency')} once ({first.get('transactionId')})")


def _words(answer: HttpAnswer) -> str:
    """Return why, in the words of the problem document [RFC 9457] where there is one."""
    document = _document(answer)
    said = document.get("detail") or document.get("title") or document.get("message")
    return answer.problem or f"HTTP {answer.status}" + (f", {said}" if said else "")


def _document(answer: HttpAnswer) -> Mapping[str, Any]:
    try:
        # Amounts stay as they are written.
        document = json.loads(answer.body, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
