"""A scenario becomes deeds in time: in their order, within their phases, healed when it says and not before."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployer.drill.history import PhaseName
from deployer.drill.schedule import roles_gone_for_good, schedule_of
from deployer.params.scenario_load import load_scenario, scenario_names
from tests.support.scenarios import a_scenario

DRILLS = Path(__file__).parents[3] / "drills"


def test_deeds_come_in_the_order_they_are_due() -> None:
    """Phases begin before what happens in them."""
    deeds = schedule_of(
        a_scenario(
            survivor="secondary",
            phases={"warm_up_seconds": 10, "fault_seconds": 60, "heal_seconds": 20, "fail_back_seconds": 30, "settle_seconds": 5},
            actions=[{"kind": "fail-over", "at_seconds": 15.0}],
        )
    )

    assert [(one.at_seconds, one.kind) for one in deeds] == [
        (0, "phase"),
        (10, "phase"),
        (10, "break"),
        (20, "ask-survivor"),
        (25, "fail-over"),
        (70, "phase"),
        (70, "heal-all"),
        (90, "phase"),
        (90, "fail-back"),
        (120, "phase"),
        (125, "end"),
    ]


def test_fault_with_an_end_of_its_own_is_healed_then() -> None:
    """And the survivor is asked before that."""
    fault = {"kind": "dead", "region": "primary", "at_seconds": 5.0, "until_seconds": 13.0}
    deeds = {one.kind: one for one in schedule_of(a_scenario(survivor="secondary", faults=[fault]))}

    assert deeds["break"].at_seconds < deeds["ask-survivor"].at_seconds < deeds["heal"].at_seconds
    assert deeds["heal"].at_seconds - deeds["break"].at_seconds == 8


def test_what_never_returns_is_never_healed() -> None:
    """The Region is gone when the drill ends."""
    scenario = a_scenario(region_returns=False, phases={"heal_seconds": 0})

    assert {"heal", "heal-all"}.isdisjoint(one.kind for one in schedule_of(scenario))
    assert PhaseName.HEAL not in {one.phase for one in schedule_of(scenario)}
    assert roles_gone_for_good(scenario) == ("primary",)
    assert roles_gone_for_good(a_scenario()) == ()


@pytest.mark.parametrize("name", scenario_names(DRILLS))
def test_every_scenario_heals_what_it_breaks_and_ends_when_its_traffic_does(name: str) -> None:
    """Nothing happens after the end."""
    scenario = load_scenario(name, DRILLS)
    deeds = schedule_of(scenario)

    assert deeds[-1].kind == "end"
    assert deeds[-1].at_seconds == scenario.seconds
    assert scenario.region_returns == any(one.kind == "heal-all" for one in deeds)
