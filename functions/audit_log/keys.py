"""Where a line lies in the bucket.

    payments/date=2026-11-22/region=us-east-1/<sequence number>.jsonl.gz    payments taken that day in that Region, from that record on
    payments/date=2026-11-22/region=us-east-1/reconciled-<id>.jsonl.gz      one payment that was missing
    changes/date=2026-11-22/region=us-east-2/<sequence number>.jsonl.gz     changes and removals that day, as that Region saw them

The day comes before the Region so that a whole day is one listing, whichever Regions took payments; both are partitions as query
engines know them. The day is the payment's own (`created_at`, UTC), so a payment's place can be told from the payment alone.

**An object is named by the first record it holds, and by nothing else.** Lambda begins every retry of a batch at the record where its
checkpoint stands, whether it repeats the batch, halves it or goes on from a reported failure. So whatever a failed attempt left behind
is overwritten by the attempt that succeeds, however that one was cut: at the end each record lies in one object. A name with the last
record or a digest in it would leave the failed attempt's object beside the good one.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

PAYMENTS: Final = "payments/"
CHANGES: Final = "changes/"
RECONCILED: Final = "reconciled-"

# A sequence number has 21 to 40 digits (StreamRecord, DynamoDB Streams API Reference); as wide as the longest, names sort as numbers do.
_DIGITS_MAX: Final = 40
_DAY: Final = re.compile(r"payments/date=(\d{4}-\d\d-\d\d)/")


def payments_key(*, day: str, region: str, first_sequence_number: str) -> str:
    """Return the key of the payments of `day` that begin with the record of that sequence number."""
    return f"{PAYMENTS}date={day}/region={region}/{first_sequence_number.zfill(_DIGITS_MAX)}.jsonl.gz"


def changes_key(*, day: str, region: str, first_sequence_number: str) -> str:
    """Return the key of the changes seen on `day` in `region` that begin with the record of that sequence number."""
    return f"{CHANGES}date={day}/region={region}/{first_sequence_number.zfill(_DIGITS_MAX)}.jsonl.gz"


def reconciled_key(*, day: str, region: str, transaction_id: str) -> str:
    """Return the key of one payment that was missing: both Regions' reconciliations write the same bytes to the same key."""
    return f"{PAYMENTS}date={day}/region={region}/{RECONCILED}{quote(transaction_id, safe='')}.jsonl.gz"


def day_of_key(key: str) -> str | None:
    """Return the day whose payments lie under `key`, None when it is none of them."""
    found = _DAY.match(key)
    return found[1] if found else None
