"""How an operation goes through Regions and accounts: order, concurrency and tolerated failures, as plain arithmetic.

[B cloudformation:StackSetOperationPreferences, F4.4]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from deployer.local.stack_sets.refusals import invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What the caller asked for. Counts and percentages are of accounts within one Region; None where not given."""

    region_order: tuple[str, ...] = ()
    parallel_regions: bool = False
    failure_tolerance_count: int | None = None
    failure_tolerance_percentage: int | None = None
    max_concurrent_count: int | None = None
    max_concurrent_percentage: int | None = None
    soft: bool = False

    def ordered(self, regions: Iterable[str]) -> tuple[str, ...]:
        """Return the Regions in the order to visit: first those of RegionOrder, then the others alphabetically."""
        named = {region: place for place, region in enumerate(self.region_order)}
        return tuple(sorted(set(regions), key=lambda region: (named.get(region, len(named)), region)))

    def tolerated_count(self, accounts_count: int) -> int:
        """Return in how many of a Region's accounts the operation may fail and still go on; percentages round down."""
        if self.failure_tolerance_percentage is not None:
            return accounts_count * self.failure_tolerance_percentage // 100
        return self.failure_tolerance_count or 0

    def concurrent_count(self, accounts_count: int, failures_count: int) -> int:
        """Return in how many of a Region's accounts to work at one time after so many failures.

        STRICT_FAILURE_TOLERANCE (the default) never has more under way than may still fail, plus one, so that the
        failures end at tolerance + 1 at most; SOFT_FAILURE_TOLERANCE keeps to the wanted concurrency.
        """
        wanted = self.max_concurrent_count or 1
        if self.max_concurrent_percentage is not None:
            wanted = max(1, accounts_count * self.max_concurrent_percentage // 100)
        if self.soft:
            return wanted
        return min(wanted, self.tolerated_count(accounts_count) + 1 - failures_count)

    def as_reply(self) -> dict[str, Any]:
        """Return the preferences as the API shows them, with the default of each pair that was left out."""
        tolerance = self.failure_tolerance_count
        if tolerance is None and self.failure_tolerance_percentage is None:
            tolerance = 0
        concurrent = self.max_concurrent_count
        if concurrent is None and self.max_concurrent_percentage is None:
            concurrent = 1
        return {
            "RegionConcurrencyType": "PARALLEL" if self.parallel_regions else "SEQUENTIAL",
            "RegionOrder": list(self.region_order),
            "FailureToleranceCount": tolerance,
            "FailureTolerancePercentage": self.failure_tolerance_percentage,
            "MaxConcurrentCount": concurrent,
            "MaxConcurrentPercentage": self.max_concurrent_percentage,
            "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE" if self.soft else "STRICT_FAILURE_TOLERANCE",
        }


def read_preferences(given: Mapping[str, Any]) -> Preferences:
    """Return the preferences of a request's OperationPreferences; raises Refused when both of a pair are given."""
    for pair in (("FailureToleranceCount", "FailureTolerancePercentage"), ("MaxConcurrentCount", "MaxConcurrentPercentage")):
        if all(name in given for name in pair):
            raise invalid(f"Either {pair[0]} or {pair[1]} can be specified, but not both")
    return Preferences(
        region_order=tuple(given.get("RegionOrder", ())),
        parallel_regions=given.get("RegionConcurrencyType") == "PARALLEL",
        failure_tolerance_count=given.get("FailureToleranceCount"),
        failure_tolerance_percentage=given.get("FailureTolerancePercentage"),
        max_concurrent_count=given.get("MaxConcurrentCount"),
        max_concurrent_percentage=given.get("MaxConcurrentPercentage"),
        soft=given.get("ConcurrencyMode") == "SOFT_FAILURE_TOLERANCE",
    )
