"""The payment function: `POST /payment` and `GET /payment/{transactionId}` of an API Gateway REST API (proxy events, version 1.0).

Lambda's handler is `payment.handler.handle`. Environment: TABLE_NAME, CONFIGURATION_NAME (the parameter
that says on which terms payments are taken), REGION_ROLE (primary or secondary), LOG_LEVEL.

Permissions, in the function's own Region, and no others:
- dynamodb:PutItem on the table: one conditional put takes a payment; the item a failed condition gives back needs no read permission.
- dynamodb:GetItem on the table: reads one payment for GET, and for a request that the terms refuse.
- ssm:GetParameter on the configuration.
"""

from __future__ import annotations

import os
import re
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from payment.configuration import Configuration
from payment.ledger import CONNECT_SECONDS_MAX, READ_SECONDS_MAX, Ledger, LedgerUnavailable, TimeLeft
from payment.parameter_store import parameter_reader
from payment.request import Refused, read_idempotency_key, read_order
from payment.rules import Order, Payment, is_synthetic, new_payment, payment_json, transaction_id_of
from payment.terms import Terms
from wire.answers import Fault, Problem, json_answer, problem_answer
from wire.log_line import level_of, log_line, request_id_of
from wire.metric_line import metric_line

# Parameter Store may cost one request in ten seconds this much, never its answer.
CONFIGURATION_CONNECT_SECONDS_MAX = 0.3
CONFIGURATION_READ_SECONDS_MAX = 0.5

UUID_FORM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

UNAVAILABLE = Problem(
    status=503,
    kind="ledger-unavailable",
    detail="The payment's outcome is not known here and now. Send it again with the same Idempotency-Key: it is taken once at the most.",
    retry_after_seconds=2,
)
FAILED = Problem(
    status=500, kind="failed", detail="Something went wrong on our side. Sending it again with the same Idempotency-Key is safe."
)
NOT_FOUND = Problem(status=404, kind="payment-not-found", detail="There is no payment of that id.")
KEY_REUSED = Problem(
    status=422,
    kind="idempotency-key-reused",
    detail="This Idempotency-Key was used for another payment. A new payment needs a new key.",
    faults=(Fault(place="header", field="Idempotency-Key", detail="belongs to another payment"),),
)

Handler = Callable[[Mapping[str, Any], Any], dict[str, Any]]


def handle(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Answer one proxy event; Lambda calls this."""
    return _live_handler()(event, context)


def payment_handler(ledger: Ledger, *, region: str, now: Callable[[], datetime], terms: Callable[[], Terms] = Terms) -> Handler:
    """Return a handler that keeps its payments in `ledger`; `region` and `now` (UTC) are written into each new payment.

    New payments are taken on the `terms` that hold at that moment; one that was taken before is answered on any.
    Whatever the event holds, the handler returns a proxy response and writes one log line; it never raises.
    """

    def answer_event(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        began = time.monotonic()
        request_id = request_id_of(event, context)
        facts: dict[str, object] = {}  # what the log line says beyond the common; filled in as it becomes known

        def time_left() -> float:
            return float(context.get_remaining_time_in_millis()) / 1000

        def new(order: Order, idempotency_key: str) -> Payment:
            return new_payment(order, idempotency_key=idempotency_key, region=region, created_at=_rfc3339(now()), request_id=request_id)

        try:
            match (event.get("httpMethod"), event.get("resource")):
                case ("POST", "/payment"):
                    outcome, answer = _take(event, ledger, time_left, new, terms, facts)
                case ("GET", "/payment/{transactionId}"):
                    outcome, answer = _show(event, ledger, time_left, facts)
                case _:
                    raise Refused(Problem(status=404, kind="not-found", detail="There is nothing at this address."))
        except Refused as refusal:
            outcome, answer = refusal.problem.kind, problem_answer(refusal.problem, request_id)
        except LedgerUnavailable as unavailable:
            outcome, answer = "ledger-unavailable", problem_answer(UNAVAILABLE, request_id)
            facts["error"] = unavailable.reason
        except Exception as error:
            outcome, answer = "failed", problem_answer(FAILED, request_id)
            facts |= {"error": type(error).__name__, "trace": _places(error)}
        status, took = answer["statusCode"], round((time.monotonic() - began) * 1000, 1)
        log_line(level_of(status), outcome, request_id=request_id, status=status, duration_ms=took, **facts)
        return answer

    return answer_event


def _take(
    event: Mapping[str, Any],
    ledger: Ledger,
    time_left: TimeLeft,
    new: Callable[[Order, str], Payment],
    terms: Callable[[], Terms],
    facts: dict[str, object],
) -> tuple[str, dict[str, Any]]:
    """Take the payment in `event` exactly once; returns (outcome, proxy response), raises Refused or LedgerUnavailable."""
    idempotency_key = read_idempotency_key(event)
    facts["transaction_id"] = transaction_id_of(idempotency_key)
    payment = new(read_order(event), idempotency_key)
    refusal = terms().refusal_of(payment.order)
    # What was taken on the terms of its time has its answer: the caller asks because it got lost.
    if refusal and ledger.find(payment.transaction_id, time_left) is None:
        raise Refused(refusal)
    entry = ledger.enter(payment, time_left)
    if entry.payment.fingerprint != payment.fingerprint:
        raise Refused(KEY_REUSED)
    facts["synthetic"] = is_synthetic(payment.order) or None
    if not entry.replayed:
        # What canaries pay is no business: it has a metric of its own.
        metric_line({"PaymentsTaken": float(not facts["synthetic"]), "SyntheticPaymentsTaken": float(bool(facts["synthetic"]))})
    headers = {"Location": f"/payment/{payment.transaction_id}"}
    if entry.replayed:
        headers["Idempotent-Replayed"] = "true"
    return "replayed" if entry.replayed else "taken", json_answer(201, payment_json(entry.payment), headers)


def _show(event: Mapping[str, Any], ledger: Ledger, time_left: TimeLeft, facts: dict[str, object]) -> tuple[str, dict[str, Any]]:
    """Read the payment that `event` names; returns (outcome, proxy response), raises Refused (404) or LedgerUnavailable."""
    asked = str((event.get("pathParameters") or {}).get("transactionId", "")).lower()
    # What is no id names no payment: no read is spent on it, and it does not reach the log.
    if not UUID_FORM.fullmatch(asked):
        raise Refused(NOT_FOUND)
    facts["transaction_id"] = asked
    payment = ledger.find(asked, time_left)
    if payment is None:
        raise Refused(NOT_FOUND)
    return "shown", json_answer(200, payment_json(payment))


@cache
def _live_handler() -> Handler:
    """Build the handler on the real ledger, once in a worker's life."""
    import botocore.session
    from botocore.config import Config

    # Retries are the ledger's alone: two layers of them would outlast the time left.
    config = Config(
        connect_timeout=CONNECT_SECONDS_MAX,
        read_timeout=READ_SECONDS_MAX,
        retries={"total_max_attempts": 1, "mode": "standard"},
        tcp_keepalive=True,
    )
    session = botocore.session.get_session()
    ledger = Ledger(session.create_client("dynamodb", config=config), os.environ["TABLE_NAME"])
    region = os.environ["AWS_REGION"]
    configuration = Configuration(
        parameter_reader(
            session,
            os.environ["CONFIGURATION_NAME"],
            region=region,
            connect_seconds_max=CONFIGURATION_CONNECT_SECONDS_MAX,
            read_seconds_max=CONFIGURATION_READ_SECONDS_MAX,
        )
    )
    return payment_handler(ledger, region=region, now=lambda: datetime.now(UTC), terms=configuration.terms)


def _rfc3339(moment: datetime) -> str:
    """Return `moment` (UTC) as RFC 3339 writes it, with milliseconds and Z."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _places(error: Exception) -> list[str]:
    """Return where in the code `error` passed; without its message, whose values may be a customer's."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]


# In Lambda the client is made while the worker initialises, when there is more processor than any request gets (F6.4).
if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    _live_handler()
