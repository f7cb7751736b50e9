"""Which of several records with one name and type Route 53 answers, by health and routing policy.

Pure. Source: "How Amazon Route 53 chooses records when health checking is configured", Route 53 Developer Guide (F2.10, F2.11).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasTarget:
    """What an alias record stands for; `name` ends with a dot."""

    name: str
    evaluate_health: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record set; `name` ends with a dot and is in lower case. An alias has neither TTL nor values."""

    name: str
    kind: str
    ttl_seconds: int | None = None
    values: tuple[str, ...] = ()
    alias: AliasTarget | None = None
    set_id: str = ""
    weight: int | None = None
    failover: str = ""
    health_check_id: str = ""


Healthy = Callable[[Record], bool]


def chosen(records: Sequence[Record], healthy: Healthy, draw: float) -> Record | None:
    """Return the record that answers, or None when there is none; `draw` is from [0, 1) and decides between weights.

    `records` have one name and type. A simple record answers whatever its health.
    """
    if not records:
        return None
    if any(record.failover for record in records):
        return _by_failover(records, healthy)
    if any(record.weight is not None for record in records):
        return _by_weight(records, healthy, draw)
    # Simple, and the policies that are not imitated: the first that is healthy, in a stable order.
    ordered = sorted(records, key=lambda record: record.set_id)
    return next((record for record in ordered if healthy(record)), ordered[0])


def _by_failover(records: Sequence[Record], healthy: Healthy) -> Record | None:
    primary = next((record for record in records if record.failover == "PRIMARY"), None)
    secondary = next((record for record in records if record.failover == "SECONDARY"), None)
    if primary and healthy(primary):
        return primary
    if secondary and healthy(secondary):
        return secondary
    # Both unhealthy: the primary is answered. A primary alone too, a secondary alone only when there is no primary.
    return primary or secondary


def _by_weight(records: Sequence[Record], healthy: Healthy, draw: float) -> Record:
    ordered = sorted(records, key=lambda record: record.set_id)
    weighted = [record for record in ordered if record.weight]
    # Records of weight 0 stand in only when all others are unhealthy; when nothing is healthy, everything counts as healthy.
    candidates = next(
        (found for group in (weighted, ordered) if (found := [record for record in group if healthy(record)])),
        weighted or ordered,
    )
    total = sum(record.weight or 0 for record in candidates)
    if total == 0:
        return candidates[int(draw * len(candidates))]
    reached = 0
    for record in candidates:
        reached += record.weight or 0
        if draw * total < reached:
            return record
    return candidates[-1]
