"""The yardstick: the payment function's contract, written with what Powertools for AWS Lambda offers for it.

Logger, Metrics, Tracer and the idempotency utility do what ledger, log line and answers do in functions/payment. The rules of a payment
(what is refused, what an order means) are the project's own in both, so that what differs is the libraries.
Environment: TABLE_NAME (the payments) and IDEMPOTENCY_TABLE_NAME (Powertools' records, which expire).
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer, IdempotencyConfig, idempotent_function
from aws_lambda_powertools.utilities.idempotency.exceptions import IdempotencyValidationError
from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import DataRecord
from botocore.config import Config

from payment.ledger import CONNECT_SECONDS_MAX, READ_SECONDS_MAX, item_of, payment_of
from payment.request import Refused, read_idempotency_key, read_order
from payment.rules import Order, new_payment, payment_json
from wire.answers import Problem, json_answer, problem_answer

SECONDS_KEPT = 24 * 3600

logger = Logger(service="payment")
metrics = Metrics(namespace="PaymentApi", service="payment")
tracer = Tracer(service="payment")

client = boto3.client(
    "dynamodb", config=Config(connect_timeout=CONNECT_SECONDS_MAX, read_timeout=READ_SECONDS_MAX, retries={"total_max_attempts": 1})
)
replayed: list[str] = []


def _note_replay(response: Any, idempotent_data: DataRecord) -> Any:
    """Remember that the answer was kept from an earlier call; Powertools calls this for replays alone."""
    replayed.append("true")
    return response


store = DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE_NAME"], boto3_client=client)
config = IdempotencyConfig(
    event_key_jmespath="key",
    payload_validation_jmespath="meaning",
    raise_on_no_idempotency_key=True,
    expires_after_seconds=SECONDS_KEPT,
    response_hook=_note_replay,
)


@logger.inject_lambda_context
@metrics.log_metrics
@tracer.capture_lambda_handler(capture_response=False)
def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one proxy event."""
    replayed.clear()
    request_id = str(event["requestContext"]["requestId"])
    try:
        match (event.get("httpMethod"), event.get("resource")):
            case ("POST", "/payment"):
                outcome, answer = _take(event, context, request_id)
            case ("GET", "/payment/{transactionId}"):
                outcome, answer = _show(event)
            case _:
                raise Refused(Problem(status=404, kind="not-found", detail="There is nothing at this address."))
    except Refused as refusal:
        outcome, answer = refusal.problem.kind, problem_answer(refusal.problem, request_id)
    metrics.add_metric(name=outcome, unit=MetricUnit.Count, value=1)
    logger.info(outcome, extra={"request_id": request_id, "status": answer["statusCode"]})
    return answer


def _take(event: dict[str, Any], context: Any, request_id: str) -> tuple[str, dict[str, Any]]:
    """Take the payment in `event` once; Powertools decides whether `_enter` runs."""
    config.register_lambda_context(context)
    order = read_order(event)
    asked = {"key": read_idempotency_key(event), "meaning": [f"{order.amount:f}", order.currency, order.customer_id]}
    try:
        body = _enter(asked=asked, order=order, request_id=request_id)
    except IdempotencyValidationError:
        raise Refused(Problem(status=422, kind="idempotency-key-reused", detail="This key was used for another payment.")) from None
    return ("replayed" if replayed else "taken"), json_answer(201, body, {"Idempotent-Replayed": "true"} if replayed else {})


@idempotent_function(data_keyword_argument="asked", config=config, persistence_store=store)  # type: ignore[untyped-decorator]
def _enter(*, asked: dict[str, Any], order: Order, request_id: str) -> str:
    """Write the payment and return its JSON text, which Powertools keeps for replays."""
    created_at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    payment = new_payment(
        order, idempotency_key=asked["key"], region=os.environ["AWS_REGION"], created_at=created_at, request_id=request_id
    )
    client.put_item(TableName=os.environ["TABLE_NAME"], Item=item_of(payment))
    return payment_json(payment)


def _show(event: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Read the payment that `event` names."""
    key = {"transaction_id": {"S": event["pathParameters"]["transactionId"]}}
    held: Any = client.get_item(TableName=os.environ["TABLE_NAME"], Key=key, ConsistentRead=True).get("Item")
    if held is None:
        raise Refused(Problem(status=404, kind="payment-not-found", detail="There is no payment of that id."))
    return "shown", json_answer(200, payment_json(payment_of(held)))
