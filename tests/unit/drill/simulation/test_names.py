"""When names lead elsewhere: never later than the arithmetic that `check` does, never sooner than two streaks allow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.drill.simulation.names import resolver_seconds, switch_seconds, verdict_seconds
from deployer.drill.simulation.world import Clients, World
from deployer.params.failover import worst_case_recovery
from deployer.params.model import FailoverParameters
from tests.support.worlds import a_world, worlds

TRIALS = 50


@given(worlds(), st.integers(0, 2**32))
def test_no_name_moves_later_than_the_worst_case_that_check_sums_up(world: World, seed: int) -> None:
    """The sum is a bound on every trial, whatever the phases."""
    random = np.random.default_rng(seed)
    forgotten = resolver_seconds(world, switch_seconds(world, random, TRIALS), random)
    bound = worst_case_recovery(
        FailoverParameters(
            request_interval_seconds=10 if world.request_interval_seconds == 10 else 30,
            failure_threshold_count=world.failure_threshold_count,
            record_ttl_seconds=int(np.ceil(world.record_ttl_seconds)),
        )
    )

    assert forgotten.max() <= bound.worst_case_seconds


@given(worlds(), st.integers(0, 2**32))
def test_no_verdict_falls_before_a_streak_can_be_seen(world: World, seed: int) -> None:
    """The second failing probe comes an interval after the first."""
    streak = (
        world.failure_threshold_count - 1
    ) * world.request_interval_seconds + world.failure_threshold_count * world.failed_probe_seconds

    assert verdict_seconds(world, np.random.default_rng(seed), TRIALS).min() >= streak


def test_one_wrong_checker_of_sixteen_neither_hastens_nor_hinders() -> None:
    """Two of sixteen may still say healthy; the fifteenth does not matter: more than 18 % would be three."""
    world = a_world(checkers_count=16)
    random = np.random.default_rng(7)
    first = np.random.default_rng(7).uniform(0, 10, size=(TRIALS, 16))
    expected = np.sort(first, axis=1)[:, 13] + 2 * 6 + 10

    assert verdict_seconds(world, random, TRIALS) == pytest.approx(expected)


def test_a_stubborn_resolver_keeps_its_answer_beyond_the_ttl() -> None:
    """A quarter of the resolvers here, and no other."""
    world = a_world(clients=Clients(resolvers_count=8, stubborn_share=0.25, stubborn_ttl_seconds=300))
    switched = np.zeros(200)

    late = resolver_seconds(world, switched, np.random.default_rng(1)) > world.record_ttl_seconds

    assert late[:, :6].sum() == 0
    assert late[:, 6:].mean() > 0.9
