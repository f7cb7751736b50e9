"""Drills of whole systems on the embedded AWS: what the parameters promise is measured, and what they do not promise is found broken.

Minutes each: a roll-out, the drill, the minute that the audit log gathers. Checkers', canaries' and clients' seconds pass faster, and
what is measured is scaled back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from deployer.drill.history import DrillRecord, Outcome, Verdict
from deployer.drill.record_file import read_record_file
from deployer.drill.simulation.trials import simulate
from deployer.drill.simulation.world import Clients, world_of
from deployer.local import control
from deployer.params.load import load_environment
from deployer.params.scenario_load import load_scenario
from tests.support.main_job import ROOT, Copy, a_copy

REGIONS = ("us-east-1", "us-east-2")
TIME_SCALE = 3.0


@dataclass(frozen=True, slots=True)
class Drilled:
    """A system that was rolled out; `drill` says how one scenario on it ended."""

    copy: Copy

    def drill(self, scenario: Path) -> tuple[int, DrillRecord, Verdict]:
        """Return the exit code, the record and the verdict."""
        ended = self.copy.run("drill", self.copy.params, "--scenario", scenario, "--out", self.copy.folder / "out")
        assert ended.exit_code in (0, 9), ended.output
        return (ended.exit_code, *read_record_file(self.copy.folder / "out" / scenario.stem / "record.json"))


@contextmanager
def rolled_out(folder: Path, *, lag_seconds: float = 0.5, **changes: dict[str, Any]) -> Iterator[Drilled]:
    """Roll the local parameters out with these changes, and take the embedded AWS down on the way out."""
    with a_copy(folder) as copy:
        values = yaml.safe_load(copy.params.read_text())
        for group, fields in changes.items():
            values[group] = values.get(group, {}) | fields
        copy.params.write_text(yaml.safe_dump(values))
        control.start(copy.home, REGIONS, port=0, edge_port=0, dns_port=0, time_scale=TIME_SCALE, replication_lag_seconds=lag_seconds)
        ended = copy.run("roll-out", copy.params, "--yes")
        assert ended.exit_code == 0, ended.output
        yield Drilled(copy)


def a_scenario_file(folder: Path, name: str, **changes: Any) -> Path:
    """Write one of the project's scenarios with changes to its groups, and return where it is."""
    values = yaml.safe_load((ROOT / "drills" / f"{name}.yaml").read_text())
    for group, fields in changes.items():
        values[group] = values[group] | fields if isinstance(values.get(group), dict) else fields
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(values))
    return path


def measured(verdict: Verdict, rule: str) -> tuple[bool, str]:
    """Return whether a rule was broken, and what was measured."""
    [finding] = [one for one in verdict.findings if one.rule == rule]
    return finding.broken, finding.measured


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


def test_eventual_table_loses_what_was_under_way(tmp_path: Path) -> None:
    """A Region that never returns takes the last seconds' payments with it; the drill says how many and how old, and exits 9."""
    with rolled_out(tmp_path, lag_seconds=4.0, table={"consistency": "eventual"}) as system:
        code, record, verdict = system.drill(ROOT / "drills" / "region-never-returns.yaml")

    assert code == 9
    assert measured(verdict, "data-loss")[0]
    assert measured(verdict, "survivor-reads")[0]
    assert not measured(verdict, "one-payment-a-key")[0]
    assert record.lost_regions == REGIONS[:1]


def test_slow_parameters_are_measured_to_be_slow(tmp_path: Path) -> None:
    """30 s three times and a TTL of 60 s: more than two minutes, whatever was hoped for."""
    failover = {"request_interval_seconds": 30, "failure_threshold_count": 3, "record_ttl_seconds": 60, "recovery_seconds_max": 200}
    with rolled_out(tmp_path, failover=failover) as system:
        scenario = a_scenario_file(tmp_path, "primary-black-hole", phases={"fault_seconds": 240, "heal_seconds": 20})
        code, record, verdict = system.drill(scenario)

    assert code == 9
    assert measured(verdict, "recovery")[0]
    assert verdict.recovery_seconds is not None
    assert 120 < verdict.recovery_seconds < 240
    assert any(attempt.outcome is Outcome.UNANSWERED for one in record.requests for attempt in one.attempts)
