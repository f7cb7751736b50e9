"""Builders of the simulation's worlds: a small one with changes, and strategies over many."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from deployer.drill.simulation.world import Capacity, Clients, World

AMPLE = Capacity(environments_max=1_000_000, warm_environments_count=100_000, requests_per_second_max=1e9, burst_requests_max=1e9)


def a_world(**changes: Any) -> World:
    """Return ten payments a second on a standby without limits, the primary silent."""
    given: dict[str, Any] = {
        "fault": "black-hole",
        "payments_per_second": 10.0,
        "request_interval_seconds": 10.0,
        "failure_threshold_count": 2,
        "record_ttl_seconds": 10.0,
        "capacity": AMPLE,
    }
    return World(**given | changes)


def worlds() -> st.SearchStrategy[World]:
    """Return worlds of every setting a parameter file may have, standbys large and small, clients patient and not."""
    clients = st.builds(
        Clients,
        attempts_max=st.integers(1, 4),
        timeout_seconds=st.floats(0.3, 6),
        backoff_seconds_max=st.floats(0, 6),
        resolvers_count=st.integers(1, 12),
    )
    capacity = st.builds(
        Capacity,
        environments_max=st.integers(1, 3000),
        warm_environments_count=st.integers(0, 50),
        requests_per_second_max=st.floats(1, 5000),
        burst_requests_max=st.floats(1, 5000),
    )
    return st.builds(
        a_world,
        fault=st.sampled_from(("dead", "black-hole")),
        payments_per_second=st.floats(0.5, 5000),
        request_interval_seconds=st.sampled_from((10.0, 30.0)),
        failure_threshold_count=st.integers(1, 4),
        record_ttl_seconds=st.floats(1, 60),
        clients=clients,
        capacity=st.one_of(st.just(AMPLE), capacity),
    )
