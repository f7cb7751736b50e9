"""A table, a log and the reconciliation between them, called hour by hour."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from audit.handler import audit_handler
from audit_log.bucket import AuditBucket
from audit_log.keys import PAYMENTS, RECONCILED
from audit_log.lines import day_of, payment_line, region_of
from reconciliation.handler import reconciliation_handler
from reconciliation.proof import LINES_MAX
from reconciliation.state import state_key
from tests.support.audit import HERE, FakeBucket, FakeLedger, FakeStream, Item
from tests.support.function_events import FakeContext


class Proofs:
    """Calls the reconciliation of `region` over `table` and `log`, the items whose lines are written; `now` is UTC, the day after them."""

    def __init__(self, *, table: Iterable[Item], log: Iterable[Item], region: str = HERE, lines_max: int = LINES_MAX) -> None:
        self.ledger = FakeLedger(table)
        self.bucket = FakeBucket(page=3)
        self.now = "2026-11-21T01:30:00"
        self._region = region
        self._lines_max = lines_max
        self.write(log)

    def write(self, items: Iterable[Item], *, name: str = "1") -> None:
        """Write the items' lines, an object for each day and Region."""
        lines: dict[str, list[str]] = {}
        for item in items:
            key = f"{PAYMENTS}date={day_of(item)}/region={region_of(item)}/{name}.jsonl.gz"
            lines.setdefault(key, []).append(payment_line(item, sequence_number="1", changed_at=0))
        for key, of_key in lines.items():
            AuditBucket(self.bucket, "log").write(key, of_key)

    def consume(self, event: Mapping[str, Any], context: Any) -> None:
        """Let the consumer write a batch of the stream."""
        audit_handler(AuditBucket(self.bucket, "log"), lambda: FakeStream([]), region=self._region)(event, context)

    def call(self, *, pages: int = 10_000, event: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Call the function once, with time for about so many pages."""
        handler = reconciliation_handler(
            self.ledger,
            self.bucket,
            table_name="payments",
            bucket_name="log",
            region=self._region,
            now=lambda: datetime.fromisoformat(self.now).replace(tzinfo=UTC),
            lines_max=self._lines_max,
        )
        return handler(event or {}, FakeContext([900_000] * pages + [1_000]))

    def reconciled(self) -> list[str]:
        """Return the keys that reconciliation wrote."""
        return sorted(key for key in self.bucket.objects if RECONCILED in key)

    def days_proved(self) -> int:
        """Return how many days are sealed."""
        return len(json.loads(self.bucket.objects[state_key(self._region)])["seals"])
