"""Reads a payment request strictly: what comes out is exact and complete, and what is refused is refused with every mistake named.

Strict because a payment is not a place for guesses: a field twice, a field too many, a number in quotes, a header twice are refused.
API Gateway's own validation may refuse some of this earlier; nothing here relies on it.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from decimal import Decimal, DecimalException
from typing import Any, NoReturn

from payment.card_numbers import holds_card_number
from payment.money import AmountRefused, exact_amount, exponent_of
from payment.rules import Order
from wire.answers import Fault, Problem
from wire.headers import header_values

BODY_BYTES_MAX = 4096
FAULTS_MAX = 10
FIELDS = ("amount", "currency", "customerId")

# Visible ASCII, but no comma: an intermediary may hand a header sent twice on as one list with commas (RFC 9110 section 5.3).
IDEMPOTENCY_KEY = re.compile(r"[!-+\--~]{1,255}")
# No @ or blank: an id, not an address or a name, since ids may be shown to people who look into the ledger.
CUSTOMER_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
NO_CARD_NUMBER = "must not hold a payment card's number"
JSON_TYPE = re.compile(r"application/json(\s*;\s*charset\s*=\s*\"?utf-8\"?)?", re.IGNORECASE)


class Refused(Exception):
    """A request that cannot become a payment; `problem` is the answer to give."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.kind)
        self.problem = problem


def read_idempotency_key(event: Mapping[str, Any]) -> str:
    """Return the request's idempotency key; raises Refused (400) when it is missing, sent twice or malformed."""
    values = header_values(event, "Idempotency-Key")
    detail = "must be 1 to 255 visible ASCII characters without a comma"
    if len(values) == 1 and IDEMPOTENCY_KEY.fullmatch(values[0]):
        if not holds_card_number(values[0]):
            return values[0]
        detail = NO_CARD_NUMBER
    elif not values:
        detail = "is required: choose one for each payment and send it again with each retry"
    elif len(values) > 1:
        detail = "must be sent once"
    fault = Fault(place="header", field="Idempotency-Key", detail=detail)
    raise Refused(Problem(status=400, kind="invalid-request", detail=f"Idempotency-Key {detail}.", faults=(fault,)))


def read_order(event: Mapping[str, Any]) -> Order:
    """Return what the caller orders; raises Refused with 415, 413 or 400 and every mistake found in the body."""
    types = header_values(event, "Content-Type")
    if len(types) != 1 or not JSON_TYPE.fullmatch(types[0]):
        fault = Fault(place="header", field="Content-Type", detail="must be application/json")
        raise Refused(Problem(status=415, kind="unsupported-media-type", detail="Send application/json.", faults=(fault,)))
    return order_of(_document(_text(event)))


def order_of(document: Mapping[str, Any]) -> Order:
    """Return the order in a parsed body, whose numbers are Decimals; raises Refused (400) with a fault for each wrong field."""
    faults = [_fault(name, "is not a field of a payment") for name in document if name not in FIELDS]
    faults += [_fault(name, "is required") for name in FIELDS if name not in document]
    given, currency, customer_id = (document.get(name) for name in FIELDS)
    amount = None
    exponent = exponent_of(currency) if isinstance(currency, str) else None
    if "currency" in document and exponent is None:
        faults.append(_fault("currency", "must be the ISO 4217 code of a currency, in capitals, such as USD"))
    if "amount" in document and not isinstance(given, Decimal):
        faults.append(_fault("amount", "must be a number"))
    elif isinstance(given, Decimal):
        try:
            # Without a currency its decimals are unknown, but a negative amount is wrong in all of them.
            amount = exact_amount(given, currency=str(currency), exponent=4 if exponent is None else exponent)
        except AmountRefused as refusal:
            if exponent is not None or not given.is_finite() or given <= 0:
                faults.append(_fault("amount", str(refusal)))
    if "customerId" in document and not (isinstance(customer_id, str) and CUSTOMER_ID.fullmatch(customer_id)):
        faults.append(_fault("customerId", "must be a string of 1 to 64 letters, digits, dots, colons, hyphens or underscores"))
    elif isinstance(customer_id, str) and holds_card_number(customer_id):
        faults.append(_fault("customerId", NO_CARD_NUMBER))
    if faults or amount is None:
        raise Refused(Problem(status=400, kind="invalid-request", detail="The body is not a payment.", faults=tuple(faults[:FAULTS_MAX])))
    return Order(amount=amount, currency=str(currency), customer_id=str(customer_id))


def _text(event: Mapping[str, Any]) -> str:
    """Return the body as text; raises Refused when it is absent, too large, or no UTF-8."""
    body = event.get("body")
    if not isinstance(body, str) or not body:
        _refuse_body("is required")
    if event.get("isBase64Encoded"):
        try:
            body = base64.b64decode(body, validate=True).decode("utf-8")
        except (binascii.Error, ValueError):
            _refuse_body("must be UTF-8 text")
    if len(body.encode("utf-8", errors="surrogatepass")) > BODY_BYTES_MAX:
        detail = f"must be at most {BODY_BYTES_MAX} bytes long"
        raise Refused(Problem(status=413, kind="content-too-large", detail=f"The body {detail}.", faults=(_fault("", detail),)))
    return body


def _document(text: str) -> Mapping[str, Any]:
    """Return the JSON object in `text` with every number as a Decimal; raises Refused (400)."""
    try:
        # NaN and Infinity, which are no JSON, come through as such: then the field that holds one is named.
        document = json.loads(text, parse_float=_number, parse_int=_number, parse_constant=Decimal, object_pairs_hook=_each_name_once)
    except (ValueError, RecursionError):
        _refuse_body("must be JSON")
    if not isinstance(document, dict):
        _refuse_body("must be a JSON object")
    return document


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the members as a dictionary; raises Refused when a name comes twice: readers differ on which counts (RFC 8259 section 4)."""
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            fault = _fault(name, "must be given once")
            raise Refused(Problem(status=400, kind="invalid-request", detail="The body is not a payment.", faults=(fault,)))
        members[name] = value
    return members


def _number(text: str) -> Decimal:
    """Return the number that `text` spells, and not a number for one whose exponent is beyond what a Decimal holds."""
    try:
        return Decimal(text)
    except DecimalException:
        return Decimal("NaN")


def _refuse_body(detail: str) -> NoReturn:
    """Raise Refused (400) for the body as a whole."""
    fault = Fault(place="body", field="", detail=detail)
    raise Refused(Problem(status=400, kind="invalid-request", detail=f"The body {detail}.", faults=(fault,)))


def _fault(field: str, detail: str) -> Fault:
    """Return a fault of one field of the body; its name, which may be a caller's invention, shortened and without half characters."""
    return Fault(place="body", field=field[:64].encode(errors="replace").decode(), detail=detail)
