"""A drill drives what it is given in the right order, asks every witness, and leaves nothing broken behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deployer.drill.failover_drill import run_drill
from deployer.drill.history import DrillRecord, PhaseName
from deployer.drill.verdict import judge
from deployer.params.scenario import Scenario
from deployer.vocabulary.clock import SystemClock
from deployer.vocabulary.errors import DeployerError, InputRefused
from tests.support.drill_hands import FakeHands, FakeWatcher
from tests.support.paying_regions import EAST, MIDDLE, PayingRegions, paying_regions, target_of
from tests.support.scenarios import a_scenario

# Twenty times as fast: five seconds of traffic.
SHORT: dict[str, Any] = {
    "phases": {"warm_up_seconds": 30, "fault_seconds": 40, "heal_seconds": 20, "fail_back_seconds": 0, "settle_seconds": 10},
    "traffic": {
        "payments_per_second": 15,
        "clients": 3,
        "reads_share": 0.3,
        "replays_share": 0.3,
        "attempts_max": 8,
        "connection_seconds_max": 1,
    },
    "limits": {"recovery_seconds_max": 600, "split_brain_seconds_max": 600, "failed_requests_max": 0, "sustained_good_requests": 5},
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[PayingRegions]:
    """Two Regions for one test."""
    with paying_regions(tmp_path) as running:
        running.ttl_seconds = 0
        yield running


def drill(hands: FakeHands, scenario: Scenario) -> DrillRecord:
    """Return what a drill with these hands left behind."""
    return run_drill(
        scenario, target_of(hands.world), hands, environment="test", consistency="STRONG", clock=SystemClock(), watcher=FakeWatcher()
    )


def broken(record: DrillRecord, scenario: Scenario) -> set[str]:
    """Return the rules that the record breaks, but for those a busy machine may break."""
    findings = judge(record, scenario.limits).findings
    return {one.rule for one in findings if one.broken} - {"load-generator", "machine", "steady-before", "recovery", "failed-requests"}


def test_drill_of_a_lost_region_is_judged_sound(world: PayingRegions) -> None:
    """From a steady system over a failover to three witnesses that agree."""
    hands, scenario = FakeHands(world), a_scenario(survivor="secondary", **SHORT)
    record = drill(hands, scenario)

    assert broken(record, scenario) == set()
    assert hands.done == ["break", "heal", f"reconcile {EAST}", f"reconcile {MIDDLE}"]
    assert (record.survivor, record.lost_regions, record.unasked, record.time_scale) == (MIDDLE, (), (), 20.0)
    assert {one.acknowledged.region for one in record.requests if one.acknowledged} == {EAST, MIDDLE}
    assert {read.moment for read in record.reads} == {PhaseName.FAULT, PhaseName.SETTLE}
    assert {sample.answer_region for sample in record.samples} == {EAST, MIDDLE}
    assert any(sample.faults for sample in record.samples)
    assert any(mark.text == f"the name leads to {MIDDLE}" for mark in record.marks)
    assert all(one.idempotency_key in world.ledger for one in record.requests)


@pytest.mark.parametrize(("rules", "found"), [("by chance", "one-payment-a-key"), ("stale", "answers-agree")])
def test_broken_rules_of_taking_payments_are_found(world: PayingRegions, rules: str, found: str) -> None:
    """The verdict can fail: on a function that draws ids by chance, and on one that replays something else."""
    world.rules = rules
    scenario = a_scenario(**SHORT)

    assert found in broken(drill(FakeHands(world), scenario), scenario)


def test_region_that_never_returns_stays_away_until_the_last_read(world: PayingRegions) -> None:
    """Then it is healed all the same: a drill leaves nothing broken."""
    changes = SHORT | {"phases": SHORT["phases"] | {"heal_seconds": 0}}
    hands, scenario = FakeHands(world), a_scenario(region_returns=False, survivor="secondary", **changes)
    record = drill(hands, scenario)

    assert record.lost_regions == (EAST,)
    assert hands.done == ["break", f"reconcile {MIDDLE}", "heal"]
    assert {read.region for read in record.reads} == {MIDDLE}
    assert broken(record, scenario) == set()


def test_people_act_when_the_scenario_says(world: PayingRegions) -> None:
    """A broken release, a failover by hand, the release taken back with the heal, a fail-back."""
    changes = SHORT | {"phases": SHORT["phases"] | {"fail_back_seconds": 20}}
    actions = [{"kind": "broken-roll-out", "region": "primary"}, {"kind": "fail-over", "at_seconds": 10.0}]
    hands = FakeHands(world)
    record = drill(hands, a_scenario(faults=[], actions=actions, **changes))

    assert hands.done[:4] == ["release-broken", "fail-over", "release-good", "fail-back"]
    assert not world.held
    assert any(sample.held for sample in record.samples)
    assert [(one.intent, one.took_seconds is not None) for one in record.moves] == [("fail-over", True), ("fail-back", True)]


def test_names_that_do_not_follow_an_operator_lose_the_drill(world: PayingRegions) -> None:
    """Nothing else would tell: whoever stays in a Region that is well is served."""
    hands, scenario = FakeHands(world, nailed_down=True), a_scenario(faults=[], actions=[{"kind": "fail-over"}], **SHORT)

    assert broken(drill(hands, scenario), scenario) == {"moves"}


def test_silent_witness_is_named(world: PayingRegions) -> None:
    """The drill ends all the same, and the verdict says who was silent."""
    hands, scenario = FakeHands(world, silent={EAST}), a_scenario(**SHORT)
    record = run_drill(
        scenario, target_of(world), hands, environment="test", consistency="STRONG", clock=_Impatient(), watcher=FakeWatcher()
    )

    assert record.unasked == (("ledger", EAST), ("audit", EAST))
    assert {"ledger-agrees", "audit-once"} <= broken(record, scenario)


def test_drill_does_not_begin_on_what_is_held_or_broken(world: PayingRegions) -> None:
    """Nothing is injected, and what is wrong is said."""
    for prepare, reason in ((_hold, "the hold is set"), (_break, "it is broken already"), (_lead_away, "leads to us-east-2")):
        hands = FakeHands(world)
        undo = prepare(hands)
        with pytest.raises(InputRefused, match=reason):
            run_drill(
                a_scenario(**SHORT),
                target_of(world),
                hands,
                environment="test",
                consistency="STRONG",
                clock=_Impatient(),
                watcher=FakeWatcher(),
            )
        undo()

        assert "break" not in hands.done[1:]


def test_whatever_goes_wrong_everything_is_put_right(world: PayingRegions) -> None:
    """The heal is refused once; the drill ends there, and heals and fails back on its way out."""
    hands = FakeHands(world, refuses={"heal"})
    scenario = a_scenario(actions=[{"kind": "fail-over", "at_seconds": 5.0}], **SHORT)

    with pytest.raises(DeployerError, match="heal is refused"):
        drill(hands, scenario)
    assert hands.done == ["break", "fail-over", "heal", "heal", "fail-back"]
    assert (world.ill, world.held, hands.faults) == ({}, False, {})


def test_what_cannot_be_put_right_is_told(world: PayingRegions) -> None:
    """With the way to do it by hand."""
    hands = FakeHands(world)
    hands.refuses = {"heal", "fail-back"}
    scenario = a_scenario(
        region_returns=False, actions=[{"kind": "fail-over"}], **SHORT | {"phases": SHORT["phases"] | {"heal_seconds": 0}}
    )

    with pytest.raises(DeployerError, match="Not everything could be put right") as told:
        drill(hands, scenario)
    assert "heal is refused" in told.value.detail
    assert "fail-back is refused" in told.value.detail


class _Impatient(SystemClock):
    """Hours pass between two looks that are seconds apart; drills' own steps take what they take."""

    def __init__(self) -> None:
        self._skipped = 0.0

    def monotonic_seconds(self) -> float:
        """Return the machine's seconds and those that were skipped."""
        return super().monotonic_seconds() + self._skipped

    def sleep(self, seconds: float) -> None:
        """Skip long waits."""
        if seconds > 1:
            self._skipped += 1000
        else:
            super().sleep(seconds)


def _hold(hands: FakeHands) -> Any:
    hands.world.held = True
    return hands.fail_back


def _break(hands: FakeHands) -> Any:
    fault = hands.break_it(a_scenario().faults[0])
    return lambda: hands.heal(fault)


def _lead_away(hands: FakeHands) -> Any:
    hands.world.leads_to = MIDDLE
    return lambda: setattr(hands.world, "leads_to", EAST)
