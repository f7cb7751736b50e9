"""Multi-Region eventual consistency: every Region takes writes, which reach the others later, and of two the later one wins.

Pure: time, ways and stores are given. What holds: writes of one Region arrive in another in their order and never twice; nothing is lost
while a way is shut; when all has arrived, every Region holds, of each item, the write with the latest time, a deletion included. What a
condition or a read sees is its own Region's item alone. Source: "How DynamoDB global tables work", DynamoDB Developer Guide (F1.2, F1.3).
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

Direction = tuple[str, str]
# When a write was made in ns, and where: no two are alike, so each pair has a later one.
Stamp = tuple[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a write did to one item of a table: `item` names it among the table's; `content` is the store's own and only handed through."""

    table: Hashable
    item: Hashable
    content: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits on its way from one Region to another: how many writes, and for how long the oldest."""

    source: str
    target: str
    writes_count: int
    oldest_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Underway:
    change: Change
    stamp: Stamp
    written_at: float


class EventualReplication:
    """The writes under way between Regions.

    `arrive(target, source, change)` puts a change into the target's store; `open_way(source, target)` tells whether it can get there now;
    `lag_seconds(source)` is how long a Region's writes are under way, those that are under way already included.
    """

    def __init__(
        self,
        arrive: Callable[[str, str, Change], None],
        open_way: Callable[[str, str], bool],
        lag_seconds: Callable[[str], float],
        wall_time_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._arrive = arrive
        self._open_way = open_way
        self._lag_seconds = lag_seconds
        self._wall_time_ns = wall_time_ns
        self._underway: dict[Direction, deque[_Underway]] = {}
        self._latest: dict[tuple[Hashable, str], dict[Hashable, Stamp]] = {}
        self._last_ns = 0

    def written(self, region: str, others: Iterable[str], change: Change, *, now: float) -> None:
        """Note a write that its own Region's store holds already, and send it to the others."""
        # Strictly later than all before it, whatever the machine's clock does.
        self._last_ns = max(self._wall_time_ns(), self._last_ns + 1)
        stamp = (self._last_ns, region)
        self._latest.setdefault((change.table, region), {})[change.item] = stamp
        for other in others:
            self._underway.setdefault((region, other), deque()).append(_Underway(change=change, stamp=stamp, written_at=now))

    def deliver(self, now: float) -> float | None:
        """Let everything arrive that is due and can; return when the next write is due on an open way, None when none is."""
        due: list[float] = []
        for (source, target), queue in self._underway.items():
            if not self._open_way(source, target):
                continue
            lag_seconds = self._lag_seconds(source)
            while queue and queue[0].written_at + lag_seconds <= now:
                self._settle(source, target, queue.popleft())
            due += [queue[0].written_at + lag_seconds] if queue else []
        if not any(self._underway.values()):
            # What is written from now on is later than all that was, so nothing needs to be compared with it.
            self._latest.clear()
        return min(due, default=None)

    def backlogs(self, now: float) -> tuple[Backlog, ...]:
        """Return what waits, by direction; a direction with nothing waiting is left out."""
        return tuple(
            Backlog(source=source, target=target, writes_count=len(queue), oldest_seconds=now - queue[0].written_at)
            for (source, target), queue in sorted(self._underway.items())
            if queue
        )

    def _settle(self, source: str, target: str, underway: _Underway) -> None:
        """Let one write arrive, unless what is there was written later."""
        latest = self._latest.setdefault((underway.change.table, target), {})
        if latest.get(underway.change.item, (0, "")) < underway.stamp:
            latest[underway.change.item] = underway.stamp
            self._arrive(target, source, underway.change)
