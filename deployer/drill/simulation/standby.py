"""What the standby lets through: API Gateway's token bucket, then Lambda's environments, which grow by 1,000 in 10 s (F6.3).

One object stands for the standby of many trials at once; every array has the shape (trials,).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from deployer.drill.simulation.world import NEW_ENVIRONMENTS_COUNT, NEW_ENVIRONMENTS_PERIOD_SECONDS, Capacity

Counts = NDArray[np.float64]


class Standby:
    """The survivor's capacity as time passes in steps of `step_seconds`."""

    def __init__(self, capacity: Capacity, trials: int, step_seconds: float) -> None:
        self._capacity = capacity
        self._step_seconds = step_seconds
        self._tokens = np.full(trials, capacity.burst_requests_max)
        self._environments = np.full(trials, float(min(capacity.warm_environments_count, capacity.environments_max)))
        self._growth = np.full(trials, float(NEW_ENVIRONMENTS_COUNT))

    def admit(self, wanted: Counts) -> Counts:
        """Return how many of the requests that arrive in one step are served; the rest is throttled at once (429 or 503)."""
        rate = self._capacity.requests_per_second_max * self._step_seconds
        # Never less than one request: a steady rate below one a step would otherwise starve.
        self._tokens = np.minimum(self._tokens + rate, max(1.0, self._capacity.burst_requests_max))
        passed = np.minimum(wanted, np.floor(self._tokens))
        self._grow(passed)
        served: Counts = np.minimum(
            passed, np.maximum(1.0, np.floor(self._environments * self._step_seconds / self._capacity.call_seconds))
        )
        self._tokens -= passed
        return served

    def _grow(self, wanted: Counts) -> None:
        """Add environments for what is wanted, as far as the growth of the last seconds and the quota allow."""
        refill = NEW_ENVIRONMENTS_COUNT * self._step_seconds / NEW_ENVIRONMENTS_PERIOD_SECONDS
        self._growth = np.minimum(self._growth + refill, NEW_ENVIRONMENTS_COUNT)
        needed = np.ceil(wanted * self._capacity.call_seconds / self._step_seconds)
        room = np.minimum(needed, self._capacity.environments_max) - self._environments
        added = np.floor(np.clip(room, 0.0, self._growth))
        self._environments += added
        self._growth -= added
