"""Properties of the planner that hold for every survey, not only for the ones someone thought of."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from deployer.planning.plan import RolloutPlan, StackSetRollout
from deployer.planning.plan_file import plan_from_text, plan_text
from deployer.planning.planner import plan_rollout
from deployer.planning.survey import OperationFacts, StackInstanceFacts, Survey
from deployer.planning.tear_down_planner import plan_tear_down
from tests.support.surveys import (
    PRIMARY_REGION,
    SECONDARY_REGION,
    a_bootstrap,
    a_global_stack,
    a_stack_set,
    a_survey,
    a_system,
    an_environment,
    an_instance,
)

# DELETE_COMPLETE is missing: a survey does not list what is gone.
# Every word CloudFormation has for these [botocore cloudformation: StackStatus, StackInstanceStatus, StackInstanceDetailedStatus,
# StackSetOperationStatus].
STACK_STATUSES = (
    *(
        f"{verb}_{end}"
        for verb in ("CREATE", "ROLLBACK", "DELETE", "UPDATE")
        for end in ("IN_PROGRESS", "FAILED", "COMPLETE")
        if (verb, end) != ("DELETE", "COMPLETE")
    ),
    *(f"UPDATE_ROLLBACK_{end}" for end in ("IN_PROGRESS", "FAILED", "COMPLETE", "COMPLETE_CLEANUP_IN_PROGRESS")),
    *(f"IMPORT_{end}" for end in ("IN_PROGRESS", "COMPLETE", "ROLLBACK_IN_PROGRESS", "ROLLBACK_FAILED", "ROLLBACK_COMPLETE")),
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "REVIEW_IN_PROGRESS",
)
SETTLED = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"}
DETAILS = ("PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED", "INOPERABLE", "SKIPPED_SUSPENDED_ACCOUNT", "FAILED_IMPORT")
OPERATIONS = ("RUNNING", "SUCCEEDED", "FAILED", "STOPPING", "STOPPED", "QUEUED")


@st.composite
def instances(draw: st.DrawFn, region: str) -> StackInstanceFacts:
    """An instance in any state."""
    instance = an_instance(region, activation=draw(st.sampled_from(["Prepared", "Live"])))
    assert instance.stack
    stack = draw(st.none() | st.sampled_from(STACK_STATUSES).map(lambda status: replace(instance.stack, status=status)))
    return replace(
        instance,
        status=draw(st.sampled_from(["CURRENT", "OUTDATED", "INOPERABLE"])),
        detailed_status=draw(st.sampled_from(DETAILS)),
        stack=stack,
    )


@st.composite
def surveys(draw: st.DrawFn) -> Survey:
    """Whatever may stand, in whatever state."""
    regions = draw(st.sets(st.sampled_from([PRIMARY_REGION, SECONDARY_REGION])))
    stack_set = a_stack_set(activation=draw(st.sampled_from(["Prepared", "Live"])))
    operation = st.builds(
        OperationFacts, operation_id=st.just("x"), action=st.sampled_from(["CREATE", "UPDATE"]), status=st.sampled_from(OPERATIONS)
    )
    stack_set = replace(
        stack_set,
        instances=tuple(draw(instances(region)) for region in sorted(regions)),
        last_operation=draw(st.none() | operation),
    )
    status = st.sampled_from(STACK_STATUSES)
    with_bootstrap = draw(st.sets(st.sampled_from([PRIMARY_REGION, SECONDARY_REGION])))
    return a_survey(
        bootstrap=tuple(a_bootstrap(region, status=draw(status)) for region in sorted(with_bootstrap)),
        stack_set=draw(st.sampled_from([None, stack_set])),
        global_=draw(st.none() | status.map(lambda one: a_global_stack(status=one))),
    )


def planned(survey: Survey) -> RolloutPlan:
    """Return the roll-out's plan."""
    return plan_rollout(an_environment(), a_system(), survey)


@given(surveys())
def test_nothing_to_do_is_said_only_of_a_system_that_stands_whole(survey: Survey) -> None:
    """Never while an instance is outdated or a stack failed."""
    plan = planned(survey)

    if not plan.steps_to_do and not plan.blockers:
        assert survey.stack_set is not None
        assert survey.global_ is not None
        assert survey.global_.status in SETTLED
        assert {stack.region for stack in survey.bootstrap} == {PRIMARY_REGION, SECONDARY_REGION}
        assert {stack.status for stack in survey.bootstrap} <= SETTLED
        assert {instance.region for instance in survey.stack_set.instances} == {PRIMARY_REGION, SECONDARY_REGION}
        assert {instance.status for instance in survey.stack_set.instances} == {"CURRENT"}
        assert {instance.detailed_status for instance in survey.stack_set.instances} == {"SUCCEEDED"}
        assert {instance.stack.status for instance in survey.stack_set.instances if instance.stack} <= SETTLED


@given(surveys())
def test_same_survey_gives_the_same_plan_and_a_file_keeps_it(survey: Survey) -> None:
    """Byte for byte, both plans."""
    for plan, again in ((planned(survey), planned(survey)), (plan_tear_down(an_environment(), survey),) * 2):
        assert plan_text(plan) == plan_text(again)
        assert plan_from_text(plan_text(plan), "plan.json") == plan


@given(surveys())
def test_rollout_ends_live(survey: Survey) -> None:
    """The last thing a StackSet is told is always `Live`."""
    rollouts = [step for step in planned(survey).steps if isinstance(step, StackSetRollout)]

    assert [step.phase for step in rollouts] == ["regional", "regional", "activation", "activation"]
    for first, second in zip(rollouts[:2], rollouts[2:], strict=True):
        assert first.regions == second.regions
        assert {one.name: one.value for one in second.parameters}["Activation"] == "Live"
        if second.action == "none":
            assert {one.name: one.value for one in first.parameters}["Activation"] == "Live"
        if first.action == "create":
            assert first.new_regions == first.regions


@given(surveys())
def test_blockers_tell_the_way_out(survey: Survey) -> None:
    """No blocker without a sentence on what to do."""
    for plan in (planned(survey), plan_tear_down(an_environment(), survey)):
        assert all(blocker.summary and blocker.hint for blocker in plan.blockers)
