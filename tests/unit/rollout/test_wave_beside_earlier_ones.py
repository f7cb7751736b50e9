"""A wave does not wait for Regions that had their turn; where they may not have had it, one Region goes after another (fact 4.5)."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.rollout.context import RolloutContext
from deployer.rollout.stack_set_rollout import roll_out_stack_set
from tests.support.rollout.fake_aws import FakeAws
from tests.support.rollout.plans import HOME, PEER, a_plan, a_stack_set_rollout

BODY = "Resources: {A: {}}"


def two_waves() -> tuple[FakeAws, list[dict[str, Any]]]:
    """Return a world whose first wave is done, and the preferences of every update from then on."""
    world, asked = FakeAws(), list[dict[str, Any]]()
    world.stack_sets.add(PEER, HOME)
    perform(world, regions=(HOME,), operation_id="rollout-0001")
    send = world.stack_sets.update_stack_set

    def kept(**request: Any) -> Any:
        asked.append(request["OperationPreferences"])
        return send(**request)

    world.stack_sets.update_stack_set = kept  # type: ignore[method-assign]
    return world, asked


def perform(world: FakeAws, **different: Any) -> None:
    """Roll one wave out."""
    step = a_stack_set_rollout(BODY, action="update", new_regions=(), **different)
    plan = a_plan(step, bodies=(BODY,))
    roll_out_stack_set(step, RolloutContext(plan=plan, aws=world.aws(), clock=world.clock, listener=lambda event: None))


def second_wave(world: FakeAws) -> None:
    """Roll the second wave out."""
    perform(world, regions=(PEER,), earlier_regions=(HOME,), operation_id="rollout-0002")


def test_wave_goes_beside_regions_that_had_their_turn() -> None:
    """There is nothing to be done in them, and so nothing to wait for."""
    world, asked = two_waves()

    second_wave(world)

    [preferences] = asked
    assert preferences == {"RegionConcurrencyType": "PARALLEL", "FailureToleranceCount": 0, "MaxConcurrentCount": 1}


@pytest.mark.parametrize(("status", "detailed"), [("OUTDATED", "SUCCEEDED"), ("CURRENT", "FAILED")])
def test_wave_comes_after_a_region_that_is_not_as_it_should_be(status: str, detailed: str) -> None:
    """Should its update fail, this wave's Region is not begun."""
    world, asked = two_waves()
    world.stack_sets.instances[HOME] |= {"Status": status, "StackInstanceStatus": {"DetailedStatus": detailed}}

    second_wave(world)

    [preferences] = asked
    assert (preferences["RegionConcurrencyType"], preferences["RegionOrder"]) == ("SEQUENTIAL", [HOME, PEER])


def test_wave_that_brings_a_definition_comes_after_the_earlier_regions() -> None:
    """Somebody gave the StackSet another one in between: the earlier Region moves again, and first."""
    world, asked = two_waves()
    assert world.stack_sets.definition is not None
    world.stack_sets.definition["TemplateBody"] = "Resources: {B: {}}"

    second_wave(world)

    [preferences] = asked
    assert (preferences["RegionConcurrencyType"], preferences["RegionOrder"]) == ("SEQUENTIAL", [HOME, PEER])
