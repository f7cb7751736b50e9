"""What a roll-out has to do, decided from environment, templates and survey alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deployer.planning.plan import ArtifactUpload, ResourceChange, RolloutPlan, StackApply, StackSetRollout
from deployer.planning.planner import plan_rollout
from deployer.planning.survey import Survey
from deployer.vocabulary.values import OutputOf
from tests.support.surveys import (
    BOOTSTRAP_BODY,
    GLOBAL,
    GLOBAL_BODY,
    HOSTED_ZONE,
    PRIMARY_REGION,
    REGIONAL_BODY,
    SECONDARY_REGION,
    a_bootstrap,
    a_global_stack,
    a_stack_set,
    a_survey,
    a_system,
    an_empty_survey,
    an_environment,
    an_instance,
)


def planned(survey: Survey, system: object = None, **environment: object) -> RolloutPlan:
    """Return the plan for this survey; the rest is sound unless given."""
    return plan_rollout(an_environment(**environment), system or a_system(), survey)  # type: ignore[arg-type]


def actions(plan: RolloutPlan) -> dict[str, str]:
    """Return the actions of the phases that change the system; phases of several steps joined."""
    by_phase: dict[str, list[str]] = {}
    for step in (step for step in plan.steps if step.phase not in ("record", "gate")):
        by_phase.setdefault(step.phase, []).append(step.action)
    return {phase: "/".join(dict.fromkeys(found)) for phase, found in by_phase.items()}


def rollout_step(plan: RolloutPlan, phase: str = "regional", region: str = SECONDARY_REGION) -> StackSetRollout:
    """Return a phase's wave to a Region."""
    waves = (step for step in plan.steps if isinstance(step, StackSetRollout) and step.phase == phase)
    return next(step for step in waves if step.regions == (region,))


def stack_step(plan: RolloutPlan, name: str) -> StackApply:
    """Return the step of a single stack."""
    return next(step for step in plan.steps if isinstance(step, StackApply) and step.stack_name == name)


def test_unchanged_live_system_needs_no_rollout() -> None:
    """A second roll-out finds nothing to do."""
    plan = planned(a_survey())

    assert plan.steps_to_do == ()
    assert plan.blockers == ()


def test_empty_account_gets_everything_in_order() -> None:
    """Home Region before the other, secondary before primary, live last (decision 2)."""
    plan = planned(an_empty_survey())

    assert [(step.phase, step.action, getattr(step, "region", "")) for step in plan.steps] == [
        ("bootstrap", "create", SECONDARY_REGION),
        ("bootstrap", "create", PRIMARY_REGION),
        ("artifacts", "create", SECONDARY_REGION),
        ("artifacts", "create", PRIMARY_REGION),
        ("record", "create", SECONDARY_REGION),
        ("regional", "create", SECONDARY_REGION),
        ("regional", "create", SECONDARY_REGION),
        ("global", "create", SECONDARY_REGION),
        ("activation", "update", SECONDARY_REGION),
        ("activation", "update", SECONDARY_REGION),
        ("gate", "check", ""),
        ("record", "delete", SECONDARY_REGION),
    ]
    waves = [step for step in plan.steps if isinstance(step, StackSetRollout)]
    assert [(step.wave, step.regions) for step in waves] == [("1 of 2", (SECONDARY_REGION,)), ("2 of 2", (PRIMARY_REGION,))] * 2
    assert [step.new_regions for step in waves if step.phase == "regional"] == [(SECONDARY_REGION,), (PRIMARY_REGION,)]


def test_each_wave_is_an_operation_of_its_own() -> None:
    """What is sent to one Region is never taken for what was sent to the other (F4.8)."""
    plan = planned(an_empty_survey())

    ids = [step.operation_id for step in plan.steps if isinstance(step, StackSetRollout)]
    assert len(set(ids)) == 4


def test_wave_that_is_behind_is_the_only_one_with_work() -> None:
    """A roll-out that stopped after the secondary goes on with the primary."""
    behind = replace(an_instance(PRIMARY_REGION), status="OUTDATED")

    plan = planned(a_survey(stack_set=a_stack_set(behind, an_instance(SECONDARY_REGION))))

    assert rollout_step(plan).action == "none"
    step = rollout_step(plan, region=PRIMARY_REGION)
    assert (step.action, step.reason, step.earlier_regions) == ("update", "us-east-1 is OUTDATED", (SECONDARY_REGION,))


def test_new_system_is_prepared_before_it_is_live() -> None:
    """Replication needs the other Region's bucket, so the first pass leaves it out (F5.1)."""
    plan = planned(an_empty_survey())

    first, second = rollout_step(plan), rollout_step(plan, "activation")
    assert {one.name: one.value for one in first.parameters}["Activation"] == "Prepared"
    assert {one.name: one.value for one in second.parameters}["Activation"] == "Live"
    assert "Canary" not in {change.logical_id for change in first.changes}
    assert second.changes == (
        ResourceChange(
            action="Modify",
            logical_id="AuditBucket",
            resource_type="AWS::S3::Bucket",
            paths=("Properties.ReplicationConfiguration",),
        ),
        ResourceChange(action="Add", logical_id="Canary", resource_type="AWS::Synthetics::Canary"),
    )


def test_rollout_that_stopped_before_the_global_stack_goes_on_there() -> None:
    """What stands is left alone, what is missing is made."""
    plan = planned(a_survey(stack_set=a_stack_set(activation="Prepared"), global_=None))

    assert actions(plan) == {"bootstrap": "none", "artifacts": "none", "regional": "none", "global": "create", "activation": "update"}


def test_changed_function_code_changes_exactly_that() -> None:
    """One edit is one resource in both Regions; the global stack does not hang on it."""
    edited = a_system(regional=REGIONAL_BODY.replace("payment-1", "payment-2"))

    plan = planned(a_survey(), edited)

    assert actions(plan) == {"bootstrap": "none", "artifacts": "none", "regional": "update", "global": "none", "activation": "none"}
    [change] = rollout_step(plan).changes
    assert (change.logical_id, change.paths) == ("PaymentFunction", ("Properties.Code.S3Key",))


def test_changed_source_of_an_output_updates_what_takes_the_output() -> None:
    """The global record points at the domain; when that changes, its target can only be known on the way."""
    renamed = a_system(regional=REGIONAL_BODY.replace(".api.pay.example.test", ".api.example.test"))

    plan = planned(a_survey(), renamed)

    step = stack_step(plan, GLOBAL)
    assert step.action == "update"
    assert step.reason == "PrimaryTarget can only be known on the way"
    assert isinstance(step.parameters[0].value, OutputOf)


def test_changed_bootstrap_is_asked_anew_for_what_it_hands_on() -> None:
    """A zone that is replaced gets another id, which the Regions take when it is known."""
    renamed = a_system(bootstrap=BOOTSTRAP_BODY.replace("pay.example.test", "pay.example.com"))

    plan = planned(a_survey(), renamed)

    step = rollout_step(plan)
    assert step.reason == "HostedZoneId can only be known on the way"
    assert {one.name: one.value for one in step.parameters}["HostedZoneId"] == HOSTED_ZONE


def test_output_that_a_changing_stack_keeps_is_no_reason_to_update() -> None:
    """It is read anew all the same, should anything else be sent."""
    grown = a_system(bootstrap=BOOTSTRAP_BODY.replace("Type: AWS::S3::Bucket", "Type: AWS::S3::Bucket\n    DeletionPolicy: Delete"))

    plan = planned(a_survey(), grown)

    assert actions(plan) == {"bootstrap": "update", "artifacts": "none", "regional": "none", "global": "none", "activation": "none"}


def test_output_of_an_untouched_stack_is_carried_as_its_value() -> None:
    """The plan shows what is known already."""
    step = rollout_step(planned(a_survey()))

    assert {one.name: one.value for one in step.parameters}["HostedZoneId"] == "Z123"


def test_output_of_a_stack_to_be_made_stays_to_be_read() -> None:
    """Nothing is guessed before a stack exists."""
    step = rollout_step(planned(an_empty_survey()))

    assert {one.name: one.value for one in step.parameters}["HostedZoneId"] == HOSTED_ZONE


def test_output_that_differs_from_what_was_applied_is_an_update() -> None:
    """A stack set that was given an older zone is brought to the present one."""
    survey = a_survey(bootstrap=(a_bootstrap(PRIMARY_REGION), a_bootstrap(SECONDARY_REGION, outputs=(("HostedZoneId", "Z999"),))))

    step = rollout_step(planned(survey))

    assert step.action == "update"
    assert step.reason == "parameter HostedZoneId differs"


def test_missing_package_is_uploaded_only_where_it_is_missing() -> None:
    """Packages are named by their digest; what lies there is what was meant."""
    plan = planned(a_survey(artifacts=frozenset({(PRIMARY_REGION, "packages/payment-1.zip")})))

    uploads = {step.region: step for step in plan.steps if isinstance(step, ArtifactUpload)}
    assert uploads[PRIMARY_REGION].action == "none"
    assert uploads[SECONDARY_REGION].action == "create"
    assert uploads[SECONDARY_REGION].bucket == "payment-artifacts-test-111122223333-us-east-2"


def test_changed_tags_update_every_stack() -> None:
    """Cost allocation follows the parameter file."""
    plan = planned(a_survey(), tags={"owner": "payments", "cost_centre": "cc-2"})

    assert actions(plan) == {"bootstrap": "update", "artifacts": "none", "regional": "update", "global": "update", "activation": "none"}
    assert rollout_step(plan).reason == "its tags differ"


def test_dropped_parameter_falls_back_to_the_templates_default() -> None:
    """A value that was set once and is no longer wanted is a difference."""
    values = (("Activation", "Live"), ("HostedZoneId", "Z123"), ("LogLevel", "DEBUG"))
    instances = (an_instance(region, stack={"parameters": values}) for region in (SECONDARY_REGION, PRIMARY_REGION))
    stack_set = a_stack_set(*instances, parameters=values)

    step = rollout_step(planned(a_survey(stack_set=stack_set)))

    assert step.reason == "parameter LogLevel differs"


def test_hidden_parameter_is_no_difference() -> None:
    """AWS never tells a NoEcho value, so it cannot be compared."""
    body = GLOBAL_BODY.replace("ZoneName: {Type: String}", "ZoneName: {Type: String, NoEcho: true}")
    stack = a_global_stack(template_body=body, parameters=(("PrimaryTarget", "d-us-east-1.execute-api.example"), ("ZoneName", "****")))

    plan = planned(a_survey(global_=stack), a_system(global_=body))

    assert stack_step(plan, GLOBAL).action == "none"


@pytest.mark.parametrize(
    ("instance", "reason"),
    [
        pytest.param({"status": "OUTDATED", "status_reason": "cancelled"}, "us-east-1 is OUTDATED: cancelled", id="outdated"),
        pytest.param({"status": "INOPERABLE"}, "us-east-1 is INOPERABLE", id="inoperable"),
        pytest.param({"detailed_status": "FAILED"}, "us-east-1 is FAILED", id="failed in detail"),
        pytest.param({"stack": None}, "us-east-1 has lost its stack", id="stack gone"),
    ],
)
def test_instance_that_is_not_current_is_never_nothing_to_do(instance: dict[str, object], reason: str) -> None:
    """The set's definition being right says nothing of a Region that never got it."""
    primary = replace(an_instance(PRIMARY_REGION), **instance)  # type: ignore[arg-type]

    step = rollout_step(planned(a_survey(stack_set=a_stack_set(primary, an_instance(SECONDARY_REGION)))), region=PRIMARY_REGION)

    assert step.action == "update"
    assert step.reason == reason


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "CREATE_FAILED", "UPDATE_ROLLBACK_FAILED", "UPDATE_FAILED", "DELETE_FAILED"])
def test_failed_stack_of_an_instance_is_never_nothing_to_do(status: str) -> None:
    """Not even where the StackSet calls the instance current."""
    primary = an_instance(PRIMARY_REGION, stack={"status": status})

    step = rollout_step(planned(a_survey(stack_set=a_stack_set(primary, an_instance(SECONDARY_REGION)))), region=PRIMARY_REGION)

    assert step.action == "update"
    assert status in step.reason


def test_region_without_an_instance_gets_one() -> None:
    """A Region that was cancelled before it began is new to the StackSet."""
    stack_set = a_stack_set(an_instance(SECONDARY_REGION, activation="Prepared"), activation="Prepared")

    step = rollout_step(planned(a_survey(stack_set=stack_set)), region=PRIMARY_REGION)

    assert step.new_regions == (PRIMARY_REGION,)
    assert step.reason == "us-east-1 has no instance yet"


def test_live_system_that_lost_a_region_is_rebuilt_live() -> None:
    """The Region that still serves keeps its alarms and replication while the other is made anew."""
    plan = planned(a_survey(stack_set=a_stack_set(an_instance(SECONDARY_REGION))))

    parameters = {one.name: one.value for one in rollout_step(plan).parameters}
    assert parameters["Activation"] == "Live"
    assert rollout_step(plan, "activation").action == "none"


def test_activation_that_never_reached_a_region_begins_anew_when_the_other_is_gone() -> None:
    """A stack that was never live would wait for a bucket that does not stand."""
    survivor = an_instance(SECONDARY_REGION, activation="Prepared", status="OUTDATED")

    plan = planned(a_survey(stack_set=a_stack_set(survivor)))

    assert {one.name: one.value for one in rollout_step(plan).parameters}["Activation"] == "Prepared"
    assert rollout_step(plan, "activation").action == "update"


def test_roles_are_named_by_the_account_and_the_suffix() -> None:
    """The administration role by ARN, the execution role by name (F4.1)."""
    step = rollout_step(planned(an_empty_survey()))

    assert step.administration_role_arn == "arn:aws:iam::111122223333:role/payment-stackset-administration-test"
    assert step.execution_role_name == "payment-stackset-execution-test"


def test_primary_may_hold_the_stack_set_when_the_file_says_so() -> None:
    """Home Region first, whichever it is; the order of Regions stays secondary first."""
    plan = planned(an_empty_survey(), administration_region=PRIMARY_REGION)

    assert [step.region for step in plan.steps if isinstance(step, StackApply) and step.phase == "bootstrap"] == [
        PRIMARY_REGION,
        SECONDARY_REGION,
    ]
    assert rollout_step(plan).region == PRIMARY_REGION
    assert [step.regions for step in plan.steps if step.phase == "regional"] == [(SECONDARY_REGION,), (PRIMARY_REGION,)]  # type: ignore[union-attr]


def test_plan_carries_every_template_a_step_names() -> None:
    """The runner gets the plan and nothing else."""
    plan = planned(an_empty_survey())

    named = {step.template_digest for step in plan.steps if isinstance(step, StackApply | StackSetRollout)}
    assert {plan.template(digest) for digest in named} == {BOOTSTRAP_BODY, REGIONAL_BODY, GLOBAL_BODY}


def test_bounds_come_from_the_environment_in_seconds() -> None:
    """Minutes for people, seconds for the runner."""
    plan = planned(a_survey(), rollout={"operation_minutes_max": 5, "poll_seconds": 0.2})

    assert (plan.bounds.operation_seconds_max, plan.bounds.poll_seconds) == (300.0, 0.2)
