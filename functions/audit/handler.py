"""The audit function: batches of the table's stream become objects of this Region's audit bucket.

Lambda's handler is `audit.handler.handle`. Environment: AUDIT_BUCKET, REGION_ROLE (primary or secondary), LOG_LEVEL.

**What is promised.** Each payment taken in this Region gets its line, in one object, once. This holds however Lambda repeats a batch that
failed: whole, halved, from a reported record on, or because the answer got lost after the object was written (audit_log.keys says how);
and for batches it gave up, once they are redriven. Only if the stream is read from an earlier point once more, by a mapping made anew,
lines may come twice, equal to the byte and under one `id`: who reads takes each id once, and reconciliation counts what came twice.

**How it fails.**
- S3 refuses or does not answer: nothing of the batch counts as done, and its first record is reported, so that the whole of it comes again.
- A record that is no payment: what stands before it is written, and it is reported. When it comes first, the function fails on purpose:
  Lambda halves a failed batch until that record is alone, spends its retries on it, leaves it to the dead-letter queue and goes on.
Inside the function S3 is asked for close to a minute, while a record that is no payment fails in an instant. That is why one number of
retries fits both: long for an outage, short for a shard that such a record holds up.

**Redrive.** Messages in the dead-letter queue name records, which the stream keeps for 24 hours. When the cause is mended, invoke this
function with a message's body as the event: the batch is read back and written where it would have been, and the answer names the
records that are no payments. For a payment it is never too late: reconciliation takes it from the table. See docs/audit.md.

Permissions, in the function's own Region, and no others:
- s3:PutObject on the bucket's `payments/*` and `changes/*`: the objects. With a KMS key, kms:GenerateDataKey on it through S3.
- dynamodb:GetRecords, dynamodb:GetShardIterator, dynamodb:DescribeStream on `<table>/stream/*`: Lambda reads the stream in this role's
  name, and so does a redrive. dynamodb:ListStreams there: Lambda asks for it when the mapping is made.
- sqs:SendMessage on the dead-letter queue: Lambda sends in this role's name.

The event source mapping: StartingPosition TRIM_HORIZON (nothing between table and mapping is missed), BatchSize 1000,
MaximumBatchingWindowInSeconds 60 (one object a minute), ParallelizationFactor 1 (records in order), BisectBatchOnFunctionError true,
FunctionResponseTypes [ReportBatchItemFailures], MaximumRetryAttempts 20, MaximumRecordAgeInSeconds 21600 (leaves 18 of the stream's 24
hours for a redrive), DestinationConfig.OnFailure the dead-letter queue. FilterCriteria, which spare the standby Region being called for
the other one's payments and nothing more: {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"region": {"S": ["<this Region>"]}}}} and
{"eventName": ["MODIFY", "REMOVE"]}. Timeout 120 s, 256 MB; it needs no VPC.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from audit.batch import Cut, Poison, cut, sequence_number_of
from audit.redrive import BATCH_INFO, records_of
from audit_log.bucket import AuditBucket
from wire.log_line import log_line
from wire.metric_line import metric_line

Handler = Callable[[Mapping[str, Any], Any], dict[str, Any]]


class NoPaymentComesFirst(Exception):
    """Fails the invocation on purpose, so that Lambda halves the batch until the record is alone."""


def handle(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Write one batch, or one that is redriven; Lambda calls this."""
    return _live_handler()(event, context)


def audit_handler(bucket: AuditBucket, streams: Callable[[], Any], *, region: str) -> Handler:
    """Return a handler that writes what `region` has to write into `bucket`; `streams()` is a DynamoDB Streams client, for redrives.

    The handler returns a partial-batch answer; a redrive's names what was passed over. It raises NoPaymentComesFirst, for a redrive
    whatever keeps its records from being read or written, and else only what is a defect.
    """

    def write(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        began = time.monotonic()
        redriven = event.get(BATCH_INFO)
        records = records_of(streams(), redriven) if redriven else event["Records"]
        cuts = [cut(records, region=region)]
        # A redrive has nobody who would deliver the rest: what is no payment is passed over, and named in the answer.
        while redriven and (poison := cuts[-1].poison):
            records = records[poison.index + 1 :]
            cuts.append(cut(records, region=region))
        error = _write(bucket, [one for found in cuts for one in found.objects])
        _tell(cuts, error, redriven=bool(redriven), context=context, seconds=time.monotonic() - began)
        if redriven:
            if error:
                raise RuntimeError(error)
            return {"batchItemFailures": [{"itemIdentifier": found.poison.sequence_number} for found in cuts if found.poison]}
        return _answer(sequence_number_of(records[0]) if error else "", cuts[0].poison)

    return write


def _tell(cuts: Sequence[Cut], error: str | None, *, redriven: bool, context: Any, seconds: float) -> None:
    """Write the metrics and the log line of one invocation."""
    payments, changes = sum(found.payments_count for found in cuts), sum(found.changes_count for found in cuts)
    poison = [{"sequence_number": found.poison.sequence_number, "reason": found.poison.reason} for found in cuts if found.poison]
    counts = {"PaymentsLogged": payments, "UnexpectedChanges": changes, "PoisonRecords": len(poison), "AuditWriteFailures": 0}
    metric_line({"PaymentsLogged": 0, "UnexpectedChanges": 0, "PoisonRecords": len(poison), "AuditWriteFailures": 1} if error else counts)
    log_line(
        "ERROR" if error or poison or changes else "INFO",
        "not-written" if error else "written",
        request_id=str(getattr(context, "aws_request_id", "unknown")),
        duration_ms=round(seconds * 1000, 1),
        objects=[key for found in cuts for key, _ in found.objects],
        payments=payments,
        changes=changes or None,
        error=error,
        poison=poison or None,
        redriven=redriven or None,
    )


def _write(bucket: AuditBucket, objects: Sequence[tuple[str, tuple[str, ...]]]) -> str | None:
    """Write the objects; returns why that failed, None when all are written."""
    try:
        for key, lines in objects:
            bucket.write(key, lines)
    except ClientError as error:
        return str(error.response.get("Error", {}).get("Code", "unknown"))
    except BotoCoreError as error:
        return type(error).__name__
    return None


def _answer(repeat_from: str, poison: Poison | None) -> dict[str, Any]:
    """Return the partial-batch answer: the record to begin the next attempt with, if there has to be one."""
    if not repeat_from and poison:
        if poison.index == 0 or not poison.sequence_number:
            raise NoPaymentComesFirst(f"{poison.sequence_number or 'a record'}: {poison.reason}")
        repeat_from = poison.sequence_number
    return {"batchItemFailures": [{"itemIdentifier": repeat_from}] if repeat_from else []}


@cache
def _live_handler() -> Handler:
    """Build the handler on the real bucket, once in a worker's life."""
    import botocore.session
    from botocore.config import Config

    config = Config(connect_timeout=2, read_timeout=8, retries={"total_max_attempts": 5, "mode": "standard"}, tcp_keepalive=True)
    session = botocore.session.get_session()
    bucket = AuditBucket(session.create_client("s3", config=config), os.environ["AUDIT_BUCKET"])
    # Made when there is a redrive: no batch should wait for what it does not need.
    streams = cache(lambda: session.create_client("dynamodbstreams", config=config))
    return audit_handler(bucket, streams, region=os.environ["AWS_REGION"])


if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    _live_handler()
