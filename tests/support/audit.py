"""Stream records, ledger items, and an S3 and a DynamoDB client for audit log tests; clients answer as the services do and fail as told."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from tests.support.fake_services import Fault, refused, works

HERE, THERE = "us-east-1", "us-east-2"
DAY = "2026-11-20"
CHANGED_AT = datetime(2026, 11, 20, 9, 26, 53, tzinfo=UTC).timestamp()

Item = dict[str, dict[str, str]]


def an_item(number: int = 1, *, region: str = HERE, day: str = DAY, **changed: Any) -> Item:
    """Return the ledger's item of a payment, as payment.ledger writes it; an attribute given as None is left out."""
    item: dict[str, Any] = {
        "transaction_id": {"S": f"00000000-0000-5000-8000-{number:012d}"},
        "amount": {"N": str(number)},
        "currency": {"S": "USD"},
        "customer_id": {"S": "test-123"},
        "request_fingerprint": {"S": f"{number:064x}"},
        "region": {"S": region},
        "created_at": {"S": f"{day}T09:26:53.512Z"},
        "request_id": {"S": f"request-{number}"},
    }
    return {name: value for name, value in (item | changed).items() if value is not None}


def a_record(number: int = 1, *, kind: str = "INSERT", item: Item | None = None, **image: Any) -> dict[str, Any]:
    """Return the stream record of a payment taken (or changed, or removed), as Lambda's event holds it, with sequence number `number`."""
    new = an_item(number, **image) if item is None else item
    change = {
        "ApproximateCreationDateTime": CHANGED_AT,
        "Keys": {"transaction_id": new.get("transaction_id", {"S": "gone"})},
        "NewImage": new,
        "SequenceNumber": sequence(number),
        "SizeBytes": 300,
        "StreamViewType": "NEW_IMAGE",
    }
    if kind == "REMOVE":
        del change["NewImage"]
    return {"eventID": f"{number:032x}", "eventName": kind, "eventSource": "aws:dynamodb", "awsRegion": HERE, "dynamodb": change}


def sequence(number: int) -> str:
    """Return a sequence number as DynamoDB's are: more than twenty digits, not always as many."""
    return str(9 * 10**21 + number * 10**20)


def an_event(*records: dict[str, Any]) -> dict[str, Any]:
    """Return the event of a batch, through JSON as Lambda passes it on."""
    return json.loads(json.dumps({"Records": records}))


class FakeBucket:
    """An S3 client for one bucket. `script` holds how the next puts go, well when it is used up; `versions` every put that was done."""

    def __init__(self, script: Iterable[Fault] = (), *, page: int = 1000) -> None:
        self.objects: dict[str, bytes] = {}
        self.versions: list[tuple[str, bytes]] = []
        self.script = list(script)
        self.calls: list[str] = []
        self.cold: set[str] = set()
        self.closed: set[str] = set()
        self._page = page

    def put_object(self, *, Key: str, Body: bytes, IfNoneMatch: str = "", ChecksumSHA256: str = "", **_: Any) -> dict[str, Any]:
        self.calls.append("put_object")

        def put() -> dict[str, Any]:
            if IfNoneMatch == "*" and Key in self.objects:
                raise refused("PreconditionFailed", 412)
            if ChecksumSHA256 and base64.b64decode(ChecksumSHA256) != hashlib.sha256(Body).digest():
                raise refused("BadDigest")
            self.objects[Key] = Body
            self.versions.append((Key, Body))
            return {}

        return (self.script.pop(0) if self.script else works)(put)

    def get_object(self, *, Key: str, **_: Any) -> dict[str, Any]:
        self.calls.append("get_object")
        if Key in self.closed:
            raise refused("AccessDenied", 403)
        return {"Body": io.BytesIO(self.objects[Key])}

    def list_objects_v2(self, *, Prefix: str, ContinuationToken: str = "", MaxKeys: int = 1000, **_: Any) -> dict[str, Any]:
        self.calls.append("list_objects_v2")
        keys = [key for key in sorted(self.objects) if key.startswith(Prefix) and key > ContinuationToken]
        shown = keys[: min(self._page, MaxKeys)]
        more = {"IsTruncated": True, "NextContinuationToken": shown[-1]} if len(keys) > len(shown) else {"IsTruncated": False}
        return {"Contents": [self._shown(key) for key in shown], **more}

    def _shown(self, key: str) -> dict[str, Any]:
        body = self.objects[key]
        kind = "GLACIER" if key in self.cold else "STANDARD"
        return {"Key": key, "Size": len(body), "ETag": hashlib.sha256(body).hexdigest(), "StorageClass": kind}

    def lines(self, prefix: str = "payments/") -> list[str]:
        """Return every line of every object under `prefix`."""
        return [line for key in sorted(self.objects) if key.startswith(prefix) for line in self.lines_of(key)]

    def lines_of(self, key: str) -> list[str]:
        """Return the lines of one object."""
        return gzip.decompress(self.objects[key]).decode().splitlines()

    def ids(self, prefix: str = "payments/") -> list[str]:
        """Return the id of every line under `prefix`."""
        return [json.loads(line)["id"] for line in self.lines(prefix)]


class FakeStream:
    """A DynamoDB Streams client for a shard with `records`; it gives two a page, and an empty page first."""

    def __init__(self, records: Iterable[dict[str, Any]], *, closed: bool = False) -> None:
        self._records = list(records)
        self._closed = closed

    def get_shard_iterator(self, *, SequenceNumber: str, **_: Any) -> dict[str, str]:
        numbers = [record["dynamodb"]["SequenceNumber"] for record in self._records]
        if SequenceNumber not in numbers:
            raise refused("TrimmedDataAccessException")
        return {"ShardIterator": f"{numbers.index(SequenceNumber)} first"}

    def get_records(self, *, ShardIterator: str, **_: Any) -> dict[str, Any]:
        start, *first = ShardIterator.split()
        if first:
            return {"Records": [], "NextShardIterator": start}
        end = int(start) + 2
        more = {} if self._closed and end >= len(self._records) else {"NextShardIterator": str(min(end, len(self._records)))}
        return {"Records": [_as_boto_gives(record) for record in self._records[int(start) : end]], **more}


def a_discarded_batch(records: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the message Lambda leaves in the dead-letter queue for a batch it gave up."""
    return {
        "requestContext": {
            "requestId": "c9b8fa9f",
            "functionArn": "arn",
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": 21,
        },
        "responseContext": {"statusCode": 200, "executedVersion": "1", "functionError": "Unhandled"},
        "version": "1.0",
        "timestamp": "2026-11-20T09:30:00.000Z",
        "DDBStreamBatchInfo": {
            "shardId": "shardId-00000001573689847184-864758bb",
            "startSequenceNumber": records[0]["dynamodb"]["SequenceNumber"],
            "endSequenceNumber": records[-1]["dynamodb"]["SequenceNumber"],
            "approximateArrivalOfFirstRecord": "2026-11-20T09:26:53Z",
            "approximateArrivalOfLastRecord": "2026-11-20T09:26:53Z",
            "batchSize": len(records),
            "streamArn": "arn:aws:dynamodb:us-east-1:111122223333:table/payments/stream/2026-11-01T00:00:00.000",
        },
    }


def _as_boto_gives(record: dict[str, Any]) -> dict[str, Any]:
    moment = datetime.fromtimestamp(record["dynamodb"]["ApproximateCreationDateTime"], UTC)
    return {**record, "dynamodb": {**record["dynamodb"], "ApproximateCreationDateTime": moment}}


class FakeLedger:
    """A DynamoDB client whose table holds `items`; a page of a scan has two."""

    def __init__(self, items: Iterable[Item] = ()) -> None:
        self.items = list(items)
        self.pages = 0

    def scan(self, *, Segment: int, TotalSegments: int, ExclusiveStartKey: dict[str, Any] | None = None, **_: Any) -> dict[str, Any]:
        self.pages += 1
        of_segment = [item for number, item in enumerate(self.items) if number % TotalSegments == Segment]
        start = 0
        if ExclusiveStartKey:
            start = 1 + next(number for number, item in enumerate(of_segment) if _key(item) == ExclusiveStartKey)
        page = of_segment[start : start + 2]
        more = {"LastEvaluatedKey": _key(page[-1])} if start + 2 < len(of_segment) else {}
        return {"Items": page, **more}


def _key(item: Item) -> dict[str, Any]:
    return {"transaction_id": item["transaction_id"]}
