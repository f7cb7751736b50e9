"""Two Regions' payment functions on replicas of one table, in memory: strongly consistent, or eventually, with the lag in our hands."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ReadTimeoutError

from payment.handler import payment_handler
from payment.ledger import Ledger
from tests.support.fake_services import ENDPOINT, FakeTable, FakeTime, Fault
from tests.support.function_events import FakeContext

REGIONS = ("us-east-1", "us-east-2")

Call = Callable[[], Any]


def arrives_late(under_way: list[Call]) -> Fault:
    """Script a call whose caller gives up before it arrives: it is added to `under_way`, to be performed whenever somebody says so."""

    def fault(call: Call) -> Any:
        under_way.append(call)
        raise ReadTimeoutError(endpoint_url=ENDPOINT)

    return fault


@dataclass(slots=True)
class Asking:
    """Sends events to a Region's payment function; each request is a second later than the one before."""

    requests: int = 0

    def ask(
        self,
        event: dict[str, Any],
        region: str,
        table: FakeTable,
        *,
        left_milliseconds: int = 10_000,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> dict[str, Any]:
        """Return the answer of `region`'s function on `table`; `meanwhile` is called whenever the function waits before it tries again."""
        self.requests += 1
        now = datetime(2026, 11, 14, tzinfo=UTC) + timedelta(seconds=self.requests)
        time = FakeTime()

        def sleep(seconds: float) -> None:
            time.sleep(seconds)
            meanwhile()

        ledger = Ledger(table, "payments", sleep=sleep)
        return payment_handler(ledger, region=region, now=lambda: now)(event, FakeContext([left_milliseconds]))


@dataclass(slots=True)
class EventualReplicas:
    """A table's replicas in both Regions, without strong consistency: a condition sees its own Region, and the later write wins (F1.3).

    A write reaches the other Region when `arrive` says so, in any order.
    """

    items: dict[str, dict[str, Any]] = field(default_factory=lambda: {region: {} for region in REGIONS})
    _written: dict[str, dict[str, int]] = field(default_factory=lambda: {region: {} for region in REGIONS})
    _under_way: list[tuple[str, str, int, Any]] = field(default_factory=list)
    _writes: int = 0

    def table(self, region: str) -> FakeTable:
        """Return a client for the replica in `region`."""
        replicas = self

        class Replica(FakeTable):
            def _put(self, **given: Any) -> dict[str, Any]:
                answer = FakeTable._put(self, **given)
                replicas._wrote(region, given["Item"]["transaction_id"]["S"])
                return answer

        return Replica(self.items[region])

    def arrive(self, number: int) -> None:
        """Let one of the writes under way arrive, if there is any."""
        if self._under_way:
            region, key, moment, item = self._under_way.pop(number % len(self._under_way))
            if moment > self._written[region].get(key, 0):
                self.items[region][key], self._written[region][key] = item, moment

    def settle(self) -> None:
        """Let all of them arrive."""
        while self._under_way:
            self.arrive(0)

    def _wrote(self, region: str, key: str) -> None:
        self._writes += 1
        self._written[region][key] = self._writes
        other = REGIONS[1 - REGIONS.index(region)]
        self._under_way.append((other, key, self._writes, copy.deepcopy(self.items[region][key])))
