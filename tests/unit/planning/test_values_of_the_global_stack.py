"""What the Regions take from the global stack, which comes after them: health checks' ids, for alarms on Route 53's metrics."""

from __future__ import annotations

from dataclasses import replace

from deployer.planning.plan import RolloutPlan, StackSetRollout
from deployer.planning.planner import plan_rollout
from deployer.planning.survey import Survey
from deployer.rendering.rendered import RenderedSystem
from deployer.vocabulary.values import OutputOf, StackParameter
from tests.support.surveys import (
    GLOBAL,
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

REGIONAL = REGIONAL_BODY.replace(
    "Conditions:\n",
    "  CheckId: {Type: String, Default: ''}\nConditions:\n  HasCheck: !Not [!Equals [!Ref CheckId, '']]\n",
).replace(
    "Outputs:\n",
    """\
  CheckAlarm:
    Type: AWS::CloudWatch::Alarm
    Condition: HasCheck
    Properties: {Dimensions: [{Value: !Ref CheckId}]}
Outputs:
""",
)
GLOBAL_WITH_CHECK = (
    GLOBAL_BODY
    + """\
  Check:
    Type: AWS::Route53::HealthCheck
    Properties:
      HealthCheckConfig: {RequestInterval: 10}
Outputs:
  CheckId:
    Value: !GetAtt Check.HealthCheckId
"""
)
CHECK_ID = OutputOf(stack_name=GLOBAL, region=SECONDARY_REGION, output="CheckId")


def the_system(*, global_: str = GLOBAL_WITH_CHECK) -> RenderedSystem:
    """Return a system whose Regions take the check's id from the global stack."""
    system = a_system(regional=REGIONAL, global_=global_)
    parameters = (*system.regional.parameters, StackParameter(name="CheckId", value=CHECK_ID))
    return replace(system, regional=replace(system.regional, parameters=parameters))


def the_survey(*, activation: str = "Live", check_id: str = "check-1", stands: str | None = "check-1") -> Survey:
    """Return the system as it stands: the Regions know `check_id`, the global stack's check is `stands`, or there is no such stack."""
    values = (("Activation", activation), ("CheckId", check_id), ("HostedZoneId", "Z123"))
    instances = [
        an_instance(region, activation=activation, stack={"template_body": REGIONAL, "parameters": (*values, ("LogLevel", "INFO"))})
        for region in (PRIMARY_REGION, SECONDARY_REGION)
    ]
    global_ = a_global_stack(template_body=GLOBAL_WITH_CHECK, outputs=(("CheckId", stands),)) if stands else None
    return a_survey(stack_set=a_stack_set(*instances, template_body=REGIONAL, parameters=values), global_=global_)


def passes(survey: Survey, system: RenderedSystem | None = None) -> tuple[StackSetRollout, StackSetRollout]:
    """Return the first wave of the plan's two passes over the StackSet."""
    plan: RolloutPlan = plan_rollout(an_environment(), system or the_system(), survey)
    first, second = (step for step in plan.steps if isinstance(step, StackSetRollout) and not step.earlier_regions)
    return first, second


def carried(step: StackSetRollout) -> str | OutputOf:
    """Return the check's id as a step carries it."""
    return {one.name: one.value for one in step.parameters}["CheckId"]


def test_first_pass_of_a_new_system_knows_no_check() -> None:
    """The global stack comes after the Regions; the second pass reads what it made."""
    first, second = passes(an_empty_survey())

    assert (carried(first), carried(second)) == ("", CHECK_ID)
    assert "CheckAlarm" in {change.logical_id for change in second.changes}


def test_live_system_that_knows_its_check_has_nothing_to_do() -> None:
    """A second roll-out, the day after."""
    first, second = passes(the_survey())

    assert (first.action, second.action) == ("none", "none")


def test_prepared_system_is_not_given_the_check_early() -> None:
    """A first roll-out that stopped before its second pass goes on exactly there."""
    first, second = passes(the_survey(activation="Prepared", check_id=""))

    assert (first.action, second.action) == ("none", "update")
    assert carried(second) == "check-1"


def test_live_system_takes_a_check_it_does_not_know_in_its_one_pass() -> None:
    """Somebody replaced the check; the id that stands is the one to watch."""
    first, second = passes(the_survey(check_id="check-0"))

    assert (first.action, first.reason, carried(first)) == ("update", "parameter CheckId differs", "check-1")
    assert second.action == "none"


def test_check_that_is_about_to_be_replaced_is_read_when_it_is_known() -> None:
    """Another interval makes another check: without a second pass the alarm would watch one that is gone."""
    first, second = passes(the_survey(), the_system(global_=GLOBAL_WITH_CHECK.replace("RequestInterval: 10", "RequestInterval: 30")))

    assert first.action == "none"
    assert (second.action, carried(second)) == ("update", CHECK_ID)
    assert second.reason == "CheckId can only be known when the global stack has changed"
    assert [change.logical_id for change in second.changes] == ["CheckAlarm"]


def test_global_stack_at_work_is_not_believed_in_what_it_says_of_before() -> None:
    """Killed during its update, the roll-out is planned anew: its template is the new one already, its outputs are the old ones."""
    survey = the_survey()
    at_work = a_global_stack(
        template_body=GLOBAL_WITH_CHECK, outputs=(("CheckId", "check-1"),), status="UPDATE_IN_PROGRESS", token="rollout-somebodys"
    )

    first, second = passes(replace(survey, global_=at_work))

    assert (first.action, second.action, carried(second)) == ("none", "update", CHECK_ID)


def test_change_of_the_global_stack_elsewhere_needs_no_second_pass() -> None:
    """A live system is updated in one pass."""
    moved = GLOBAL_WITH_CHECK.replace('"api.${ZoneName}"', '"pay.${ZoneName}"')

    first, second = passes(the_survey(), the_system(global_=moved))

    assert (first.action, second.action) == ("none", "none")


def test_live_system_that_lost_its_global_stack_forgets_the_check_until_there_is_one() -> None:
    """An output that cannot be read would stop the roll-out that brings it back."""
    first, second = passes(the_survey(stands=None))

    assert (first.action, carried(first)) == ("update", "")
    assert (second.action, carried(second)) == ("update", CHECK_ID)


def test_ids_of_operations_do_not_hang_on_the_check() -> None:
    """The same plan made twice is one operation, whatever the survey told meanwhile (F4.8)."""
    assert passes(the_survey())[0].operation_id == passes(the_survey(stands="check-2"))[0].operation_id
