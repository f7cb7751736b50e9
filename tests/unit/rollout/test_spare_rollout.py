"""A wave of spares: one operation for all its accounts, attached to and never done twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deployer.planning.spares import SpareRollout
from deployer.rollout.context import RolloutContext
from deployer.rollout.spare_rollout import roll_out_spares
from deployer.vocabulary.errors import RolloutFailed
from deployer.vocabulary.events import Event, RegionSettled
from tests.support.rollout.fake_aws import ACCOUNT_ID, FakeAws
from tests.support.rollout.fake_stack_sets import Scene, going_well
from tests.support.rollout.plans import HOME, PEER, a_plan

REGION = "us-west-2"
STEP = SpareRollout(
    phase="spares",
    action="create",
    stack_set_name="payment-regional-test",
    region=HOME,
    wave="1 of 1",
    accounts=(ACCOUNT_ID,),
    regions=(REGION,),
    new_accounts=(ACCOUNT_ID,),
    overrides=(("Activation", "Prepared"),),
    concurrent_count=1,
    operation_id="spares-0001",
    reason="missing",
)


def perform(world: FakeAws, step: SpareRollout = STEP) -> list[Event]:
    """Perform the wave; return what was told."""
    events: list[Event] = []
    roll_out_spares(step, RolloutContext(plan=a_plan(step), aws=world.aws(), clock=world.clock, listener=events.append))
    return events


def a_world() -> FakeAws:
    """Return a pair that stands."""
    world = FakeAws()
    world.stack_sets.add(HOME, PEER)
    return world


def test_wave_is_one_operation_and_tells_each_account() -> None:
    """The pair is not touched."""
    world = a_world()

    events = perform(world)

    assert [(one.operation_id, one.action, one.regions) for one in world.stack_sets.operations] == [
        ("spares-0001-spares-1", "CREATE", (REGION,))
    ]
    assert [(one.account_id, one.region, one.status) for one in events if isinstance(one, RegionSettled)] == [
        (ACCOUNT_ID, REGION, "SUCCEEDED")
    ]
    assert {region: one["Status"] for region, one in world.stack_sets.instances.items()} == dict.fromkeys((HOME, PEER, REGION), "CURRENT")


def test_wave_that_has_ended_well_is_not_done_again() -> None:
    """The second run finds its own operation."""
    world = a_world()
    perform(world)

    perform(world)

    assert len(world.stack_sets.operations) == 1


def test_wave_under_way_is_attached_to() -> None:
    """It is waited for under the id it was begun with."""
    world = a_world()
    world.aws().client("cloudformation", HOME).create_stack_instances(
        StackSetName=STEP.stack_set_name, OperationId="spares-0001-spares-1", Regions=[REGION], OperationPreferences={}
    )

    perform(world)

    assert len(world.stack_sets.operations) == 1


def test_failing_account_names_itself_and_its_cause() -> None:
    """Another account's stack is not asked: AWS's own reason is all there is."""
    world = a_world()
    elsewhere = replace(STEP, accounts=(ACCOUNT_ID,))
    world.account_id = "999999999999"
    world.stack_sets.timelines = [[Scene("FAILED", {REGION: "FAILED"}, reasons={REGION: "ResourceLogicalId:Broken"}, failed_count=1)]]
    context = RolloutContext(
        plan=a_plan(elsewhere, account_id="999999999999"), aws=world.aws(), clock=world.clock, listener=lambda event: None
    )

    with pytest.raises(RolloutFailed) as failed:
        roll_out_spares(elsewhere, context)

    assert f"failed in {REGION} of account {ACCOUNT_ID}" in failed.value.summary
    assert failed.value.detail.startswith(f"{REGION} of account {ACCOUNT_ID}: ResourceLogicalId:Broken")
    assert ("cloudformation", REGION, "describe_stack_events") not in world.calls


def test_retry_has_an_id_of_its_own() -> None:
    """A failed attempt is followed by the next (F4.9)."""
    world = a_world()
    world.stack_sets.timelines = [[Scene("FAILED", {REGION: "FAILED"}, failed_count=1)], going_well([REGION])]
    with pytest.raises(RolloutFailed):
        perform(world)

    perform(world)

    assert [one.operation_id for one in world.stack_sets.operations] == ["spares-0001-spares-1", "spares-0001-spares-2"]
