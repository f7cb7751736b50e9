"""The ledger of payments: one item a payment, written once by one conditional put on the DynamoDB global table.

Exactly once rests on three things. The item's key is derived from the idempotency key, so that every Region writes to the same
item. The put carries `attribute_not_exists`, and in a strongly consistent global table the condition sees every Region's writes
(F1.4); nothing is read first, for what was read may be old by the time of the write. And since the put can be repeated without
harm, an unknown outcome (a time-out, a broken connection) is settled by asking again, within the time the caller has left; when it
cannot be settled the answer is `LedgerUnavailable`: an honest no, never a guess.

In an eventually consistent table the condition sees its own Region only (F1.3). Two Regions asked under one key within the
replication lag both say yes; since both wrote the same item, one payment is left, the later write's, and a later replay may name
its time and Region. Under one key with two different orders the earlier one is overwritten: that mode cannot refuse it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from payment.money import exponent_of
from payment.rules import Order, Payment

CONNECT_SECONDS_MAX: Final = 1.0
READ_SECONDS_MAX: Final = 2.0
ANSWER_SECONDS: Final = 0.5  # kept back for shaping and sending the answer
ATTEMPTS_MAX: Final = 8
PAUSE_SECONDS_FIRST: Final = 0.05
PAUSE_SECONDS_MAX: Final = 0.8

# Worth asking again: the item is being written elsewhere (F1.10), or the table has no room right now.
PASSING_ERRORS: Final = frozenset(
    {
        "ReplicatedWriteConflictException",
        "ThrottlingException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "TransactionConflictException",
        "InternalServerError",
        "ServiceUnavailable",
    }
)

TimeLeft = Callable[[], float]


class LedgerUnavailable(Exception):
    """The ledger gave no answer in time, or refused to; `reason` is AWS's error code or the transport error's name, for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the ledger holds after a put: the payment, and whether an earlier request had already put it there."""

    payment: Payment
    replayed: bool


class Ledger:
    """Payments in the table `table_name`, through a DynamoDB client without retries of its own and with bounded time-outs."""

    def __init__(
        self,
        client: Any,
        table_name: str,
        *,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._client = client
        self._table_name = table_name
        self._sleep = sleep
        self._jitter = jitter

    def enter(self, payment: Payment, time_left: TimeLeft) -> Entry:
        """Put `payment` unless its id is taken, and return what the ledger holds; `time_left()` gives seconds.

        The entry's payment may differ from `payment` in more than its time: the caller compares fingerprints. Raises
        LedgerUnavailable when the outcome cannot be known in time.
        """
        try:
            self._settle(lambda: self._put(payment), time_left)
        except ClientError as error:
            held: Any = error.response.get("Item")
            if _code(error) != "ConditionalCheckFailedException" or not held:
                raise LedgerUnavailable(_code(error)) from error
            found = payment_of(held)
            # A put of ours whose answer was lost finds itself: that is the first answer, not a replay.
            return Entry(payment=found, replayed=found.request_id != payment.request_id)
        return Entry(payment=payment, replayed=False)

    def find(self, transaction_id: str, time_left: TimeLeft) -> Payment | None:
        """Return the payment of that id or None, by a strong read: what any Region acknowledged is found. Raises LedgerUnavailable."""
        try:
            answer = self._settle(
                lambda: self._client.get_item(
                    TableName=self._table_name, Key={"transaction_id": {"S": transaction_id}}, ConsistentRead=True
                ),
                time_left,
            )
        except ClientError as error:
            raise LedgerUnavailable(_code(error)) from error
        held = answer.get("Item")
        return payment_of(held) if held else None

    def _put(self, payment: Payment) -> Any:
        return self._client.put_item(
            TableName=self._table_name,
            Item=item_of(payment),
            ConditionExpression="attribute_not_exists(transaction_id)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )

    def _settle(self, ask: Callable[[], Any], time_left: TimeLeft) -> Any:
        """Return what `ask` returns, asking again after passing errors while time is left; other ClientErrors come through."""
        reason = "no attempt"
        for attempt in range(ATTEMPTS_MAX):
            try:
                return ask()
            except ClientError as error:
                if not _is_passing(error):
                    raise
                reason = _code(error)
            except BotoCoreError as error:  # time-outs, refused or broken connections, missing credentials
                reason = type(error).__name__
            pause = self._jitter() * min(PAUSE_SECONDS_MAX, PAUSE_SECONDS_FIRST * 2**attempt)
            if time_left() < pause + CONNECT_SECONDS_MAX + READ_SECONDS_MAX + ANSWER_SECONDS:
                break
            self._sleep(pause)
        raise LedgerUnavailable(reason)


def item_of(payment: Payment) -> dict[str, dict[str, str]]:
    """Return `payment` as a DynamoDB item in attribute-value form; the amount goes as exact digits, never through a float."""
    return {
        "transaction_id": {"S": payment.transaction_id},
        "amount": {"N": format(payment.order.amount, "f")},
        "currency": {"S": payment.order.currency},
        "customer_id": {"S": payment.order.customer_id},
        "request_fingerprint": {"S": payment.fingerprint},
        "region": {"S": payment.region},
        "created_at": {"S": payment.created_at},
        "request_id": {"S": payment.request_id},
    }


def payment_of(item: Mapping[str, Mapping[str, str]]) -> Payment:
    """Return the payment in a DynamoDB item; DynamoDB drops trailing zeros, so the currency's decimals are put back."""
    currency = item["currency"]["S"]
    order = Order(
        amount=Decimal(item["amount"]["N"]).quantize(Decimal(1).scaleb(-(exponent_of(currency) or 0))),
        currency=currency,
        customer_id=item["customer_id"]["S"],
    )
    return Payment(
        transaction_id=item["transaction_id"]["S"],
        order=order,
        fingerprint=item["request_fingerprint"]["S"],
        region=item["region"]["S"],
        created_at=item["created_at"]["S"],
        request_id=item["request_id"]["S"],
    )


def _is_passing(error: ClientError) -> bool:
    """Say whether asking again may help: a known passing error, or anything that went wrong on the service's side."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return _code(error) in PASSING_ERRORS or status >= 500


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))
