"""Many losses of a Region, and how they spread: recovery as clients saw it, and payments that their clients gave up."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deployer.drill.simulation.names import resolver_seconds, switch_seconds
from deployer.drill.simulation.traffic import STEP_SECONDS, Course, Payments, oldest_steps
from deployer.drill.simulation.world import World

CHUNK_TRIALS = 200  # what is held in memory at once
SUSTAINED_SECONDS = 4.0
SUSTAINED_REQUESTS = 20
AFTERMATH_SECONDS = 30.0  # what is watched after the last name led elsewhere: a standby may take that long to grow

Seconds = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Quantiles of one figure over all trials; infinite where a trial did not get there."""

    median: float
    p95: float
    p99: float
    worst: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """The outcome of all trials of a world.

    `recovery_seconds` and `switch_seconds` have one figure a trial (infinite: not recovered within the time watched); `failed` counts
    the payments given up, `due` those wanted while it was watched. `bad_share` is the mean share of bad payments for each second since
    the fault.
    """

    world: World
    seed: int
    recovery_seconds: tuple[float, ...]
    switch_seconds: tuple[float, ...]
    failed: tuple[int, ...]
    due: tuple[int, ...]
    bad_share: tuple[float, ...]

    @property
    def recovery(self) -> Spread:
        """How recovery spreads, in seconds."""
        return spread(self.recovery_seconds)

    @property
    def unrecovered_count(self) -> int:
        """Trials that clients did not see the end of."""
        return sum(math.isinf(one) for one in self.recovery_seconds)


def simulate(world: World, *, trials: int, seed: int) -> Simulation:
    """Return what becomes of `trials` losses of the primary Region; the same seed gives the same figures to the last digit."""
    random = np.random.default_rng(seed)
    switched: list[float] = []
    parts: list[Course] = []
    steps = _steps_watched(world)
    for begin in range(0, trials, CHUNK_TRIALS):
        moments = switch_seconds(world, random, min(CHUNK_TRIALS, trials - begin))
        parts.append(Payments(world, resolver_seconds(world, moments, random), random).run(steps))
        switched += moments.tolist()
    due, bad, failed = (np.concatenate([getattr(part, name) for part in parts]) for name in ("due", "bad", "failed"))
    return Simulation(
        world=world,
        seed=seed,
        recovery_seconds=tuple(recovery_seconds(bad, world.payments_per_second).tolist()),
        switch_seconds=tuple(switched),
        failed=tuple(failed.sum(axis=1).tolist()),
        due=tuple(due.sum(axis=1).tolist()),
        bad_share=_by_second(due, bad),
    )


def recovery_seconds(bad: NDArray[np.int64], payments_per_second: float) -> Seconds:
    """Return, for each trial, the seconds from the first bad payment to the first of sustained good ones; shape (trials,).

    `bad` counts by step of the due time, shape (trials, steps). Sustained are SUSTAINED_SECONDS, and as long as SUSTAINED_REQUESTS take.
    """
    window = math.ceil(max(SUSTAINED_SECONDS, SUSTAINED_REQUESTS / payments_per_second) / STEP_SECONDS)
    any_bad = bad > 0
    first = any_bad.argmax(axis=1)
    sums = np.concatenate([np.zeros((len(bad), 1), dtype=np.int64), any_bad.cumsum(axis=1)], axis=1)
    quiet = sums[:, window:] == sums[:, :-window] if window < sums.shape[1] else np.zeros((len(bad), 1), dtype=bool)
    quiet &= np.arange(quiet.shape[1])[None, :] > first[:, None]
    seconds = np.where(quiet.any(axis=1), (quiet.argmax(axis=1) - first) * STEP_SECONDS, np.inf)
    found: Seconds = np.where(any_bad.any(axis=1), seconds, 0.0)
    return found


def spread(figures: tuple[float, ...]) -> Spread:
    """Return the quantiles of figures, infinite ones included: no value is made up between two trials."""
    median, p95, p99, worst = np.quantile(np.asarray(figures, dtype=float), [0.5, 0.95, 0.99, 1.0], method="higher")
    return Spread(median=float(median), p95=float(p95), p99=float(p99), worst=float(worst))


def _steps_watched(world: World) -> int:
    """Return how many steps make sure that every name has moved and a recovery can be seen, or be missed."""
    detection = world.failure_threshold_count * (world.request_interval_seconds + world.failed_probe_seconds)
    lifetime = max(world.record_ttl_seconds, world.clients.stubborn_ttl_seconds if world.stubborn_resolvers_count else 0.0)
    moved = detection + world.publication_seconds[1] + lifetime
    sustained = max(SUSTAINED_SECONDS, SUSTAINED_REQUESTS / world.payments_per_second)
    return math.ceil((moved + AFTERMATH_SECONDS + sustained) / STEP_SECONDS) + 2 * oldest_steps(world)


def _by_second(due: NDArray[np.int64], bad: NDArray[np.int64]) -> tuple[float, ...]:
    width = round(1 / STEP_SECONDS)
    seconds = due.shape[1] // width
    whole = [one[:, : seconds * width].reshape(len(one), seconds, width).sum(axis=(0, 2)) for one in (due, bad)]
    return tuple(np.divide(whole[1], whole[0], out=np.zeros(seconds), where=whole[0] > 0).tolist())
