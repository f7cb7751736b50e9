"""A roll-out that fails on the embedded AWS: what stood before stands again, and who goes on after a kill goes on undoing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deployer.aws.rollout_records import RecordPlace, read_rollout_record
from deployer.planning.plan import RolloutClosing, RolloutOpening, StackSetRollout, Step
from deployer.planning.restoring import restore_point_of
from deployer.planning.survey import Survey
from deployer.vocabulary.errors import RolloutBusy, RolloutFailed, RolloutUndone, StoppedWatching, UndoFailed
from deployer.vocabulary.events import Event, ResourceMoved, UndoEnded, UndoStarted
from tests.support.embedded import EmbeddedAws
from tests.support.rollout.real import GLOBAL, HOME, PEER, REGIONAL, RealSystem, a_setting, digest, template

NEW = template({"Setting": a_setting("new"), "More": a_setting("more")}, {"Setting": {"Ref": "Setting"}}, Value="one")
BROKEN_GLOBAL = template({"Both": a_setting("x", Type="Nonsense")}, Home="", Peer="")


@pytest.fixture
def system(embedded_aws: EmbeddedAws, tmp_path: Path) -> Iterator[RealSystem]:
    """A system that stands whole: bootstrap, packages, both Regions, the global stack."""
    found = RealSystem(embedded_aws, tmp_path)
    found.perform(*found.everything())
    found.events.clear()
    yield found
    found.clean()


def broken_in(region: str) -> str:
    """Return the new regional template with a resource that one Region refuses."""
    body = json.loads(NEW)
    body["Conditions"] = {"Breaks": {"Fn::Equals": [{"Ref": "AWS::Region"}, region]}}
    body["Resources"]["Broken"] = {**a_setting("x", Type="Nonsense"), "Condition": "Breaks", "DependsOn": "Setting"}
    return json.dumps(body)


def opening(system: RealSystem, content: str = "content") -> RolloutOpening:
    """Return the step that keeps what stands now."""
    survey = system.survey()
    assert survey.stack_set
    assert survey.global_
    return RolloutOpening(
        phase="record",
        action="create",
        region=HOME,
        bucket=system.name("artifact bucket"),
        content_digest=content,
        before=restore_point_of(survey.stack_set, survey.global_),
        reason="",
    )


def closing(system: RealSystem) -> RolloutClosing:
    """Return the step that ends it."""
    return RolloutClosing(phase="record", action="delete", region=HOME, bucket=system.name("artifact bucket"), reason="")


def waves(system: RealSystem, body: str) -> tuple[StackSetRollout, StackSetRollout]:
    """Return the roll-out of a body, a Region after the other."""
    first = replace(system.regional(body, operation="wave-1"), wave="1 of 2", regions=(HOME,), new_regions=())
    second = replace(system.regional(body, operation="wave-2"), wave="2 of 2", regions=(PEER,), earlier_regions=(HOME,), new_regions=())
    return first, second


def roll_out(system: RealSystem, *steps: Step, body: str) -> None:
    """Perform these steps between a record's opening and its closing."""
    system.perform(opening(system), *steps, closing(system), bodies=(body, NEW, BROKEN_GLOBAL))


def standing(system: RealSystem) -> Survey:
    """Return what stands, and assert that no record is left."""
    survey = system.survey()
    assert survey.open_rollout is None
    return survey


def assert_as_before(system: RealSystem) -> None:
    """Fail unless everything is what the fixture made."""
    survey = standing(system)
    assert survey.stack_set
    assert survey.stack_set.template_body == REGIONAL
    assert {(one.region, one.status, one.detailed_status) for one in survey.stack_set.instances} == {
        (HOME, "CURRENT", "SUCCEEDED"),
        (PEER, "CURRENT", "SUCCEEDED"),
    }
    assert {one.stack.template_body for one in survey.stack_set.instances if one.stack} == {REGIONAL}
    assert survey.global_
    assert survey.global_.template_body == GLOBAL


def moves(system: RealSystem, region: str, phase: str) -> list[str]:
    """Return the resources that moved in a Region in a phase."""
    found = (event for event in system.events if isinstance(event, ResourceMoved))
    return [event.logical_id for event in found if (event.region, event.phase) == (region, phase)]


def test_failing_second_wave_puts_both_regions_back(system: RealSystem) -> None:
    """The first had moved whole; the StackSet's own definition would stay new without an undo (fact 4.6)."""
    body = broken_in(PEER)

    with pytest.raises(RolloutUndone) as undone:
        roll_out(system, *waves(system, body), body=body)

    assert undone.value.exit_code == 5
    assert undone.value.detail.startswith(f"{PEER}: Broken (AWS::SSM::Parameter) ")
    assert f"{HOME}: put back, CURRENT" in undone.value.detail
    assert f"{PEER}: CloudFormation had put it back itself, CURRENT" in undone.value.detail
    assert_as_before(system)
    assert [type(event) for event in system.events if isinstance(event, UndoStarted | UndoEnded)] == [UndoStarted, UndoEnded]


def test_failing_first_wave_never_touches_the_other_region(system: RealSystem) -> None:
    """Not on the way there and not on the way back."""
    body = broken_in(HOME)

    with pytest.raises(RolloutUndone, match=f"{PEER}: was not touched, CURRENT"):
        roll_out(system, *waves(system, body), body=body)

    assert_as_before(system)
    assert moves(system, PEER, "regional") == []
    assert not [one for one in moves(system, PEER, "undo") if not one.startswith("StackSet-")]


def test_failing_global_stack_puts_the_regions_back(system: RealSystem) -> None:
    """CloudFormation puts the global stack back by itself, and nobody but the deployer the Regions."""
    broken = replace(system.global_(), action="update", template_digest=digest(BROKEN_GLOBAL))

    with pytest.raises(RolloutUndone) as undone:
        roll_out(system, *waves(system, NEW), broken, body=NEW)

    assert f"{HOME}: put back, CURRENT" in undone.value.detail
    assert f"{PEER}: put back, CURRENT" in undone.value.detail
    assert "CloudFormation had put it back itself, UPDATE_ROLLBACK_COMPLETE" in undone.value.detail
    assert_as_before(system)


def test_global_stack_that_had_moved_is_put_back(system: RealSystem) -> None:
    """What fails after it takes it back as well."""
    body = broken_in(PEER)
    moved = template({"Both": a_setting("moved")}, {"Both": {"Ref": "Both"}}, Home="", Peer="")
    global_ = replace(system.global_(), action="update", template_digest=digest(moved))

    with pytest.raises(RolloutUndone, match=": put back, UPDATE_COMPLETE"):
        system.perform(opening(system), global_, *waves(system, body), closing(system), bodies=(body, moved))

    assert_as_before(system)


def test_overrides_are_what_they_were(system: RealSystem) -> None:
    """An override of before comes back, one that came since goes (fact 4.13)."""
    client = system.embedded.clients("cloudformation", HOME)
    name, account = system.name("stack set"), system.account_id

    def override(region: str, value: str) -> None:
        given = [{"ParameterKey": "Value", "ParameterValue": value}]
        client.update_stack_instances(StackSetName=name, Accounts=[account], Regions=[region], ParameterOverrides=given)
        while client.list_stack_set_operations(StackSetName=name)["Summaries"][0]["Status"] == "RUNNING":
            pass

    override(HOME, "mine")
    before = opening(system)
    override(HOME, "changed")
    override(PEER, "changed")
    body = broken_in(HOME)

    with pytest.raises(RolloutUndone):
        system.perform(before, *waves(system, body), closing(system), bodies=(body,))

    stack_set = standing(system).stack_set
    assert stack_set
    assert {one.region: dict(one.overrides) for one in stack_set.instances} == {HOME: {"Value": "mine"}, PEER: {}}


def test_undo_that_was_cut_short_is_gone_on_with(system: RealSystem) -> None:
    """The next run undoes too, instead of rolling the same failure out again, and tells the first run's cause."""
    body = broken_in(PEER)
    steps = (opening(system), *waves(system, body), closing(system))

    def interrupts(event: Event) -> None:
        if isinstance(event, UndoStarted):
            raise KeyboardInterrupt

    system.hear = interrupts
    with pytest.raises(StoppedWatching):
        system.perform(*steps, bodies=(body,))
    left = system.survey()
    system.hear = lambda event: None

    with pytest.raises(RolloutUndone) as undone:
        system.perform(*steps, bodies=(body,))

    assert left.open_rollout
    assert left.open_rollout.undoing
    assert undone.value.detail.startswith(f"{PEER}: Broken ")
    assert_as_before(system)


def test_undo_that_fails_says_so_and_can_be_run_again(system: RealSystem) -> None:
    """Exit 6: the record stays with what is to be put back; once the cause is gone, the same command ends the undo."""
    client = system.embedded.clients("cloudformation", HOME)
    body = broken_in(PEER)
    steps = (opening(system), *waves(system, body), closing(system))
    global_stack = system.name("global stack")

    def takes_the_global_stack_away(event: Event) -> None:
        if isinstance(event, UndoStarted):
            client.delete_stack(StackName=global_stack)
            client.get_waiter("stack_delete_complete").wait(StackName=global_stack, WaiterConfig={"Delay": 1})

    system.hear = takes_the_global_stack_away
    with pytest.raises(UndoFailed) as failed:
        system.perform(*steps, bodies=(body,))
    system.hear = lambda event: None
    system.perform(replace(system.regional(), action="none"), system.global_())

    with pytest.raises(RolloutUndone):
        system.perform(*steps, bodies=(body,))

    assert failed.value.exit_code == 6
    assert failed.value.detail.startswith(f"{PEER}: Broken ")
    assert f"{global_stack} in {HOME} is gone" in failed.value.detail
    assert_as_before(system)


def test_failure_without_a_restore_point_stays_where_it_stopped(system: RealSystem) -> None:
    """As in a first roll-out: exit 4, and the record waits for the next run."""
    body = broken_in(PEER)

    with pytest.raises(RolloutFailed) as failed:
        system.perform(replace(opening(system), before=None), *waves(system, body), closing(system), bodies=(body,))

    assert failed.value.exit_code == 4
    assert failed.value.detail.startswith(f"{PEER}: Broken ")
    assert failed.value.detail.splitlines()[-1] == "Nothing was put back: nothing whole stood when it began."
    survey = system.survey()
    assert survey.open_rollout
    assert not survey.open_rollout.is_held
    assert survey.stack_set
    assert survey.stack_set.template_body == body


def test_second_deployer_with_something_else_is_told_who_is_at_work(system: RealSystem) -> None:
    """Exit 7, with the caller, the machine and the process; nothing of its own was begun."""
    body, other = broken_in(PEER), NEW
    ends: list[RolloutBusy] = []

    def comes_second(event: Event) -> None:
        if isinstance(event, ResourceMoved) and not ends:
            ends.append(refused())

    def refused() -> RolloutBusy:
        system.hear = lambda event: None
        with pytest.raises(RolloutBusy) as busy:
            system.perform(opening(system, "something else"), *waves(system, other), closing(system), bodies=(other, body))
        return busy.value

    system.hear = comes_second
    with pytest.raises(RolloutUndone):
        roll_out(system, *waves(system, body), body=body)

    [busy] = ends
    assert busy.exit_code == 7
    assert f"arn:aws:iam::{system.account_id}:" in busy.detail
    assert "process" in busy.detail
    assert_as_before(system)


def test_roll_out_that_was_given_up_is_taken_over_with_what_it_kept(system: RealSystem) -> None:
    """Another version rolled out after a kill goes back, if it fails, to what stood before the first."""
    body = broken_in(PEER)

    def interrupts(event: Event) -> None:
        if isinstance(event, ResourceMoved):
            raise KeyboardInterrupt

    system.hear = interrupts
    with pytest.raises(StoppedWatching):
        system.perform(opening(system), *waves(system, NEW), closing(system), bodies=(NEW,))
    system.hear = lambda event: None

    with pytest.raises(RolloutUndone):
        system.perform(opening(system, "something else"), *waves(system, body), closing(system), bodies=(body, NEW))

    assert_as_before(system)


def test_whole_roll_out_leaves_no_record(system: RealSystem) -> None:
    """The lock, the restore point and the journal are gone together."""
    roll_out(system, *waves(system, NEW), body=NEW)

    assert read_rollout_record(system.aws(), RecordPlace(bucket=system.name("artifact bucket"), region=HOME)) is None
    stack_set = standing(system).stack_set
    assert stack_set
    assert {one.status for one in stack_set.instances} == {"CURRENT"}
    assert {one.stack.template_body for one in stack_set.instances if one.stack} == {NEW}
