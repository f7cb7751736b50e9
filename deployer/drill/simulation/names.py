"""When names lead elsewhere: checkers find out, Route 53 publishes, resolvers forget. Times are seconds since the fault.

Each part is an event of one actor with a phase of its own, and nothing in it depends on load; so trials are drawn side by side.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from deployer.drill.simulation.world import World

HEALTHY_PERCENT_MIN = 18  # an endpoint is healthy while more than this share of its checkers says so [F2.1]

Seconds = NDArray[np.float64]


def verdict_seconds(world: World, random: np.random.Generator, trials: int) -> Seconds:
    """Return when the checkers, taken together, call the lost Region unhealthy; shape (trials,).

    A checker's first failing probe begins within an interval of the fault, and each next one an interval after the answer to the last.
    """
    first = random.uniform(0.0, world.request_interval_seconds, size=(trials, world.checkers_count))
    count = world.failure_threshold_count
    turned = first + count * world.failed_probe_seconds + (count - 1) * world.request_interval_seconds
    # Unhealthy as soon as no more than 18 % are left that say otherwise.
    left = math.floor(world.checkers_count * HEALTHY_PERCENT_MIN / 100)
    needed = world.checkers_count - left
    earliest: Seconds = np.partition(turned, needed - 1, axis=1)[:, needed - 1]
    return earliest


def switch_seconds(world: World, random: np.random.Generator, trials: int) -> Seconds:
    """Return when Route 53 begins to answer with the standby; shape (trials,)."""
    return verdict_seconds(world, random, trials) + random.uniform(*world.publication_seconds, size=trials)


def resolver_seconds(world: World, switched: Seconds, random: np.random.Generator) -> Seconds:
    """Return when each resolver forgets the old answer; shape (trials, resolvers), the stubborn ones last.

    Its cache ran out at some moment of its own: uniform within one TTL after the switch.
    """
    lifetimes = np.full(world.clients.resolvers_count, world.record_ttl_seconds)
    stubborn = world.stubborn_resolvers_count
    if stubborn:
        lifetimes[-stubborn:] = np.maximum(world.record_ttl_seconds, world.clients.stubborn_ttl_seconds)
    phases = random.uniform(0.0, 1.0, size=(switched.size, lifetimes.size))
    forgotten: Seconds = switched[:, None] + phases * lifetimes[None, :]
    return forgotten
