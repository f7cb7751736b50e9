"""The record and the gates of a plan: opened before anything moves, passed after each Region, closed at the end."""

from __future__ import annotations

from dataclasses import replace

from deployer.planning.gates import Gate
from deployer.planning.plan import RolloutClosing, RolloutOpening, RolloutPlan
from deployer.planning.planner import plan_rollout
from deployer.planning.record_steps import content_digest
from deployer.planning.restoring import restore_point_of
from deployer.planning.survey import OpenRollout, OperationFacts, Survey
from tests.support.surveys import (
    GLOBAL_BODY,
    PRIMARY_REGION,
    REGIONAL_BODY,
    SECONDARY_REGION,
    a_global_stack,
    a_stack_set,
    a_survey,
    a_system,
    an_empty_survey,
    an_environment,
    an_instance,
)

EDITED = a_system(regional=REGIONAL_BODY.replace("payment-1", "payment-2"))
KEY = "packages/payment-1.zip"


def planned(survey: Survey, **different: object) -> RolloutPlan:
    """Return the plan of a system whose function's code has changed."""
    return plan_rollout(an_environment(), different.pop("system", EDITED), survey, **different)  # type: ignore[arg-type]


def opening(plan: RolloutPlan) -> RolloutOpening:
    """Return the step that opens the record."""
    return next(step for step in plan.steps if isinstance(step, RolloutOpening))


def gates(plan: RolloutPlan) -> list[tuple[str, str]]:
    """Return (title, action) of every gate."""
    return [(step.title, step.action) for step in plan.steps if isinstance(step, Gate)]


def an_open_rollout(**different: object) -> OpenRollout:
    """Return a roll-out of the edited system that began and did not end."""
    before = restore_point_of(a_stack_set(), a_global_stack())
    found = OpenRollout(
        content_digest=content_digest(an_environment(), EDITED),
        holder="arn:aws:iam::111122223333:user/ada (process 7 on desk)",
        is_held=False,
        began_at="2026-03-04T05:06:07+00:00",
        before=before,
        templates=((before.stack_set.template_digest, REGIONAL_BODY), (before.global_stack.template_digest, GLOBAL_BODY)),
    )
    return replace(found, **different)  # type: ignore[arg-type]


def test_each_region_is_gated_before_the_next() -> None:
    """Record, secondary, its gate, primary, its gate, global stack, record: the order of decision 2."""
    plan = planned(a_survey())

    assert [(step.phase, step.title) for step in plan.steps if step.action not in ("none", "create") or step.phase == "record"] == [
        ("record", "open the record and keep what stands"),
        ("regional", "payment-regional-test to us-east-2"),
        ("gate", "gate of us-east-2"),
        ("regional", "payment-regional-test to us-east-1"),
        ("gate", "gate of us-east-1"),
        ("record", "close the record"),
    ]


def test_new_system_has_one_gate_at_the_end() -> None:
    """Nobody can pay before the global stack stands and the Regions are live."""
    assert gates(planned(an_empty_survey())) == [("gate of us-east-2 and us-east-1", "check")]


def test_gates_begin_with_the_first_region_that_has_work() -> None:
    """A Region that was left alone shows nothing new."""
    behind = replace(an_instance(PRIMARY_REGION), status="OUTDATED")

    plan = planned(a_survey(stack_set=a_stack_set(behind, an_instance(SECONDARY_REGION))), system=a_system())

    assert gates(plan)[:2] == [("gate of us-east-2", "none"), ("gate of us-east-1", "check")]


def test_changed_global_stack_is_followed_by_a_gate_of_both() -> None:
    """What both Regions share can break both."""
    moved = a_system(global_=GLOBAL_BODY.replace("api.${ZoneName}", "pay.${ZoneName}"))

    assert gates(planned(a_survey(), system=moved))[-1] == ("gate of us-east-2 and us-east-1", "check")


def test_restore_point_is_what_stands() -> None:
    """Definition, overrides and global stack, and the bodies travel with the plan."""
    overridden = replace(an_instance(PRIMARY_REGION), overrides=(("LogLevel", "DEBUG"),))
    plan = planned(a_survey(stack_set=a_stack_set(overridden, an_instance(SECONDARY_REGION))))

    before = opening(plan).before

    assert before
    assert plan.template(before.stack_set.template_digest) == REGIONAL_BODY
    assert plan.template(before.global_stack.template_digest) == GLOBAL_BODY
    assert {one.region: one.overrides for one in before.stack_set.instances}[PRIMARY_REGION] == (("LogLevel", "DEBUG"),)
    assert before.package_keys == (KEY,)


def test_first_roll_out_has_nothing_to_go_back_to() -> None:
    """It keeps no restore point, and says that a failure stays."""
    step = opening(planned(an_empty_survey()))

    assert (step.action, step.before) == ("create", None)
    assert step.reason == "a failure will not be undone: the system is not live yet"


def test_what_is_not_whole_is_nothing_to_go_back_to() -> None:
    """To bring back an outdated Region would be to bring back somebody's half-done work."""
    behind = replace(an_instance(PRIMARY_REGION), status="OUTDATED")

    step = opening(planned(a_survey(stack_set=a_stack_set(behind, an_instance(SECONDARY_REGION)))))

    assert step.before is None
    assert "us-east-1 is OUTDATED" in step.reason


def test_code_that_is_gone_blocks_what_could_not_be_undone() -> None:
    """The old definition would be put back over functions without code."""
    survey = a_survey(lost_packages=((PRIMARY_REGION, KEY),))

    [blocker] = planned(survey).blockers

    assert f"{KEY} in us-east-1" in blocker.summary
    assert "--without-undo" in blocker.hint
    assert planned(survey, without_undo=True).blockers == ()


def test_without_undo_keeps_nothing() -> None:
    """As the person wished, and the plan says so."""
    step = opening(planned(a_survey(), without_undo=True))

    assert step.before is None
    assert "--without-undo was given" in step.reason


def test_open_roll_out_is_never_nothing_to_do() -> None:
    """Everything stands as wanted, but nobody knows what the run that ended had still to look at."""
    plan = planned(a_survey(open_rollout=an_open_rollout()), system=a_system())

    assert [(type(step), step.action) for step in plan.steps_to_do] == [
        (RolloutOpening, "update"),
        (Gate, "check"),
        (Gate, "check"),
        (RolloutClosing, "delete"),
    ]


def test_open_roll_outs_restore_point_is_kept() -> None:
    """What stands now may have moved already; what the record says has not."""
    open_ = an_open_rollout()
    moved = a_stack_set(template_body=EDITED.regional.body)

    plan = planned(a_survey(stack_set=moved, open_rollout=open_))

    assert opening(plan).before == open_.before
    assert open_.before
    assert plan.template(open_.before.stack_set.template_digest) == REGIONAL_BODY


def test_plan_says_whose_roll_out_it_goes_on_with() -> None:
    """The same content is gone on with, another is taken over, and an undo is finished."""
    same = opening(planned(a_survey(open_rollout=an_open_rollout()))).reason
    other = opening(planned(a_survey(open_rollout=an_open_rollout()), system=a_system())).reason
    undoing = opening(planned(a_survey(open_rollout=an_open_rollout(undoing="it failed")))).reason

    assert "this run goes on with it" in same
    assert "user/ada" in same
    assert "this one takes over" in other
    assert undoing.endswith("which this run finishes: it failed")


def test_undo_under_way_is_no_one_elses_operation() -> None:
    """Whoever goes on after a kill in the middle of an undo attaches to it."""
    open_ = an_open_rollout(undoing="it failed")
    plan = planned(a_survey(open_rollout=open_))
    running = OperationFacts(operation_id="undo-0123456789abcdef-update-1", action="UPDATE", status="RUNNING")
    somebodys = planned(a_survey(open_rollout=open_, stack_set=a_stack_set(last_operation=running)))

    assert plan.blockers == ()
    assert [blocker.is_busy for blocker in somebodys.blockers] == [True]


def test_content_is_told_by_what_is_rolled_out_alone() -> None:
    """Another function is other content; what stands in AWS is not asked."""
    assert content_digest(an_environment(), EDITED) != content_digest(an_environment(), a_system())
    assert opening(planned(a_survey())).content_digest == opening(planned(an_empty_survey())).content_digest
