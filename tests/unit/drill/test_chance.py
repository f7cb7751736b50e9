"""Schedules by chance are sound scenarios, each in its stretch, healed before the next; and the same for the same seed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deployer.drill.chance import HEALED_SECONDS, SEEDS_MAX, STRETCH_SECONDS, scenario_by_chance
from deployer.params.scenario_rules import SCENARIO_RULES

SEEDS = st.lists(st.integers(0, 10_000), min_size=1, max_size=SEEDS_MAX)


def breaches(seeds: list[int]) -> list[str]:
    """Return what is wrong with the scenario of these seeds, by the rules that files are read with."""
    values = scenario_by_chance(seeds).model_dump(exclude_unset=True)
    scenario = scenario_by_chance(seeds)
    told = []
    for rule in SCENARIO_RULES:
        arguments = [
            values.get(name, getattr(scenario, name)) if name in ("faults", "actions") else getattr(scenario, name) for name in rule.reads
        ]
        told += [breach.sentence for breach in rule.check(*arguments)]
    return told


@settings(max_examples=50, deadline=None)
@given(SEEDS)
def test_schedules_by_chance_are_sound(seeds: list[int]) -> None:
    """Whatever was drawn can be drilled."""
    assert breaches(seeds) == []


@settings(max_examples=50, deadline=None)
@given(SEEDS)
def test_each_schedule_ends_healed_within_its_stretch(seeds: list[int]) -> None:
    """With calm before the next one."""
    scenario = scenario_by_chance(seeds)

    for fault in scenario.faults:
        begin = fault.at_seconds // STRETCH_SECONDS * STRETCH_SECONDS
        assert fault.until_seconds is not None
        assert fault.at_seconds < fault.until_seconds <= begin + HEALED_SECONDS


def test_hundred_seeds_draw_every_kind_of_fault_and_people_too() -> None:
    """Otherwise a hundred schedules would prove less than they seem to."""
    scenarios = [scenario_by_chance(range(first, first + SEEDS_MAX)) for first in range(1, 101, SEEDS_MAX)]

    assert len({fault.kind for one in scenarios for fault in one.faults}) == 9
    assert {action.kind for one in scenarios for action in one.actions} == {"fail-over", "fail-back"}
    assert len({one.traffic.payments_per_second for one in scenarios}) > 1


def test_same_seeds_are_the_same_scenario() -> None:
    """A drill that was lost can be drilled again."""
    assert scenario_by_chance((7, 8)) == scenario_by_chance((7, 8))
    assert scenario_by_chance((7, 8)).faults != scenario_by_chance((9, 10)).faults
    assert scenario_by_chance((7, 8)).faults[0] == scenario_by_chance((7,)).faults[0]


@pytest.mark.parametrize("count", [0, SEEDS_MAX + 1])
def test_too_many_seeds_for_a_drill_are_refused(count: int) -> None:
    """A drill has an end."""
    with pytest.raises(ValueError, match="seeds make a drill"):
        scenario_by_chance(range(count))
