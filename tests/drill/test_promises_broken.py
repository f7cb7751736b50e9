"""Drills of systems that promise less, or are set up worse: what is lost or slow is found, and the drill exits 9.

Minutes each, as in `test_promises_kept`; in a file of its own, so that both run side by side.
"""

from __future__ import annotations

from pathlib import Path

from deployer.drill.history import Outcome
from tests.support.drilled_systems import REGIONS, a_scenario_file, measured, rolled_out
from tests.support.main_job import ROOT


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
