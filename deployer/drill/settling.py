"""The end of a drill: what settles every unknown. Each standing Region's reads, its table, and its audit log after reconciliation.

Nothing is under way any more, so the waits end when everything is where it belongs, or when nothing has changed for longer than the
slowest step on the way takes; both are bounded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from deployer.drill.client import read_all
from deployer.drill.hands import Hands
from deployer.drill.history import AuditLine, LedgerItem, PhaseName, Read
from deployer.drill.target import Target
from deployer.vocabulary.clock import Clock
from deployer.vocabulary.errors import DeployerError

REPLICATED_SECONDS_MAX: Final = 60.0
# The outbox gathers for a minute before it writes; S3's replication comes after it.
QUIET_SECONDS: Final = 90.0
LOGGED_SECONDS_MAX: Final = 300.0
READ_SECONDS_MAX: Final = 10.0
READ_TRIES_MAX: Final = 5
READERS: Final = 6
_POLL_SECONDS: Final = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnesses:
    """What the two witnesses beside the clients say; None where no Region could be asked. `unasked`: (witness, Region)."""

    ledger: tuple[LedgerItem, ...] | None
    audit: tuple[AuditLine, ...] | None
    unasked: tuple[tuple[str, str], ...]


def read_payments(target: Target, region: str, ids: tuple[str, ...], moment: PhaseName) -> tuple[Read, ...]:
    """Ask a Region by its own name for each of these payments."""
    statuses = asyncio.run(read_all(target, region, ids, timeout_seconds=READ_SECONDS_MAX, readers=READERS, tries=READ_TRIES_MAX))
    return tuple(Read(region=region, transaction_id=one, moment=moment, status=status) for one, status in zip(ids, statuses, strict=True))


def question_witnesses(hands: Hands, regions: tuple[str, ...], run_id: str, clock: Clock, tell: Callable[[str], None]) -> Witnesses:
    """Return what table and audit log of the standing Regions hold when all has settled; a Region that refuses is left out and named."""
    unasked: list[tuple[str, str]] = []
    tell("reading the table in each Region")
    ledger = _replicated(hands, regions, run_id, clock, unasked)
    tell("waiting for the audit log")
    wanted = {item.transaction_id for items in ledger.values() for item in items}
    _logged(hands, regions, run_id, clock, wanted)
    tell("reconciling the audit log")
    audit: dict[str, tuple[AuditLine, ...]] = {}
    for region in regions:
        try:
            hands.reconcile(region)
            audit[region] = hands.audit(region, run_id)
        except DeployerError:
            unasked.append(("audit", region))
    return Witnesses(
        ledger=tuple(item for items in ledger.values() for item in items) if ledger else None,
        audit=tuple(line for lines in audit.values() for line in lines) if audit else None,
        unasked=tuple(unasked),
    )


def _replicated(
    hands: Hands, regions: tuple[str, ...], run_id: str, clock: Clock, unasked: list[tuple[str, str]]
) -> dict[str, tuple[LedgerItem, ...]]:
    """Return each Region's ledger once they agree on which payments there are, or have had their time to."""
    end = clock.monotonic_seconds() + REPLICATED_SECONDS_MAX
    while True:
        found: dict[str, tuple[LedgerItem, ...]] = {}
        silent: list[tuple[str, str]] = []
        for region in regions:
            try:
                found[region] = hands.ledger(region, run_id)
            except DeployerError:
                silent.append(("ledger", region))
        agreed = len({frozenset(item.transaction_id for item in items) for items in found.values()}) <= 1
        if (agreed and not silent) or clock.monotonic_seconds() >= end:
            unasked += silent
            return found
        clock.sleep(_POLL_SECONDS)


def _logged(hands: Hands, regions: tuple[str, ...], run_id: str, clock: Clock, wanted: set[str]) -> None:
    """Return when every Region's log holds every payment, or nothing has come for a while."""
    end = clock.monotonic_seconds() + LOGGED_SECONDS_MAX
    quiet_since, before = clock.monotonic_seconds(), -1
    while clock.monotonic_seconds() < end:
        try:
            held = [{line.transaction_id for line in hands.audit(region, run_id)} for region in regions]
        except DeployerError:
            held = []
        count = sum(len(ids) for ids in held)
        if held and all(wanted <= ids for ids in held):
            return
        if count != before:
            quiet_since, before = clock.monotonic_seconds(), count
        elif clock.monotonic_seconds() - quiet_since >= QUIET_SECONDS:
            return
        clock.sleep(_POLL_SECONDS)
