"""What befalls a StackSet, on the embedded AWS: what the deployer says, its exit code, and that the way out it names leads out."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployer.planning.tear_down_planner import plan_tear_down
from deployer.vocabulary.errors import InputRefused, RolloutBusy, RolloutFailed, RolloutUndone
from deployer.vocabulary.events import Event, ResourceMoved
from tests.support.embedded import EmbeddedAws
from tests.support.rollout.troubled import HOME, PEER, TroubledSystem

pytestmark = pytest.mark.whole_system


@pytest.fixture
def troubled(embedded_aws: EmbeddedAws, tmp_path: Path) -> TroubledSystem:
    """A system of which nothing stands."""
    return TroubledSystem(embedded_aws, tmp_path)


@pytest.fixture(scope="module")
def rolled_out(embedded_aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> TroubledSystem:
    """A system that was rolled out and is live; every test leaves it so."""
    system = TroubledSystem(embedded_aws, tmp_path_factory.mktemp("rolled-out"))
    system.roll_out()
    return system


@pytest.fixture
def standing(rolled_out: TroubledSystem) -> TroubledSystem:
    """The same, sound when a test begins."""
    assert rolled_out.standing().is_sound
    return rolled_out


def assert_converges(system: TroubledSystem) -> None:
    """Roll out once more: everything stands and is current, and there is nothing left to do."""
    system.roll_out()

    assert system.standing().is_sound, system.standing()
    assert system.plan().steps_to_do == ()


@pytest.mark.parametrize("region", [HOME, PEER])
def test_instance_fails_in_either_region(troubled: TroubledSystem, region: str) -> None:
    """The resource that was refused comes first, in CloudFormation's words; then what stands where, Region by Region."""
    with pytest.raises(RolloutFailed) as failed:
        troubled.roll_out(troubled.refused_in(region))

    first, *_ = failed.value.detail.splitlines()
    assert failed.value.exit_code == 4
    assert first.startswith(f"{region}: Refused (AWS::SSM::Parameter) CREATE_FAILED: ")
    assert "Nonsense" in first
    assert f"{region}: OUTDATED (FAILED)" in failed.value.detail
    assert not troubled.standing().is_sound
    assert_converges(troubled)


@pytest.mark.parametrize("region", [HOME, PEER])
def test_update_fails_in_either_region(standing: TroubledSystem, region: str) -> None:
    """The cause first, then that what stood before stands again: exit code 5, and nothing to clean up."""
    with pytest.raises(RolloutUndone) as undone:
        standing.roll_out(standing.refused_in(region))

    first, *_ = undone.value.detail.splitlines()
    assert undone.value.exit_code == 5
    assert first.startswith(f"{region}: Refused (AWS::SSM::Parameter) ")
    assert "Nonsense" in first
    assert standing.standing().is_sound
    assert standing.drift_ends() is None
    assert_converges(standing)


def test_operation_stopped_from_outside(troubled: TroubledSystem) -> None:
    """It says that somebody stopped it, and a re-run goes on from what stands (F4.12)."""

    stopped: list[str] = []

    def stop_it(event: Event) -> None:
        if isinstance(event, ResourceMoved) and event.logical_id == "Gate" and not stopped:
            stopped.append(event.region)
            operation = troubled.sets.client.list_stack_set_operations(StackSetName=troubled.set_name)["Summaries"][0]
            troubled.sets.client.stop_stack_set_operation(StackSetName=troubled.set_name, OperationId=operation["OperationId"])
            troubled.sets.open_gate(troubled.set_name, HOME)

    troubled.hear = stop_it
    with pytest.raises(RolloutFailed, match="stopped from outside") as failed:
        troubled.roll_out(troubled.gated())

    assert stopped == [HOME]
    assert failed.value.exit_code == 4
    assert "Find out who stopped it" in failed.value.hint
    assert_converges(troubled)


def test_someone_elses_operation(standing: TroubledSystem) -> None:
    """Exit code 7 and its id, before anything is begun; when it has ended, the parameter file's definition comes back."""
    operation_id = standing.updated_past_us(standing.gated().regional.body)

    with pytest.raises(RolloutBusy) as busy:
        standing.roll_out(standing.system("two"))

    assert busy.value.exit_code == 7
    assert busy.value.detail == f"Someone else's operation is under way on {standing.set_name}: UPDATE {operation_id} is RUNNING"
    assert "Wait until it has ended" in busy.value.hint
    _let_through(standing, operation_id)
    assert_converges(standing)


def test_queued_operation(standing: TroubledSystem) -> None:
    """With managed execution others' operations queue up (F4.8); one that waits is somebody's, too."""
    running = standing.updated_past_us(standing.gated().regional.body, regions=(HOME,), ManagedExecution={"Active": True})
    queued = standing.updated_past_us(standing.system("two").regional.body, ManagedExecution={"Active": True})

    with pytest.raises(RolloutBusy) as busy:
        standing.roll_out()

    assert busy.value.exit_code == 7
    assert f"{queued} is QUEUED" in busy.value.detail
    _let_through(standing, running, regions=(HOME,))
    assert standing.sets.ended(standing.set_name, queued)["Status"] == "SUCCEEDED"
    assert_converges(standing)


def test_outdated_left_over_from_anothers_failed_update(standing: TroubledSystem) -> None:
    """The StackSet keeps the definition that failed (F4.6): outdated and diverged, never "nothing to do"."""
    operation_id = standing.updated_past_us(standing.refused_in(PEER).regional.body)
    assert standing.sets.ended(standing.set_name, operation_id)["Status"] == "FAILED"

    ends = standing.drift_ends()
    plan = standing.plan()

    assert ends is not None
    assert ends.exit_code == 8
    assert "is outdated and diverged" in ends.summary
    assert f"{PEER} is behind {standing.set_name}" in ends.detail
    assert f"{HOME} and {PEER} run different templates" in ends.detail
    assert {step.phase for step in plan.steps_to_do} >= {"regional"}
    assert_converges(standing)
    assert standing.drift_ends() is None


def test_stack_deleted_by_hand(standing: TroubledSystem) -> None:
    """The StackSet calls the instance CURRENT still; the deployer looks itself, and the roll-out makes the stack anew."""
    stack_id = standing.stack_id(PEER)
    standing.cloudformation(PEER).delete_stack(StackName=stack_id)
    standing.cloudformation(PEER).get_waiter("stack_delete_complete").wait(StackName=stack_id, WaiterConfig={"Delay": 1, "MaxAttempts": 20})

    assert standing.sets.statuses(standing.set_name)[PEER][0] == "CURRENT"
    assert f"{PEER} has lost its stack, and {standing.set_name} calls it CURRENT" in standing.standing().diverged
    assert any("has lost its stack" in step.reason for step in standing.plan().steps_to_do)
    assert_converges(standing)


def test_stack_updated_past_its_stack_set(standing: TroubledSystem) -> None:
    """Neither drift to CloudFormation nor outdated to the StackSet (F4.16): diverged, and the roll-out takes it back."""
    stack_id = standing.stack_id(PEER)
    parameters = standing.cloudformation(PEER).describe_stacks(StackName=stack_id)["Stacks"][0]["Parameters"]
    standing.cloudformation(PEER).update_stack(StackName=stack_id, TemplateBody=standing.system("two").regional.body, Parameters=parameters)
    standing.cloudformation(PEER).get_waiter("stack_update_complete").wait(StackName=stack_id, WaiterConfig={"Delay": 1, "MaxAttempts": 20})

    ends = standing.drift_ends()

    assert ends is not None
    assert "is diverged" in ends.summary
    assert f"{PEER} runs another template than {standing.set_name}, which calls it CURRENT" in ends.detail
    assert_converges(standing)
    assert standing.drift_ends() is None


def test_drift_made_by_hand(standing: TroubledSystem) -> None:
    """Property by property; a roll-out has nothing to do about it, which is said; set back by hand, it is gone."""
    resources = standing.cloudformation(PEER).describe_stack_resources(StackName=standing.stack_id(PEER))["StackResources"]
    setting = next(one["PhysicalResourceId"] for one in resources if one["LogicalResourceId"] == "Setting")
    systems_manager = standing.embedded.clients("ssm", PEER)
    before = systems_manager.get_parameter(Name=setting)["Parameter"]["Value"]
    systems_manager.put_parameter(Name=setting, Value="by hand", Type="String", Overwrite=True)

    ends = standing.drift_ends()
    [drifted] = standing.drift().drifted

    assert ends is not None
    assert ends.exit_code == 8
    assert ends.detail == f"regional in {PEER}: Setting was changed"
    assert "an unchanged roll-out leaves it" in ends.hint
    [difference] = drifted.resources[0].differences
    assert (difference.path, difference.expected, difference.actual) == ("/Value", before, "by hand")
    assert standing.plan().steps_to_do == ()
    systems_manager.put_parameter(Name=setting, Value=before, Type="String", Overwrite=True)
    assert standing.drift_ends() is None


def test_protected_instance_is_not_torn_down(standing: TroubledSystem) -> None:
    """F4.11: deleting it would fail in the middle; it is refused before, with the command that lifts it."""
    stack_id = standing.stack_id(PEER)
    standing.cloudformation(PEER).update_termination_protection(StackName=stack_id, EnableTerminationProtection=True)

    with pytest.raises(InputRefused) as refused:
        standing.tear_down()

    assert refused.value.exit_code == 2
    assert "has termination protection" in refused.value.detail
    assert "--no-enable-termination-protection" in refused.value.detail
    standing.cloudformation(PEER).update_termination_protection(StackName=stack_id, EnableTerminationProtection=False)
    assert plan_tear_down(standing.environment, standing.survey()).blockers == ()


def _let_through(system: TroubledSystem, operation_id: str, regions: tuple[str, ...] = (HOME, PEER)) -> None:
    """Open the gates of an operation begun from outside, and wait for its end."""
    for region in regions:
        system.sets.open_gate(system.set_name, region)
    assert system.sets.ended(system.set_name, operation_id)["Status"] == "SUCCEEDED"
