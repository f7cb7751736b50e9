"""Reads a batch that Lambda gave up on back from the stream, by the message it left in the dead-letter queue.

Such a message holds no records, only where they are (DDBStreamBatchInfo, "Retain discarded batches", AWS Lambda Developer Guide), and
the stream forgets them after 24 hours. What is older is found by reconciliation.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

BATCH_INFO: Final = "DDBStreamBatchInfo"

# A batch has at most 10,000 records and GetRecords gives up to 1,000; empty pages in between are allowed.
_PAGES_MAX: Final = 100


class Gone(Exception):
    """The records are not in the stream any more, or not yet found when the search was given up."""


def records_of(client: Any, info: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the records of a discarded batch as an event holds them; `client` is a DynamoDB Streams client, `info` the batch's facts.

    Raises Gone when not all of them are there, and botocore's errors.
    """
    first, last = int(info["startSequenceNumber"]), int(info["endSequenceNumber"])
    iterator = client.get_shard_iterator(
        StreamArn=info["streamArn"],
        ShardId=info["shardId"],
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        SequenceNumber=info["startSequenceNumber"],
    )["ShardIterator"]
    found: list[dict[str, Any]] = []
    for _ in range(_PAGES_MAX):
        page = client.get_records(ShardIterator=iterator, Limit=1000)
        found += [_as_in_events(record) for record in page["Records"] if first <= _number(record) <= last]
        if any(_number(record) >= last for record in page["Records"]):
            return found
        iterator = page.get("NextShardIterator")
        if not iterator:
            break
    raise Gone(f"{len(found)} records found, the last of the batch is not among them")


def _number(record: Mapping[str, Any]) -> int:
    return int(record["dynamodb"]["SequenceNumber"])


def _as_in_events(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record with its time in seconds, as Lambda's events have it."""
    change = dict(record["dynamodb"])
    if isinstance(change.get("ApproximateCreationDateTime"), datetime):
        change["ApproximateCreationDateTime"] = int(change["ApproximateCreationDateTime"].timestamp())
    return {**record, "dynamodb": change}
