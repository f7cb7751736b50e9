"""Drills of a whole system on the embedded AWS: what its parameters promise is measured.

Minutes: a roll-out and two drills. Checkers', canaries' and clients' seconds pass faster, and what is measured is scaled back.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deployer.drill.history import DrillRecord, Verdict
from deployer.drill.simulation.trials import simulate
from deployer.drill.simulation.world import Clients, world_of
from deployer.params.load import load_environment
from deployer.params.scenario_load import load_scenario
from tests.support.drilled_systems import REGIONS, TIME_SCALE, Drilled, rolled_out
from tests.support.main_job import ROOT


@pytest.fixture(scope="module")
def strong(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drilled]:
    """The system of params/local.yaml."""
    with rolled_out(tmp_path_factory.mktemp("strong")) as system:
        yield system


@pytest.fixture(scope="module")
def drilled(strong: Drilled) -> dict[str, tuple[DrillRecord, Verdict]]:
    """What two scenarios on it came to, by name."""
    return {name: strong.drill(ROOT / "drills" / f"{name}.yaml")[1:] for name in ("primary-black-hole", "split-brain")}


@pytest.mark.parametrize("name", ["primary-black-hole", "split-brain"])
def test_strong_table_loses_and_duplicates_nothing(drilled: dict[str, tuple[DrillRecord, Verdict]], name: str) -> None:
    """By clients, both ledgers and both audit logs, after a failover and with both Regions taking payments at once."""
    record, verdict = drilled[name]
    payments = (
        "data-loss",
        "settled-reads",
        "lookups",
        "one-payment-a-key",
        "answers-agree",
        "ledger-agrees",
        "unknowns-settled",
        "audit-once",
    )

    assert [one for one in verdict.findings if one.rule in payments and one.broken] == []
    assert {one.acknowledged.region for one in record.requests if one.acknowledged} == set(REGIONS)
    assert record.time_scale == TIME_SCALE


def test_the_model_foretells_what_is_measured(drilled: dict[str, tuple[DrillRecord, Verdict]]) -> None:
    """The same parameters, load and clients, a thousand times as a model: the one real loss is not far from all of them.

    How far it may be is what scaled time and a busy machine add: no machine is faster because seconds are called shorter.
    """
    _, verdict = drilled["primary-black-hole"]
    traffic = load_scenario("primary-black-hole", ROOT / "drills").traffic
    clients = Clients(
        attempts_max=traffic.attempts_max,
        timeout_seconds=traffic.timeout_seconds,
        backoff_seconds_max=traffic.backoff_seconds_max,
        resolvers_count=traffic.clients,
    )
    environment = load_environment(ROOT / "params" / "local.yaml")
    world = world_of(environment, fault="black-hole", payments_per_second=traffic.payments_per_second, clients=clients)
    foretold = simulate(world, trials=1000, seed=1).recovery_seconds

    assert verdict.recovery_seconds is not None
    assert min(foretold) * 0.8 <= verdict.recovery_seconds <= max(foretold) * 1.4
