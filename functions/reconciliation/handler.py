"""The reconciliation function: a proof a day that every payment of the table is in this Region's audit bucket.

Lambda's handler is `reconciliation.handler.handle`. Environment: TABLE_NAME, AUDIT_BUCKET, REGION_ROLE (primary or secondary), LOG_LEVEL.
The event's content does not matter, unless a person asks for a proof of days that are not over: {"through": "2026-11-22"}. That one begins
from nothing, keeps no state, moves no metric, and takes for a gap whatever has not reached the log: ask only when nothing is under way.

**What is promised.** When a proof ends, every payment taken before the last day that is over by an hour was in this Region's bucket, or
is now: whichever Region took it, and whether or not that Region still stands. A gap that was written is read back by another proof within
the hour. Payments that the table has otherwise than the log, or no longer has, are counted and left to people.

**When.** Every hour: the first call of a day begins that day's proof, later ones go on with it when its time ran out, and otherwise see
that it is done and end at once. Timeout 900 s, 1024 MB, no VPC, no retries by Lambda (MaximumRetryAttempts 0): the next hour is the
retry, and no two calls of the schedule meet. A call that is cut off leaves the state of the call before.

**Metrics** (namespace PaymentApi, dimension FunctionName), written when a proof ends: AuditGap (payments missing), AlteredPayments,
RemovedPayments, UnreadableItems (items that are no payments), RepeatedLines, DaysUnproved, PaymentsProved, and the heartbeat
ReconciliationCompleted, 1. Alarms: AuditGap, AlteredPayments, RemovedPayments, UnreadableItems > 0; ReconciliationCompleted < 1 in a day,
missing data breaching; DaysUnproved > 0 two days on end.

**What it costs** at 1,000,000 payments (items of 350 bytes, an object a minute in either Region, a month of days): the scan 42,700 read
units, 0.0053 USD; listing 86,400 objects 0.0004 USD and reading the newest day's 2,880 0.0012 USD; 57 us of a processor for each
payment (measured), 100 s of what comes with 1 GB, 0.0013 USD: 0.008 USD a proof, 0.25 USD a month and Region (prices: F9.7, F9.8). A
call gets through some 8,000,000 payments; a larger table is gone on with an hour later. A gap costs 5 USD for a million payments found.

Permissions, in the function's own Region, and no others:
- dynamodb:Scan on the table.
- s3:ListBucket on the bucket, for the prefixes `payments/*` and `reconciliation/*`.
- s3:GetObject on the bucket's `payments/*` and `reconciliation/*`. With a KMS key, kms:Decrypt on it through S3.
- s3:PutObject on the bucket's `payments/*/reconciled-*` and `reconciliation/*`. With a KMS key, kms:GenerateDataKey on it through S3.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from typing import Any, Final

from audit_log.bucket import AuditBucket
from reconciliation.proof import LINES_MAX, Report, prove
from reconciliation.state import State, load_state, save_state
from reconciliation.table import SEGMENTS, scan
from wire.log_line import log_line
from wire.metric_line import metric_line

SETTLED: Final = timedelta(hours=1)  # how long a day has to be over; S3 copies 99.9 % of all objects within 15 minutes (F5.5)
SECONDS_TO_END: Final = 60.0  # kept back for the pages under way and for keeping the state
NOTES_MAX: Final = 100

Handler = Callable[[Mapping[str, Any], Any], dict[str, Any]]


def handle(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Begin, go on with or leave alone the day's proof; Lambda calls this."""
    return _live_handler()(event, context)


def reconciliation_handler(
    dynamodb: Any,
    s3: Any,
    *,
    table_name: str,
    bucket_name: str,
    region: str,
    now: Callable[[], datetime],
    lines_max: int = LINES_MAX,
) -> Handler:
    """Return a handler that proves `bucket_name` by `table_name`, both of `region`; `now` is UTC.

    It answers {"outcome": "proved", "goes-on" or "nothing-due"} and the report's numbers. It raises what the services refuse.
    """
    bucket = AuditBucket(s3, bucket_name)

    def answer_call(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        began = time.monotonic()
        asked_for = _day_asked_for(event, now())
        through = asked_for or ((now() - SETTLED).date() - timedelta(days=1)).isoformat()
        state = State() if asked_for else load_state(s3, bucket_name, region)
        if not state.is_due(through):
            return {"outcome": "nothing-due", "through": state.through}

        def go_on() -> bool:
            return float(context.get_remaining_time_in_millis()) / 1000 > SECONDS_TO_END

        state, report = prove(state, through, bucket, partial(scan, dynamodb, table_name), go_on, _noting(), lines_max=lines_max)
        if not asked_for:
            save_state(s3, bucket_name, region, state)
        outcome = "proved" if report else "goes-on"
        facts = asdict(report) if report else {}
        if report and not asked_for:
            metric_line(_metrics(report))
        log_line(
            "ERROR" if report and _is_bad(report) else "INFO",
            outcome,
            request_id=str(getattr(context, "aws_request_id", "unknown")),
            duration_ms=round((time.monotonic() - began) * 1000, 1),
            through=state.through,
            again=state.next_days[:10] or None,
            **facts,
        )
        return {"outcome": outcome, "through": state.through, **facts}

    return answer_call


def _day_asked_for(event: Mapping[str, Any], now: datetime) -> str | None:
    """Return the day that a person wants a proof up to, None for a call of the schedule. Raises ValueError for one that is to come."""
    if "through" not in event:
        return None
    day = date.fromisoformat(str(event["through"]))
    if day > now.date():
        raise ValueError("through is a day to come")
    return day.isoformat()


def _metrics(report: Report) -> dict[str, float]:
    return {
        "AuditGap": report.missing,
        "AlteredPayments": report.altered,
        "RemovedPayments": report.removed,
        "UnreadableItems": report.unreadable_items,
        "RepeatedLines": report.repeated_lines,
        "DaysUnproved": report.days_unproved,
        "PaymentsProved": report.payments,
        "ReconciliationCompleted": 1,
    }


def _is_bad(report: Report) -> bool:
    return bool(report.missing or report.altered or report.removed or report.unreadable_items or report.days_unproved)


def _noting() -> Callable[[str, str], None]:
    """Return what logs the first payments that are missing or altered; all of them could be a million lines."""
    noted: list[str] = []

    def note(what: str, transaction_id: str) -> None:
        noted.append(transaction_id)
        if len(noted) <= NOTES_MAX:
            log_line("WARNING", what, transaction_id=transaction_id)

    return note


@cache
def _live_handler() -> Handler:
    """Build the handler on the real table and bucket, once in a worker's life."""
    import botocore.session
    from botocore.config import Config

    config = Config(
        connect_timeout=3,
        read_timeout=15,
        retries={"total_max_attempts": 6, "mode": "standard"},
        max_pool_connections=2 * SEGMENTS,
        tcp_keepalive=True,
    )
    session = botocore.session.get_session()
    return reconciliation_handler(
        session.create_client("dynamodb", config=config),
        session.create_client("s3", config=config),
        table_name=os.environ["TABLE_NAME"],
        bucket_name=os.environ["AUDIT_BUCKET"],
        region=os.environ["AWS_REGION"],
        now=lambda: datetime.now(UTC),
    )


if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    _live_handler()
