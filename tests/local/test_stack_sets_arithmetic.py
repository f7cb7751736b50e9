"""The walk through Regions and accounts as arithmetic: order, concurrency and tolerance for any number of them."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deployer.local.stack_sets.preferences import Preferences, read_preferences
from deployer.local.stack_sets.records import Place
from deployer.local.stack_sets.refusals import Refused
from deployer.local.stack_sets.region_walk import walk

REGIONS = ("ap-south-1", "eu-west-1", "us-east-1")
counts = st.integers(min_value=0, max_value=6)
preferences = st.builds(
    Preferences,
    region_order=st.permutations(REGIONS).map(tuple),
    parallel_regions=st.booleans(),
    failure_tolerance_count=counts,
    max_concurrent_count=st.integers(min_value=1, max_value=6),
    soft=st.booleans(),
)


class Accounts:
    """Accounts in which the work fails where it is told to; remembers what was begun and how much at once."""

    def __init__(self, failing: set[Place]) -> None:
        self._failing, self._lock, self._under_way = failing, Lock(), 0
        self.begun: list[Place] = []
        self.most_at_once = 0

    def perform(self, place: Place) -> bool:
        """Work in a place; tell whether it succeeded."""
        with self._lock:
            self.begun.append(place)
            self._under_way += 1
            self.most_at_once = max(self.most_at_once, self._under_way)
        with self._lock:
            self._under_way -= 1
        return place not in self._failing


def _places(accounts_count: int) -> list[Place]:
    return [(f"{number:012}", region) for region in REGIONS for number in range(accounts_count)]


def _never() -> bool:
    return False


@settings(max_examples=150, deadline=None)
@given(wanted=preferences, accounts_count=st.integers(min_value=1, max_value=5), data=st.data())
def test_failures_never_pass_the_tolerance_by_more_than_one(wanted: Preferences, accounts_count: int, data: st.DataObject) -> None:
    """F4.4: strictly, a Region fails in tolerance + 1 accounts at most, and the walk says whether it went beyond."""
    places = _places(accounts_count)
    accounts = Accounts(set(data.draw(st.lists(st.sampled_from(places), unique=True))))

    within = walk(places, wanted, accounts.perform, _never)

    tolerated = wanted.tolerated_count(accounts_count)
    failures = {region: sum(place[1] == region for place in accounts.begun if place in accounts._failing) for region in REGIONS}
    assert within == all(count <= tolerated for count in failures.values())
    if not wanted.soft:
        assert all(count <= tolerated + 1 for count in failures.values())
    if within:
        assert sorted(accounts.begun) == sorted(places)


@settings(max_examples=100, deadline=None)
@given(wanted=preferences, accounts_count=st.integers(min_value=1, max_value=5), data=st.data())
def test_sequential_regions_never_mix(wanted: Preferences, accounts_count: int, data: st.DataObject) -> None:
    """F4.4, F4.5: Regions come in the order given, and none after one that went beyond the tolerance."""
    places = _places(accounts_count)
    accounts = Accounts(set(data.draw(st.lists(st.sampled_from(places), unique=True))))
    sequential = Preferences(
        region_order=wanted.region_order, failure_tolerance_count=wanted.failure_tolerance_count, max_concurrent_count=3
    )

    walk(places, sequential, accounts.perform, _never)

    visited = list(dict.fromkeys(region for _, region in accounts.begun))
    assert [region for _, region in accounts.begun] == sorted((region for _, region in accounts.begun), key=visited.index)
    assert tuple(visited) == wanted.region_order[: len(visited)]


@pytest.mark.parametrize(("soft", "most"), [(False, 1), (True, 4)])
def test_concurrency_is_what_may_still_fail(soft: bool, most: int) -> None:
    """F4.4: MaxConcurrentCount counts for as much as tolerance + 1, unless SOFT_FAILURE_TOLERANCE."""
    assert Preferences(max_concurrent_count=4, soft=soft).concurrent_count(10, 0) == most


@pytest.mark.parametrize(("failures_count", "allowed"), [(0, 3), (1, 2), (2, 1), (3, 0)])
def test_strict_concurrency_shrinks_with_failures(failures_count: int, allowed: int) -> None:
    """F4.4: each failure takes one from what may run at once."""
    wanted = Preferences(max_concurrent_count=5, failure_tolerance_count=2)

    assert wanted.concurrent_count(10, failures_count) == allowed


@pytest.mark.parametrize(
    ("percentage", "tolerated", "concurrent"),
    [pytest.param(1, 0, 1, id="rounds to none and to one"), pytest.param(39, 1, 1, id="rounds down"), pytest.param(100, 3, 3, id="all")],
)
def test_percentages_round_down(percentage: int, tolerated: int, concurrent: int) -> None:
    """F4.4: of three accounts; a concurrency of less than one account is one."""
    wanted = Preferences(failure_tolerance_percentage=percentage, max_concurrent_percentage=percentage, soft=True)

    assert (wanted.tolerated_count(3), wanted.concurrent_count(3, 0)) == (tolerated, concurrent)


def test_regions_that_are_not_named_follow_alphabetically() -> None:
    """RegionOrder may name some of the Regions, and others that are not concerned."""
    wanted = Preferences(region_order=("us-east-1", "sa-east-1"))

    assert wanted.ordered(["eu-west-1", "us-east-1", "ap-south-1"]) == ("us-east-1", "ap-south-1", "eu-west-1")


@pytest.mark.parametrize(
    "pair", [("FailureToleranceCount", "FailureTolerancePercentage"), ("MaxConcurrentCount", "MaxConcurrentPercentage")]
)
def test_one_of_each_pair(pair: tuple[str, str]) -> None:
    """F4.4: a count and a percentage of the same thing are refused."""
    with pytest.raises(Refused, match="but not both"):
        read_preferences(dict.fromkeys(pair, 1))


def test_stopped_walk_begins_nothing_more() -> None:
    """F4.12: what is asked after each beginning decides about the next."""
    accounts = Accounts(set())
    stopped: Callable[[], bool] = lambda: len(accounts.begun) >= 2  # noqa: E731

    assert walk(_places(3), Preferences(), accounts.perform, stopped)
    assert len(accounts.begun) == 2


def test_nothing_to_visit_is_success() -> None:
    """An operation without instances ends well."""
    assert walk([], Preferences(parallel_regions=True), Accounts(set()).perform, _never)
