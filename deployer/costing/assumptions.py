"""What no template says and a bill needs: sizes, times and habits, each with its unit and where the figure is from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any, Final

# What a bill here leaves out, knowingly.
NOT_COUNTED: Final = (
    "Free allowances: they are the account's, and other systems in it may have used them up.",
    "What the account's own services are asked for: CloudTrail, Config, support, taxes, discounts.",
    "Prices beyond the first tier, which are lower, and the price of Lambda's time on environments kept warm, which is lower too.",
    "Metrics that canaries publish themselves, starts of functions, and requests that are refused or replayed.",
    "Data through interface endpoints and calls to KMS: less than a dime in an idle month.",
)


def _assumed(value: float, meaning: str) -> Any:
    return field(default=value, metadata={"meaning": meaning})


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """Figures that a bill rests on; a name ends in its unit. Rounded up where nothing was measured."""

    payments_per_minute_count: float = _assumed(
        20.0, "payments of a busy minute, which is what 1,000,000 a month bring; an object of the audit log holds a minute's"
    )
    item_bytes: float = _assumed(450.0, "a payment in the table: 350 bytes (functions/reconciliation) and DynamoDB's own 100 an item")
    audit_line_bytes: float = _assumed(700.0, "a payment's line in the audit log")
    months_stored_count: float = _assumed(12.0, "months of payments that table, backups and audit log hold: they are never deleted")
    answer_bytes: float = _assumed(1200.0, "an answer of the API with its headers")
    access_log_bytes: float = _assumed(500.0, "a line of the access log: 14 fields")
    function_log_bytes: float = _assumed(900.0, "what a call logs: Lambda's three lines, the function's own, a line of metrics")
    canary_log_bytes: float = _assumed(4000.0, "what a canary's run logs")
    log_compressed_share: float = _assumed(0.15, "what is left of a log once CloudWatch has compressed it (AWS's own estimate)")
    payment_call_milliseconds: float = _assumed(
        60.0, "taking a payment: 2.7 ms of a whole processor (docs/benchmarks.md), a seventh of one at 256 MB, and a write in two Regions"
    )
    health_call_milliseconds: float = _assumed(60.0, "a health check: a strong read of the table, on a fourteenth of a processor")
    hold_call_milliseconds: float = _assumed(30.0, "a look at the hold: a strong read, on a seventh of a processor")
    authorizer_call_milliseconds: float = _assumed(10.0, "checking a key that is known")
    authorizer_calls_per_request_count: float = _assumed(
        1.0, "checks of a key for each request, as if API Gateway never kept an answer: each caller's first in a minute needs one"
    )
    audit_call_milliseconds: float = _assumed(400.0, "writing one object of the audit log")
    scheduled_call_milliseconds: float = _assumed(700.0, "an hourly call that finds nothing to do")
    proof_seconds_per_million: float = _assumed(100.0, "proving a million payments, at 1 GB (functions/reconciliation, measured)")
    proof_read_units_per_million: float = _assumed(42_700.0, "read units of scanning a million payments (functions/reconciliation)")
    secret_reads_per_look_count: float = _assumed(
        3.0, "calls to Secrets Manager when the authorizer looks for keys, once a minute when it is called: a version each"
    )
    health_environments_count: float = _assumed(2.0, "environments of the health function, each looks at the secret twice a minute")
    checkers_per_region_count: float = _assumed(
        2.0, "health checkers in each of Route 53's Regions: 16 in all ask once in 2 s at 30 s each, as its Developer Guide says"
    )
    canary_run_seconds: float = _assumed(8.0, "a canary's run, as Lambda bills it")
    canary_objects_per_run_count: float = _assumed(3.0, "objects a canary's run leaves in its bucket")
    canary_run_kilobytes: float = _assumed(60.0, "what they hold")
    artifact_gigabytes: float = _assumed(0.5, "packages in a Region's artifact bucket")
    flow_log_gigabytes: float = _assumed(0.5, "flow log of a VPC in a month, when it is kept")
    queries_per_payment_count: float = _assumed(1.0, "DNS queries for each payment, as if no resolver and no connection were used twice")
    traced_share: float = _assumed(1.0, "payments that X-Ray records: the first of each second, so nearly all up to 1,000,000 a month")

    def told(self) -> Iterator[tuple[str, float, str]]:
        """Yield (name, figure, meaning) of each."""
        for one in fields(self):
            yield one.name, getattr(self, one.name), one.metadata["meaning"]
