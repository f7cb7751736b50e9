"""What one run leaves to the next: where its scan stands, what it has counted so far, and the seals of the days that are proved.

One JSON object in the audit bucket, a Region's own: a run that lacks the time to end goes on from it, and nothing else has to be kept.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from reconciliation.days import Seal, Tally

PREFIX: Final = "reconciliation/"

# Where a segment of the scan stands: None at its start, True at its end, else the key to go on after.
Cursor = dict[str, Any] | bool | None


@dataclass(slots=True)
class State:
    """A proof over every day up to `through`. `open_days` maps the days whose log is compared to (payments in it, lines that came twice).

    `put_off` are days that are neither sealed nor compared in this proof, `next_days` those that another one need not wait a day for.
    """

    through: str = ""
    done: bool = True
    cursors: list[Cursor] = field(default_factory=list)
    open_days: dict[str, tuple[int, int]] = field(default_factory=dict)
    put_off: list[str] = field(default_factory=list)
    next_days: list[str] = field(default_factory=list)
    listings: dict[str, str] = field(default_factory=dict)
    tallies: dict[str, Tally] = field(default_factory=dict)
    unreadable_items: int = 0
    seals: dict[str, Seal] = field(default_factory=dict)

    def is_due(self, through: str) -> bool:
        """Return whether there is something to do for the proof up to `through`."""
        return not self.done or bool(self.next_days) or self.through < through


def state_key(region: str) -> str:
    """Return the key of the state of `region`'s reconciliation."""
    return f"{PREFIX}region={region}/state.json"


def load_state(client: Any, bucket: str, region: str) -> State:
    """Return the state as it was left, a new one when there is none. Raises botocore's errors."""
    key = state_key(region)
    # Asked by a listing: reading what is not there is a refusal to those who may not list everything.
    if not client.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1).get("Contents"):
        return State()
    told = json.loads(client.get_object(Bucket=bucket, Key=key)["Body"].read())
    told["tallies"] = {day: Tally(**tally) for day, tally in told["tallies"].items()}
    told["seals"] = {day: Seal(**seal) for day, seal in told["seals"].items()}
    told["open_days"] = {day: tuple(counts) for day, counts in told["open_days"].items()}
    return State(**told)


def save_state(client: Any, bucket: str, region: str, state: State) -> None:
    """Keep `state`. Raises botocore's errors."""
    body = json.dumps(asdict(state), separators=(",", ":")).encode()
    client.put_object(Bucket=bucket, Key=state_key(region), Body=body, ContentType="application/json", ChecksumAlgorithm="SHA256")
