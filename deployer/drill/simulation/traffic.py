"""Payments of many trials at once, step by step: who is sent where, who tries again, and what comes of each due moment.

Payments are counts, not objects, so that 100,000 a second cost what ten do. A count is kept by how often it was tried and how many
of those tries went to the lost Region, because the two together say when it was due.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deployer.drill.simulation.standby import Standby
from deployer.drill.simulation.world import World

STEP_SECONDS = 0.1
THROTTLED_SECONDS = 0.05  # how long a client waits to be told no

Counts = NDArray[np.int64]
Steps = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What became of the payments that were due in each step; every array has the shape (trials, steps judged)."""

    due: Counts
    bad: Counts  # not taken by the first attempt, as the verdict on a real drill has it, whatever became of them later
    failed: Counts  # given up by their client


@dataclass(frozen=True, slots=True)
class Tries:
    """What a waiting count has behind it: the lost attempts came first, for a resolver never leads back."""

    attempts: int
    lost: int


def pause_seconds(world: World, attempts: int) -> float:
    """Return the mean pause after the given number of attempts: exponential, capped, full jitter."""
    clients = world.clients
    return min(clients.backoff_seconds_max, clients.first_backoff_seconds * math.pow(2, attempts - 1)) / 2


def age_steps(world: World, tries: Tries) -> int:
    """Return how many steps after it was due a payment makes the attempt that follows `tries`."""
    return sum(_steps_to_next(world, number, lost=number <= tries.lost) for number in range(1, tries.attempts + 1))


def oldest_steps(world: World) -> int:
    """Return after how many steps every payment has been answered or given up."""
    last = world.clients.attempts_max - 1
    return age_steps(world, Tries(last, last)) + math.ceil(world.failed_attempt_seconds / STEP_SECONDS) + 1


def _steps_to_next(world: World, number: int, *, lost: bool) -> int:
    """Return the steps from attempt `number`, lost or throttled, to the one after it."""
    told = world.failed_attempt_seconds if lost else THROTTLED_SECONDS
    return max(1, round((told + pause_seconds(world, number)) / STEP_SECONDS))


class Payments:
    """The payments of all trials; `forgotten` says at which second each resolver leads elsewhere, shape (trials, resolvers)."""

    def __init__(self, world: World, forgotten: NDArray[np.float64], random: np.random.Generator) -> None:
        self._world = world
        self._random = random
        self._moves: Steps = np.ceil(forgotten / STEP_SECONDS).astype(np.int64)
        self._standby = Standby(world.capacity, forgotten.shape[0], STEP_SECONDS)
        self._waiting: dict[tuple[Tries, int], Counts] = {}

    def run(self, steps: int) -> Course:
        """Return the course of `steps` steps, of which those are judged whose payments were all settled by the end."""
        trials = self._moves.shape[0]
        self._due, self._bad, self._failed = (np.zeros((trials, steps), dtype=np.int64) for _ in range(3))
        for step in range(steps):
            self._pass(step)
        judged = steps - oldest_steps(self._world)
        return Course(due=self._due[:, :judged], bad=self._bad[:, :judged], failed=self._failed[:, :judged])

    def _pass(self, step: int) -> None:
        rate = self._world.payments_per_second * STEP_SECONDS / self._moves.shape[1]
        arrived = self._random.poisson(rate, size=self._moves.shape)
        self._due[:, step] = arrived.sum(axis=1)
        ready = [(Tries(0, 0), arrived), *self._woken(step)]
        moved = self._moves <= step
        asked = [np.where(moved, count, 0) for _, count in ready]
        wanted = np.sum([one.sum(axis=1) for one in asked], axis=0).astype(float)
        served = self._standby.admit(wanted)
        share = np.divide(served, wanted, out=np.ones_like(served), where=wanted > 0)
        for (tries, count), here in zip(ready, asked, strict=True):
            self._answer(step, tries, count - here, here, share)

    def _woken(self, step: int) -> Iterator[tuple[Tries, Counts]]:
        for tries, when in [key for key in self._waiting if key[1] == step]:
            yield tries, self._waiting.pop((tries, when))

    def _answer(self, step: int, tries: Tries, lost: Counts, here: Counts, share: NDArray[np.float64]) -> None:
        served = here if (share >= 1).all() else self._random.binomial(here, share[:, None])
        age = age_steps(self._world, tries)
        if tries.attempts:
            self._bad[:, step - age] += served.sum(axis=1)
        self._again(step - age, Tries(tries.attempts + 1, tries.lost + 1), lost)
        self._again(step - age, Tries(tries.attempts + 1, tries.lost), here - served)

    def _again(self, due: int, tries: Tries, count: Counts) -> None:
        """Let a count wait for its next attempt, or give it up."""
        if not count.any():
            return
        if tries.attempts >= self._world.clients.attempts_max:
            for sums in (self._bad, self._failed):
                sums[:, due] += count.sum(axis=1)
            return
        self._waiting[tries, due + age_steps(self._world, tries)] = count
