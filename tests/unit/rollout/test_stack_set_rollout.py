"""The regional StackSet: created, updated, continued; and what a failing Region says."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.rollout.context import RolloutContext
from deployer.rollout.stack_set_rollout import roll_out_stack_set
from deployer.vocabulary.errors import RolloutFailed
from deployer.vocabulary.events import Event, RegionSettled, ResourceMoved
from tests.support.rollout.fake_aws import FakeAws
from tests.support.rollout.fake_stack_sets import Scene, going_well
from tests.support.rollout.plans import HOME, PEER, a_plan, a_stack_set_rollout

BODY, NAME = "Resources: {A: {}}", "payment-regional-test"
FUNCTION = "AWS::Lambda::Function"


def perform(world: FakeAws, second: dict[str, Any] | None = None, **different: Any) -> list[Event]:
    """Roll the StackSet out, in a plan that has a second pass; return what was told."""
    events: list[Event] = []
    step = a_stack_set_rollout(BODY, **different)
    activation = a_stack_set_rollout(BODY, **{"phase": "activation", "operation_id": "activation-0001", **(second or {})})
    plan = a_plan(step, activation, bodies=(BODY,))
    roll_out_stack_set(step, RolloutContext(plan=plan, aws=world.aws(), clock=world.clock, listener=events.append))
    return events


def operations(world: FakeAws) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return (id, action, Regions in order) of every operation."""
    return [(operation.operation_id, operation.action, operation.regions) for operation in world.stack_sets.operations]


def test_first_roll_out_creates_set_and_instances_secondary_first() -> None:
    """One operation creates both, in the plan's order, under an id made from the step's."""
    world = FakeAws()

    events = perform(world)

    assert operations(world) == [("rollout-0001-create-1", "CREATE", (HOME, PEER))]
    settled = [(event.region, event.status) for event in events if isinstance(event, RegionSettled)]
    assert settled == [(HOME, "SUCCEEDED"), (PEER, "SUCCEEDED")]


def test_regions_time_begins_where_the_one_before_ended() -> None:
    """Two looks a second apart: the secondary is seen to run for one, the primary for one."""
    events = perform(FakeAws())

    assert [event.took_seconds for event in events if isinstance(event, RegionSettled)] == [1.0, 1.0]


def test_later_roll_out_updates_every_instance() -> None:
    """An existing set is updated in the plan's order, whatever order AWS lists its instances in."""
    world = FakeAws()
    world.stack_sets.add(PEER, HOME)

    perform(world, action="update", new_regions=())

    assert operations(world) == [("rollout-0001-update-1", "UPDATE", (HOME, PEER))]


def test_missing_region_is_created_after_the_update() -> None:
    """What has an instance is updated first, then the other Region gets one."""
    world = FakeAws()
    world.stack_sets.add(HOME)

    perform(world, action="update", new_regions=(PEER,))

    assert operations(world) == [("rollout-0001-update-1", "UPDATE", (HOME,)), ("rollout-0001-create-1", "CREATE", (PEER,))]


def test_waves_update_one_region_after_another() -> None:
    """The second wave names the first one's Region too, so that it stays CURRENT (fact 4.7)."""
    world = FakeAws()
    world.stack_sets.add(PEER, HOME)
    first = perform(world, action="update", regions=(HOME,), new_regions=())
    between = {region: instance["Status"] for region, instance in world.stack_sets.instances.items()}

    second = perform(world, action="update", regions=(PEER,), earlier_regions=(HOME,), new_regions=(), operation_id="rollout-0002")

    assert operations(world) == [("rollout-0001-update-1", "UPDATE", (HOME,)), ("rollout-0002-update-1", "UPDATE", (HOME, PEER))]
    assert between == {HOME: "CURRENT", PEER: "OUTDATED"}
    assert {instance["Status"] for instance in world.stack_sets.instances.values()} == {"CURRENT"}
    assert [event.region for event in (*first, *second) if isinstance(event, RegionSettled)] == [HOME, PEER]


def test_second_wave_of_a_new_system_creates_without_an_update() -> None:
    """The definition stands since the first wave; nothing is sent to the Region that has its instance."""
    world = FakeAws()
    perform(world, regions=(HOME,), new_regions=(HOME,))

    perform(world, regions=(PEER,), earlier_regions=(HOME,), new_regions=(PEER,), operation_id="rollout-0002")

    assert operations(world) == [("rollout-0001-create-1", "CREATE", (HOME,)), ("rollout-0002-create-1", "CREATE", (PEER,))]


def test_lost_region_is_made_before_a_new_definition_reaches_it() -> None:
    """An update has to name a Region with an instance, and the later wave's is not to move first."""
    world = FakeAws()
    world.stack_sets.add(PEER, body="Resources: {Old: {}}")

    perform(world, action="update", regions=(HOME,), new_regions=(HOME,))

    assert operations(world) == [("rollout-0001-create-1", "CREATE", (HOME,)), ("rollout-0001-update-1", "UPDATE", (HOME,))]


def test_set_left_without_instances_is_continued() -> None:
    """A roll-out cut short after CreateStackSet goes on with the instances."""
    world = FakeAws()
    world.stack_sets.add()

    perform(world)

    assert operations(world)[-1] == ("rollout-0001-create-1", "CREATE", (HOME, PEER))


def test_step_run_again_while_at_work_is_attached_to() -> None:
    """The operation an earlier run began is watched to its end, and nothing else is begun."""
    world = FakeAws()
    world.stack_sets.timelines = [[*[Scene("RUNNING", {HOME: "RUNNING"})] * 65, *going_well((HOME, PEER))]]
    with pytest.raises(RolloutFailed, match="still RUNNING"):
        perform(world)

    events = perform(world)

    assert operations(world) == [("rollout-0001-create-1", "CREATE", (HOME, PEER))]
    assert [event.region for event in events if isinstance(event, RegionSettled)] == [HOME, PEER]


def test_step_run_again_after_its_end_is_done() -> None:
    """What an earlier run has finished is not begun again."""
    world = FakeAws()
    perform(world)

    perform(world)

    assert len(operations(world)) == 1


def test_step_run_again_after_a_failure_updates() -> None:
    """Instances that a failed creation left behind are brought to the definition by an update (fact 4.9)."""
    world = FakeAws()
    world.stack_sets.timelines = [[Scene("FAILED", {HOME: "FAILED", PEER: "CANCELLED"})]]
    with pytest.raises(RolloutFailed):
        perform(world)

    perform(world)

    assert operations(world)[-1] == ("rollout-0001-update-1", "UPDATE", (HOME, PEER))


def test_first_pass_is_not_repeated_after_the_second() -> None:
    """A plan cut short in its second pass is run again: repeating the first would undo it."""
    world = FakeAws()
    perform(world)
    perform(world, operation_id="activation-0001")

    perform(world)

    assert [operation_id for operation_id, _, _ in operations(world)] == ["rollout-0001-create-1", "activation-0001-update-1"]


def test_second_pass_that_still_runs_is_waited_for_where_the_new_plan_has_none() -> None:
    """Cut short in its second pass, the roll-out is planned anew as one of a live system; what runs ends, and nothing is begun."""
    world = FakeAws()
    perform(world)
    world.stack_sets.timelines = [[*[Scene("RUNNING", {HOME: "RUNNING"})] * 65, *going_well((HOME, PEER))]]
    with pytest.raises(RolloutFailed, match="still RUNNING"):
        perform(world, operation_id="activation-0001")

    perform(world, {"action": "none"}, action="update")

    assert [operation_id for operation_id, _, _ in operations(world)] == ["rollout-0001-create-1", "activation-0001-update-1"]
    assert {instance["Status"] for instance in world.stack_sets.instances.values()} == {"CURRENT"}


def test_region_that_the_second_pass_left_behind_is_updated() -> None:
    """It ended before it came to the primary: that one is brought to the definition by the new plan's only pass."""
    world = FakeAws()
    perform(world)
    perform(world, operation_id="activation-0001", regions=(HOME,))

    perform(world, {"action": "none"}, action="update", regions=(PEER,), earlier_regions=(HOME,))

    assert operations(world)[-1] == ("rollout-0001-update-1", "UPDATE", (HOME, PEER))


def test_second_pass_with_the_values_that_stand_does_nothing() -> None:
    """Planned because the global stack was about to change; what the Regions take from it has stayed as it was."""
    world = FakeAws()
    perform(world)

    perform(world, phase="activation", operation_id="later-0001", action="update")

    assert [operation_id for operation_id, _, _ in operations(world)] == ["rollout-0001-create-1"]


def test_old_success_does_not_hide_what_happened_since() -> None:
    """When another plan has touched the StackSet meanwhile, the same plan is performed anew."""
    world = FakeAws()
    perform(world)
    perform(world, operation_id="another-plan")

    perform(world)

    assert operations(world)[-1][0] == "rollout-0001-update-1"


def test_resources_move_as_they_appear_and_once() -> None:
    """Events of an earlier operation are not told; later ones are told under the StackSet's name and their own Region."""
    world = FakeAws()
    world.stack_sets.add(HOME, PEER)
    world.clock.sleep(60)
    world.stack_sets.timelines = [
        [
            Scene("RUNNING", {HOME: "RUNNING"}, {HOME: (("A", FUNCTION, "UPDATE_IN_PROGRESS", ""),)}),
            Scene("RUNNING", {HOME: "RUNNING"}, {HOME: (("A", FUNCTION, "UPDATE_COMPLETE", ""),)}),
            Scene("SUCCEEDED", {HOME: "SUCCEEDED", PEER: "SUCCEEDED"}, {PEER: (("B", FUNCTION, "UPDATE_COMPLETE", ""),)}),
        ]
    ]

    events = perform(world, action="update")

    moves = [event for event in events if isinstance(event, ResourceMoved)]
    assert [(move.region, move.logical_id, move.status) for move in moves] == [
        (HOME, "A", "UPDATE_IN_PROGRESS"),
        (HOME, "A", "UPDATE_COMPLETE"),
        (PEER, "B", "UPDATE_COMPLETE"),
    ]
    assert {move.stack_name for move in moves} == {NAME}


def test_failing_region_says_cause_and_what_stands_where() -> None:
    """The first failing resource's own reason comes first, then every Region, then what to do."""
    world = FakeAws()
    world.stack_sets.add(HOME, PEER)
    world.clock.sleep(60)
    happened = (
        ("B", FUNCTION, "UPDATE_FAILED", "Resource update cancelled"),
        ("A", FUNCTION, "UPDATE_FAILED", "deployer is not authorized to perform: lambda:UpdateFunctionCode"),
        (NAME, "AWS::CloudFormation::Stack", "UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed"),
    )
    world.stack_sets.timelines = [
        [
            Scene("RUNNING", {HOME: "SUCCEEDED", PEER: "RUNNING"}, {PEER: happened}),
            Scene("FAILED", {HOME: "SUCCEEDED", PEER: "FAILED"}),
        ]
    ]

    with pytest.raises(RolloutFailed) as failed:
        perform(world, action="update")

    assert failed.value.summary == f"{NAME} failed in us-east-1 (operation rollout-0001-update-1)"
    assert failed.value.detail.splitlines() == [
        f"us-east-1: A ({FUNCTION}) UPDATE_FAILED: deployer is not authorized to perform: lambda:UpdateFunctionCode",
        "What stands where now:",
        "  us-east-2: CURRENT (SUCCEEDED), runs this version",
        "  us-east-1: OUTDATED (FAILED), does not run this version",
    ]
    assert "the action it names" in failed.value.hint


def test_failure_without_a_stack_tells_the_operations_reason() -> None:
    """A role that cannot be assumed fails before any resource moves."""
    world = FakeAws()
    scene = Scene("FAILED", {HOME: "FAILED", PEER: "CANCELLED"}, reasons={HOME: "Account should have the execution role"})
    world.stack_sets.timelines = [[scene]]

    with pytest.raises(RolloutFailed) as failed:
        perform(world)

    assert failed.value.detail.splitlines()[0] == "us-east-2: Account should have the execution role"


def test_success_with_a_failed_instance_is_a_failure() -> None:
    """The operation's own word is not believed while an instance failed (fact 4.10)."""
    world = FakeAws()
    world.stack_sets.timelines = [[Scene("SUCCEEDED", {HOME: "SUCCEEDED", PEER: "FAILED"}, failed_count=1)]]

    with pytest.raises(RolloutFailed, match="us-east-1"):
        perform(world)


def test_late_results_are_waited_for_but_not_forever() -> None:
    """An ended operation whose results lag is looked at a few more times, then believed."""
    world = FakeAws()
    world.stack_sets.timelines = [[Scene("SUCCEEDED", {HOME: "SUCCEEDED"})]]

    perform(world)

    assert len(world.clock.slept_seconds) == 5


def test_long_template_travels_by_the_regions_bucket() -> None:
    """A body over the limit is named by URL, from the administration Region's artifact bucket."""
    world = FakeAws()
    bucket = "payment-artifacts-test-111122223333-us-east-2"
    world.buckets(HOME).buckets.add(bucket)
    body = BODY + "\n#" + "x" * 60_000
    step = a_stack_set_rollout(body)
    plan = a_plan(step, bodies=(body,))

    roll_out_stack_set(step, RolloutContext(plan=plan, aws=world.aws(), clock=world.clock, listener=lambda event: None))

    assert world.stack_sets.definition is not None
    assert world.stack_sets.definition["TemplateURL"].startswith(f"https://s3.us-east-2.amazonaws.com/{bucket}/templates/")
