"""What a standby lets through: no more than was asked, than its stage's bucket holds, than its environments can do."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from deployer.drill.simulation.standby import Standby
from deployer.drill.simulation.world import Capacity

STEP_SECONDS = 0.1
asked = st.lists(st.integers(0, 20_000), min_size=1, max_size=80)


def served(capacity: Capacity, arrivals: list[int]) -> np.ndarray:
    """Return what one standby serves of each step's arrivals."""
    standby = Standby(capacity, trials=1, step_seconds=STEP_SECONDS)
    return np.array([standby.admit(np.array([float(one)]))[0] for one in arrivals])


@given(asked, st.floats(1, 5000), st.floats(1, 5000))
def test_the_stage_lets_through_its_burst_and_its_rate_and_no_more(arrivals: list[int], rate: float, burst: float) -> None:
    """A token bucket, over any beginning of the course."""
    capacity = Capacity(requests_per_second_max=rate, burst_requests_max=burst, environments_max=10**6, warm_environments_count=10**6)

    passed = served(capacity, arrivals)

    assert (passed <= np.array(arrivals)).all()
    assert (passed.cumsum() <= burst + rate * STEP_SECONDS * np.arange(1, len(arrivals) + 1) + 1e-6).all()


@given(asked, st.integers(1, 4000))
def test_no_more_calls_run_at_once_than_the_quota_has_environments(arrivals: list[int], quota: int) -> None:
    """An environment serves one call at a time."""
    capacity = Capacity(requests_per_second_max=1e9, burst_requests_max=1e9, environments_max=quota, call_seconds=0.05)

    assert (served(capacity, arrivals) * 0.05 / STEP_SECONDS <= max(quota, 0.5) + 1e-6).all()


def test_a_cold_standby_gains_a_thousand_environments_at_once_and_a_thousand_in_each_ten_seconds() -> None:
    """6,000 are wanted: there after 50 s, and not before (F6.3)."""
    capacity = Capacity(
        requests_per_second_max=1e9, burst_requests_max=1e9, environments_max=10_000, warm_environments_count=0, call_seconds=0.1
    )

    passed = served(capacity, [6000] * 520)

    assert passed[0] == 1000
    assert abs(passed[100] - 2000) <= 20
    assert passed[480] < 6000
    assert passed[519] == 6000
