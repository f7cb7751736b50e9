"""When two requests mean the same payment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from payment.ledger import item_of, payment_of
from payment.money import exact_amount, exponent_of
from payment.request import IDEMPOTENCY_KEY
from payment.rules import Order, fingerprint_of, new_payment, payment_json, transaction_id_of
from tests.support.fake_services import FakeTable

CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "KWD", "CLF"])
KEYS = st.from_regex(IDEMPOTENCY_KEY, fullmatch=True)
FUNCTIONS = Path(__file__).parents[2] / "functions"


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """Any order that can be paid."""
    currency = draw(CURRENCIES)
    exponent = exponent_of(currency) or 0
    amount = Decimal(draw(st.integers(1, 10**15 - 1))).scaleb(-exponent)
    customer_id = draw(st.text(st.sampled_from("abcXYZ019.:_-"), min_size=1, max_size=20))
    return Order(amount=exact_amount(amount, currency=currency, exponent=exponent), currency=currency, customer_id=customer_id)


def test_id_of_a_key_is_fixed_for_ever() -> None:
    """A release that computed another id would take retried payments twice; this value may never change."""
    assert transaction_id_of("order-2026-11-14-000172") == "a10addf7-949c-51a3-ac8e-a8864a9da4e1"


def test_every_region_computes_the_same_id() -> None:
    """The id does not depend on Region, role, table or hash seed of the process."""
    code = "from payment.rules import transaction_id_of; print(transaction_id_of('order-1'))"
    ids = set()
    for region, role, seed in (("us-east-1", "primary", "1"), ("us-east-2", "secondary", "2")):
        environment = {"AWS_REGION": region, "REGION_ROLE": role, "TABLE_NAME": f"table-{role}", "PYTHONHASHSEED": seed}
        path = os.pathsep.join([str(FUNCTIONS), *sys.path])
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment | {"PYTHONPATH": path}, capture_output=True, text=True, check=True
        )
        ids.add(done.stdout.strip())

    assert ids == {transaction_id_of("order-1")}


@given(first=KEYS, second=KEYS)
def test_different_keys_give_different_ids(first: str, second: str) -> None:
    """Two keys that differ in anything, letter case included, are two payments."""
    assert (transaction_id_of(first) == transaction_id_of(second)) == (first == second)


@given(order=orders(), other=orders())
def test_fingerprints_are_alike_exactly_when_the_orders_are(order: Order, other: Order) -> None:
    """Amount, currency and customer all count, and nothing else does."""
    assert (fingerprint_of(order) == fingerprint_of(other)) == (order == other)


@given(order=orders())
def test_customer_and_currency_cannot_be_confused_in_a_fingerprint(order: Order) -> None:
    """The parts are kept apart, not just strung together."""
    swapped = Order(amount=order.amount, currency=order.customer_id, customer_id=order.currency)

    assert fingerprint_of(swapped) != fingerprint_of(order) or swapped == order


@given(order=orders(), key=KEYS)
def test_a_payment_comes_back_from_the_table_as_it_went_in(order: Order, key: str) -> None:
    """Though DynamoDB drops trailing zeros, the payment and its JSON text are the same to the byte."""
    payment = new_payment(order, idempotency_key=key, region="us-east-1", created_at="2026-11-14T09:26:53.512Z", request_id="r")
    table = FakeTable()
    table.put_item(TableName="t", Item=item_of(payment))

    held = payment_of(table.items[payment.transaction_id])

    assert held == payment
    assert payment_json(held) == payment_json(payment)


@given(order=orders())
def test_json_text_holds_the_exact_amount_as_a_number(order: Order) -> None:
    """The digits written are the digits ordered, in the currency's own decimals."""
    payment = new_payment(order, idempotency_key="k", region="us-east-1", created_at="2026-11-14T09:26:53.512Z", request_id="r")

    document = json.loads(payment_json(payment), parse_float=Decimal, parse_int=Decimal)

    assert document["amount"] == order.amount
    assert str(document["amount"]) == f"{order.amount:f}"
