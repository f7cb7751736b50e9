"""The floor: boto3, a DynamoDB client made from it, and one call of it for an event. Nothing is read, checked, shaped or logged."""

from __future__ import annotations

import os
from typing import Any

import boto3

client = boto3.client("dynamodb")

_ITEM = {
    "amount": {"N": "100.00"},
    "currency": {"S": "USD"},
    "customer_id": {"S": "test-123"},
    "request_fingerprint": {"S": "0" * 64},
    "region": {"S": "us-east-1"},
    "created_at": {"S": "2026-11-22T12:00:00.000Z"},
    "request_id": {"S": "0b6c7a52-5f0e-4c8e-9d5b-3a8f1c2e7d44"},
}


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Put or read the item that `event` names, and answer as an API would."""
    table = os.environ["TABLE_NAME"]
    if event["httpMethod"] == "GET":
        key = {"transaction_id": {"S": event["pathParameters"]["transactionId"]}}
        found = client.get_item(TableName=table, Key=key, ConsistentRead=True)
        return {"statusCode": 200 if "Item" in found else 404, "body": "{}"}
    try:
        client.put_item(
            TableName=table,
            Item=_ITEM | {"transaction_id": {"S": event["headers"]["Idempotency-Key"]}},
            ConditionExpression="attribute_not_exists(transaction_id)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except client.exceptions.ConditionalCheckFailedException:
        return {"statusCode": 201, "body": "{}"}
    return {"statusCode": 201, "body": "{}"}
