"""Global tables as their consistency has them, through every fault: eventual ones with a lag, strong ones with a majority.

The rules are `eventual_replication`'s and `strong_replication`'s; here they meet the tables, the faults and the time. Not imitated: the
time a strong write takes to another Region and back, stale reads of one Region's own fresh writes, and a catching up that takes time.
"""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Callable
from typing import Final

from deployer.local import attach, attach_replication
from deployer.local.attach_replication import Answer, ItemWrite, ReplicaTable
from deployer.local.eventual_replication import Backlog, Change, EventualReplication
from deployer.local.faults import RegionFaults
from deployer.local.strong_calls import is_single_write, tables_needing_a_majority, tables_of_transaction
from deployer.local.strong_replication import StrongTable
from deployer.vocabulary.errors import InputRefused

LAG_SECONDS: Final = 0.5
LAG_SECONDS_MAX: Final = 3600.0
# What DynamoDB declares of every item operation and boto3 tries again (500); its documentation leaves open how it says "no majority".
_NO_MAJORITY: Final = (
    "InternalServerError",
    "The request could not be completed: this Region cannot reach a majority of the table's Regions.",
)
_NO_TRANSACTIONS: Final = ("ValidationException", "Transactions are not supported on tables with multi-Region strong consistency.")
_CONFLICT: Final = (
    "ReplicatedWriteConflictException",
    "The request was rejected because one or more items in the request are being modified by a request in another Region.",
)


class Replication:
    """All global tables of one embedded AWS; to be made on the event loop, which does the deliveries.

    `lag_seconds` is how long a write of an eventual table is under way; `conflict_rate` the share of strong tables' single writes that
    are refused as if another Region were writing the same item.
    """

    def __init__(
        self,
        faults: RegionFaults,
        *,
        lag_seconds: float = LAG_SECONDS,
        conflict_rate: float = 0.0,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._faults = faults
        self._usual_lag = lag_seconds
        self._lags: dict[str, float] = {}
        self.conflict_rate = conflict_rate
        self._draw = draw
        self._loop = asyncio.get_running_loop()
        # Writes come from the threads that make stacks too.
        self._turn = threading.RLock()
        self._eventual = EventualReplication(lambda target, source, change: change.content(target), faults.connected, self.lag_seconds)
        self._strong: dict[tuple[str, str], tuple[ReplicaTable, StrongTable]] = {}
        self._next: asyncio.TimerHandle | None = None

    def register(self) -> None:
        """Take replication over from MiniStack; to be called once."""
        attach.verify(attach_replication.SEAMS)
        attach_replication.divert_writes(self._written)
        attach_replication.judge_dynamodb_calls(self._refuses)
        self._faults.watch(self._settle)

    def lag_seconds(self, region: str) -> float:
        """Return how long writes of a Region are under way."""
        return self._lags.get(region, self._usual_lag)

    def set_lag(self, seconds: float, region: str | None = None) -> None:
        """Let writes take this long, of one Region or of all, those under way included. Raises InputRefused."""
        if not 0 <= seconds <= LAG_SECONDS_MAX:
            raise InputRefused(f"A lag is from 0 to {LAG_SECONDS_MAX:.0f} seconds")
        if region is None:
            self._usual_lag = seconds
            self._lags.clear()
        elif region in self._faults.edges:
            self._lags[region] = seconds
        else:
            raise InputRefused(f"{region} is no Region of {', '.join(self._faults.edges)}")
        self._deliver()

    def set_conflict_rate(self, rate: float) -> None:
        """Let this share of strong tables' single writes be refused as conflicts. Raises InputRefused."""
        if not 0 <= rate <= 1:
            raise InputRefused("A share is from 0 to 1")
        self.conflict_rate = rate

    def backlogs(self) -> tuple[Backlog, ...]:
        """Return what eventual tables' writes wait for their way, by direction."""
        with self._turn:
            return self._eventual.backlogs(time.monotonic())

    def behind(self) -> tuple[tuple[str, str, int], ...]:
        """Return (table, Region, how many writes it does not know of) for each member of a strong table that is behind."""
        with self._turn:
            return tuple(
                (name, member, table.waiting(member))
                for (_, name), (_, table) in sorted(self._strong.items())
                for member in table.members
                if table.waiting(member)
            )

    def _written(self, write: ItemWrite) -> None:
        table = write.table
        with self._turn:
            if not table.is_strong:
                now, key = time.monotonic(), (table.account_id, table.name)
                change = Change(table=key, item=write.item, content=write.copy_to)
                self._eventual.written(table.region, table.others, change, now=now)
                self._loop.call_soon_threadsafe(self._deliver)
            elif self._faults.active() or (table.account_id, table.name) in self._strong:
                self._strong_table(table).written(table.region, write.copy_to)
            else:
                for other in table.others:
                    write.copy_to(other)

    def _strong_table(self, replica: ReplicaTable) -> StrongTable:
        """Return the account of who knows what of a strong table, a new one when its Regions are not those it was of."""
        key = (replica.account_id, replica.name)
        known = self._strong.get(key)
        if known is None or (known[0].regions, known[0].witnesses) != (replica.regions, replica.witnesses):
            made = StrongTable(replica.regions, replica.witnesses, lambda target, source, copy_to: copy_to(target), self._faults.connected)
            known = self._strong[key] = (replica, made)
        return known[1]

    def _refuses(self, action: str, body: bytes) -> Answer | None:
        """Return DynamoDB's refusal of a call that a strong table does not take, lacks a majority or meets another Region's; or None."""
        if self._strong_among(tables_of_transaction(action, body)):
            return attach_replication.refusal(*_NO_TRANSACTIONS, 400)
        if not self._faults.active() and not self.conflict_rate:
            return None
        strong = self._strong_among(tables_needing_a_majority(action, body))
        with self._turn:
            if not all(self._strong_table(replica).may_serve(replica.region) for replica in strong):
                return attach_replication.refusal(*_NO_MAJORITY, 500)
        if strong and is_single_write(action) and self._draw() < self.conflict_rate:
            return attach_replication.refusal(*_CONFLICT, 400)
        return None

    def _strong_among(self, names: tuple[str, ...]) -> list[ReplicaTable]:
        """Return the strong tables of these names in the Region of the running call."""
        account_id, region = attach.current_account(), attach.current_region()
        replicas = [attach_replication.replica_table(account_id, region, name) for name in names]
        return [replica for replica in replicas if replica is not None and replica.is_strong]

    def _settle(self) -> None:
        """Let everything move that a change of faults set free."""
        with self._turn:
            for _, table in self._strong.values():
                table.catch_up()
            if not self._faults.active():
                self._strong = {key: known for key, known in self._strong.items() if any(map(known[1].waiting, known[1].members))}
        self._deliver()

    def _deliver(self) -> None:
        """Deliver what is due, and come back when the next write is."""
        if self._next is not None:
            self._next.cancel()
            self._next = None
        with self._turn:
            now = time.monotonic()
            due_at = self._eventual.deliver(now)
        if due_at is not None:
            self._next = self._loop.call_later(max(due_at - now, 0.0), self._deliver)
