"""What the model is told of the world: taken from the parameter file where it says so, and otherwise assumed in plain sight.

A world is one environment, one load and one fault. Everything assumed has a default here, with its source; the report of a
simulation shows all of it, for a figure without its assumptions is worth nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from deployer.params.failover import BLACK_HOLE_SECONDS, PUBLICATION_SECONDS
from deployer.params.model import Environment

FaultKind = Literal["dead", "black-hole"]

ACCOUNT_CONCURRENCY_COUNT = 1000  # Lambda's default quota in a Region [F6.3]
NEW_ENVIRONMENTS_COUNT = 1000  # environments that a function may gain at once, and again in each period [F6.3]
NEW_ENVIRONMENTS_PERIOD_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """Who pays, and how they try again. Seconds, but for counts and shares.

    `resolvers_count` caches stand between them and Route 53, with equal shares of the traffic; `stubborn_share` of those keep an
    answer for `stubborn_ttl_seconds` whatever its TTL says (F2.21).
    """

    attempts_max: int = 4
    timeout_seconds: float = 5.0
    backoff_seconds_max: float = 5.0
    first_backoff_seconds: float = 0.5
    resolvers_count: int = 40
    stubborn_share: float = 0.0
    stubborn_ttl_seconds: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """What the standby can take. `warm_environments_count` is what health checks, canaries and provisioned concurrency keep warm."""

    call_seconds: float = 0.06
    cold_start_seconds: float = 0.9
    warm_environments_count: int = 2
    environments_max: int = ACCOUNT_CONCURRENCY_COUNT
    requests_per_second_max: float = 1000.0
    burst_requests_max: float = 500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One environment under one load, about to lose its primary Region at second 0.

    `checkers_count` ask the endpoint, each with its own phase; `publication_seconds` bounds the uniform time from their verdict
    to Route 53's answer (F2.20).
    """

    fault: FaultKind
    payments_per_second: float
    request_interval_seconds: float
    failure_threshold_count: int
    record_ttl_seconds: float
    checkers_count: int = 16
    probe_seconds: float = 0.05
    publication_seconds: tuple[float, float] = (5.0, float(PUBLICATION_SECONDS))
    clients: Clients = field(default_factory=Clients)
    capacity: Capacity = field(default_factory=Capacity)

    @property
    def failed_probe_seconds(self) -> float:
        """Seconds a failed probe takes: a dead endpoint says no at once, a silent one uses the whole limit (F2.2)."""
        return self.probe_seconds if self.fault == "dead" else float(BLACK_HOLE_SECONDS)

    @property
    def failed_attempt_seconds(self) -> float:
        """Seconds a client spends on an attempt in the lost Region."""
        return self.probe_seconds if self.fault == "dead" else self.clients.timeout_seconds

    @property
    def stubborn_resolvers_count(self) -> int:
        """How many resolvers do not honour the TTL."""
        return round(self.clients.stubborn_share * self.clients.resolvers_count)


def world_of(environment: Environment, *, fault: FaultKind, payments_per_second: float, clients: Clients | None = None) -> World:
    """Return the world that a parameter file describes, under a load in payments a second."""
    payment, limits = environment.functions.payment, environment.api
    return World(
        fault=fault,
        payments_per_second=payments_per_second,
        request_interval_seconds=float(environment.failover.request_interval_seconds),
        failure_threshold_count=environment.failover.failure_threshold_count,
        record_ttl_seconds=float(environment.failover.record_ttl_seconds),
        clients=clients or Clients(),
        capacity=Capacity(
            warm_environments_count=2 + payment.provisioned_concurrency_count,
            environments_max=payment.reserved_concurrency_count or ACCOUNT_CONCURRENCY_COUNT,
            requests_per_second_max=float(limits.requests_per_second_max),
            burst_requests_max=float(limits.burst_requests_max),
        ),
    )
