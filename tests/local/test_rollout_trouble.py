"""A roll-out in trouble on the embedded AWS: what the error says, what stands, and that running it again goes on."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from deployer.vocabulary.errors import RolloutBusy, RolloutFailed, StoppedWatching
from deployer.vocabulary.events import Event, ResourceMoved, RolloutEnded, StepFailed
from tests.support.embedded import EmbeddedAws
from tests.support.rollout.real import HOME, PEER, REGIONAL, RealSystem, a_setting, digest, template
from tests.support.stack_set_rules import stack_sets


def broken_in(region: str) -> str:
    """Return a regional template that one Region refuses."""
    body = json.loads(REGIONAL)
    body["Conditions"] = {"Breaks": {"Fn::Equals": [{"Ref": "AWS::Region"}, region]}}
    body["Resources"]["Broken"] = {**a_setting("x", Type="Nonsense"), "Condition": "Breaks", "DependsOn": "Setting"}
    return json.dumps(body)


def gated() -> str:
    """Return a regional template whose stacks wait until somebody opens their gate."""
    handle = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    gate = {"Type": "AWS::CloudFormation::WaitCondition", "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "60"}}
    return template({"Setting": a_setting("x"), "Handle": handle, "Gate": gate})


@pytest.fixture
def system(embedded_aws: EmbeddedAws, tmp_path: Path) -> RealSystem:
    """Return a system nothing of which stands."""
    return RealSystem(embedded_aws, tmp_path)


def test_failing_region_says_cause_and_what_stands_where(system: RealSystem) -> None:
    """The first failing resource in CloudFormation's own words, then both Regions, then the way out."""
    system.perform(system.regional())
    body = broken_in(PEER)

    with pytest.raises(RolloutFailed) as failed:
        system.perform(system.regional(body, operation="second"), bodies=(body,))

    cause, heading, home, peer = failed.value.detail.splitlines()
    assert failed.value.exit_code == 4
    assert "failed in us-east-1" in failed.value.summary
    assert re.match(r"us-east-1: Broken \(AWS::SSM::Parameter\) (CREATE|UPDATE)_FAILED: .*Nonsense", cause)
    assert heading == "What stands where now:"
    assert home == "  us-east-2: CURRENT (SUCCEEDED), runs this version"
    assert peer == "  us-east-1: OUTDATED (FAILED), does not run this version"
    assert failed.value.hint
    assert isinstance(system.events[-1], RolloutEnded)
    assert isinstance(system.events[-2], StepFailed)


def test_failing_first_region_leaves_the_other_untouched(system: RealSystem) -> None:
    """No tolerance: the primary does not move when the secondary fails."""
    system.perform(system.regional())
    system.events.clear()
    body = broken_in(HOME)

    with pytest.raises(RolloutFailed, match="failed in us-east-2"):
        system.perform(system.regional(body, operation="second"), bodies=(body,))

    assert not any(isinstance(event, ResourceMoved) and event.region == PEER for event in system.events)


def test_roll_out_goes_on_once_the_cause_is_gone(system: RealSystem) -> None:
    """The first creation failed in the primary; a mended template brings both Regions to CURRENT."""
    body = broken_in(PEER)
    with pytest.raises(RolloutFailed):
        system.perform(system.regional(body), bodies=(body,))

    system.perform(system.regional(operation="second"))

    survey = system.survey()
    assert survey.stack_set is not None
    assert {(instance.region, instance.status) for instance in survey.stack_set.instances} == {(HOME, "CURRENT"), (PEER, "CURRENT")}


def test_failed_global_stack_is_recognised_next_time(system: RealSystem) -> None:
    """A stack whose creation failed says why at once, and what leads out of it when run again."""
    body = template({"Broken": a_setting("x", Type="Nonsense")})
    step = replace(system.global_(), parameters=(), template_digest=digest(body))

    with pytest.raises(RolloutFailed, match=r"Broken \(AWS::SSM::Parameter\) CREATE_FAILED"):
        system.perform(step, bodies=(body,))
    with pytest.raises(RolloutFailed, match="ROLLBACK_COMPLETE, which takes no update") as again:
        system.perform(step, bodies=(body,))

    assert "Broken (AWS::SSM::Parameter) CREATE_FAILED" in again.value.detail
    assert "delete-stack" in again.value.hint


def test_impatient_plan_attaches_when_run_again(system: RealSystem) -> None:
    """The wait ends, the operation goes on; the same plan run again watches it to its end and begins nothing."""
    body = gated()
    sets = stack_sets(system.embedded)
    step = system.regional(body)
    with pytest.raises(RolloutFailed, match="still RUNNING"):
        system.perform(step, bodies=(body,), operation_seconds_max=0.2)

    sets.open_gate(step.stack_set_name, HOME)
    sets.open_gate(step.stack_set_name, PEER)
    system.perform(step, bodies=(body,))

    operations = sets.client.list_stack_set_operations(StackSetName=step.stack_set_name)["Summaries"]
    assert [operation["OperationId"] for operation in operations] == [f"{step.operation_id}-create-1"]


def test_second_deployer_hears_who_is_at_work(system: RealSystem) -> None:
    """Another plan on the same StackSet ends with exit code 7 and the operation's id."""
    body = gated()
    sets = stack_sets(system.embedded)
    step = system.regional(body)
    with pytest.raises(RolloutFailed, match="still RUNNING"):
        system.perform(step, bodies=(body,), operation_seconds_max=0.2)

    with pytest.raises(RolloutBusy, match=f"{step.operation_id}-create-1 is RUNNING") as busy:
        system.perform(system.regional(operation="other"))

    assert busy.value.exit_code == 7
    for region in (HOME, PEER):
        sets.open_gate(step.stack_set_name, region)


def test_interrupted_roll_out_can_be_run_again(system: RealSystem) -> None:
    """Ctrl-C while a Region is at work stops the watching, not AWS."""

    def interrupt(event: Event) -> None:
        if isinstance(event, ResourceMoved):
            raise KeyboardInterrupt

    step = system.regional()
    system.hear = interrupt
    with pytest.raises(StoppedWatching):
        system.perform(step)

    system.hear = lambda event: None
    system.perform(step)

    survey = system.survey()
    assert survey.stack_set is not None
    assert {instance.status for instance in survey.stack_set.instances} == {"CURRENT"}


def test_role_that_cannot_be_assumed_is_said(system: RealSystem) -> None:
    """A StackSet whose execution role does not exist fails before any resource moves; the reason is AWS's."""
    missing = replace(system.regional(), execution_role_name="no-such-role")

    with pytest.raises(RolloutFailed, match="no-such-role"):
        system.perform(missing)
