"""What Lambda does next with a batch of stream records, by how the last attempt went. Pure: no clock, no network.

A failed batch is halved when the mapping says so, and the halves are tried in order; halving uses up no retry. A batch that reports a
record is passed up to that record, and the rest is tried anew. Whatever fails otherwise is tried again until retries or age run out.
Source: "Configuring partial batch response with DynamoDB and Lambda", "Retain discarded batch records", AWS Lambda Developer Guide.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a mapping says of failures; -1 is without end for both numbers."""

    bisects: bool
    reports_items: bool
    retries_max: int
    age_seconds_max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Records to be delivered together, and how often that has failed."""

    records: tuple[Record, ...]
    failures: int = 0


def policy_of(mapping: Mapping[str, Any]) -> Policy:
    """Return what an event source mapping, as GetEventSourceMapping shows it, says of failures."""
    return Policy(
        bisects=str(mapping.get("BisectBatchOnFunctionError", False)).lower() == "true",
        reports_items="ReportBatchItemFailures" in (mapping.get("FunctionResponseTypes") or ()),
        retries_max=int(mapping.get("MaximumRetryAttempts", -1)),
        age_seconds_max=int(mapping.get("MaximumRecordAgeInSeconds", -1)),
    )


def why_given_up(attempt: Attempt, policy: Policy, now: float) -> str | None:
    """Return the condition under which the batch is discarded before it is tried once more, None when it is tried."""
    if 0 <= policy.retries_max < attempt.failures:
        return "RetryAttemptsExhausted"
    oldest = min(float(record["dynamodb"]["ApproximateCreationDateTime"]) for record in attempt.records)
    if 0 <= policy.age_seconds_max < now - oldest:
        return "MaximumRecordAgeExceeded"
    return None


def after_error(attempt: Attempt, policy: Policy) -> tuple[Attempt, ...]:
    """Return what is tried next, in order, when the function failed."""
    middle = len(attempt.records) // 2
    if policy.bisects and middle:
        return replace(attempt, records=attempt.records[:middle]), replace(attempt, records=attempt.records[middle:])
    return (replace(attempt, failures=attempt.failures + 1),)


def after_answer(attempt: Attempt, answer: Any, policy: Policy) -> tuple[Attempt, ...]:
    """Return what is tried next, in order, when the function answered; nothing after a success."""
    reported = _reported(answer, attempt.records) if policy.reports_items else None
    if reported is None:
        return ()
    if reported == 0:
        return (replace(attempt, failures=attempt.failures + 1),)
    return (Attempt(records=attempt.records[reported:]),)


def discarded(attempt: Attempt, condition: str, *, function_arn: str, stream_arn: str, shard_id: str, now: str) -> str:
    """Return the message for a mapping's on-failure destination: where the records are, not what they are. `now` is RFC 3339."""
    first, last = attempt.records[0]["dynamodb"], attempt.records[-1]["dynamodb"]
    message = {
        "requestContext": {"functionArn": function_arn, "condition": condition, "approximateInvokeCount": attempt.failures},
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "version": "1.0",
        "timestamp": now,
        "DDBStreamBatchInfo": {
            "shardId": shard_id,
            "startSequenceNumber": first["SequenceNumber"],
            "endSequenceNumber": last["SequenceNumber"],
            "batchSize": len(attempt.records),
            "streamArn": stream_arn,
        },
    }
    return json.dumps(message)


def _reported(answer: Any, records: Sequence[Record]) -> int | None:
    """Return the index of the first record to try again, None when there is none; an answer that makes no sense is all of them."""
    failures = answer.get("batchItemFailures") if isinstance(answer, dict) else answer
    if not failures:
        return None
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    try:
        return min(numbers.index(failure["itemIdentifier"]) for failure in failures)
    except (KeyError, TypeError, ValueError):
        return 0
