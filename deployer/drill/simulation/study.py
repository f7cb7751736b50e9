"""Which worlds are worth simulating for one parameter file: each load under the file's own limits and, where those do not suffice, raised.

A standby that is large enough on paper and refused by a quota is the commonest way to lose the second Region as well; so the study
says what would have been enough instead of only that it was not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace

from deployer.drill.simulation.trials import Simulation, simulate
from deployer.drill.simulation.world import Clients, FaultKind, World, world_of
from deployer.params.model import Environment

Stage = Callable[[str, str], AbstractContextManager[None]]

ROOM = 2.0  # raised limits take this many times the load: the retries of a lost minute come on top of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One simulation and whether it ran under the limits of the parameter file or under raised ones."""

    simulation: Simulation
    raised: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of the model; `payments_per_second` are the loads to try."""

    fault: FaultKind
    payments_per_second: tuple[float, ...]
    trials: int
    seed: int
    clients: Clients = field(default_factory=Clients)


def study(environment: Environment, question: Question, stage: Stage) -> Iterator[Case]:
    """Yield a case for each load and, where the file's limits kept clients waiting beyond its own bound, a second with raised ones.

    `stage` is entered around each simulation with a word and a sentence for it.
    """
    for load in question.payments_per_second:
        world = world_of(environment, fault=question.fault, payments_per_second=load, clients=question.clients)
        given = _case(world, question, stage, raised=False)
        yield given
        if given.simulation.recovery.p99 > environment.failover.recovery_seconds_max and limits_bind(world):
            yield _case(with_limits_raised(world), question, stage, raised=True)


def _case(world: World, question: Question, stage: Stage, *, raised: bool) -> Case:
    sentence = f"{question.trials:,} losses under {world.payments_per_second:,.0f} payments a second" + (
        ", limits raised" if raised else ""
    )
    with stage("simulate", sentence):
        return Case(simulation=simulate(world, trials=question.trials, seed=question.seed), raised=raised)


def limits_bind(world: World) -> bool:
    """Tell whether any limit of the standby is below what the raised ones would be."""
    return with_limits_raised(world).capacity != world.capacity


def with_limits_raised(world: World) -> World:
    """Return the world with a stage and a concurrency that take ROOM times the load; limits that do already are left alone.

    What is kept warm is raised along with them: new environments come no faster than Lambda makes them (F6.3), whatever the quota.
    """
    load, capacity = world.payments_per_second * ROOM, world.capacity
    environments = math.ceil(load * capacity.call_seconds)
    return replace(
        world,
        capacity=replace(
            capacity,
            requests_per_second_max=max(capacity.requests_per_second_max, load),
            burst_requests_max=max(capacity.burst_requests_max, load),
            environments_max=max(capacity.environments_max, environments),
        ),
    )
