"""What a tear-down has to do, and what keeps it from being done."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deployer.planning.plan import BucketEmptying, RolloutPlan, StackRemoval, StackSetRemoval
from deployer.planning.survey import BucketFacts, OperationFacts, Survey
from deployer.planning.tear_down_planner import plan_tear_down
from tests.support.surveys import (
    GLOBAL_BODY,
    PRIMARY_REGION,
    REGIONAL_BODY,
    SECONDARY_REGION,
    a_bootstrap,
    a_global_stack,
    a_stack_set,
    a_survey,
    an_empty_survey,
    an_environment,
    an_instance,
)

RETAINING = GLOBAL_BODY.replace("DeletionPolicy: Delete", "DeletionPolicy: Retain")


def planned(survey: Survey, **environment: object) -> RolloutPlan:
    """Return the plan for this survey."""
    return plan_tear_down(an_environment(**environment), survey)


def emptied(plan: RolloutPlan) -> list[str]:
    """Return the buckets a plan empties."""
    return [step.bucket for step in plan.steps if isinstance(step, BucketEmptying)]


def test_everything_goes_in_the_reverse_order_of_the_rollout() -> None:
    """Buckets right before the stacks that own them, primary before secondary, the home Region last."""
    plan = planned(a_survey())

    assert [(step.title, step.action) for step in plan.steps] == [
        ("remove payment-global-test in us-east-2", "delete"),
        ("empty payment-audit-logs-primary-test in us-east-1", "delete"),
        ("empty payment-audit-logs-secondary-test in us-east-2", "delete"),
        ("remove payment-regional-test", "delete"),
        ("empty payment-artifacts-test-111122223333-us-east-1 in us-east-1", "delete"),
        ("empty payment-artifacts-test-111122223333-us-east-2 in us-east-2", "delete"),
        ("remove payment-bootstrap-test in us-east-1", "delete"),
        ("remove payment-bootstrap-test in us-east-2", "delete"),
    ]
    assert plan.blockers == ()
    assert plan.intent == "tear-down"


def test_instances_go_primary_first_and_strangers_last() -> None:
    """Every instance has to go before the StackSet can."""
    stack_set = a_stack_set(an_instance("eu-west-1"), an_instance(SECONDARY_REGION), an_instance(PRIMARY_REGION))

    [removal] = [step for step in planned(a_survey(stack_set=stack_set)).steps if isinstance(step, StackSetRemoval)]

    assert removal.regions == (PRIMARY_REGION, SECONDARY_REGION, "eu-west-1")


def test_nothing_is_to_do_where_nothing_stands() -> None:
    """A second tear-down finds that all is gone."""
    plan = planned(an_empty_survey())

    assert plan.steps_to_do == ()
    assert {step.reason for step in plan.steps} == {"it is gone"}


def test_retained_audit_log_is_not_emptied() -> None:
    """The parameter file keeps it; packages can be built again."""
    survey = a_survey(global_=a_global_stack(template_body=RETAINING))

    plan = planned(survey, retention={"on_tear_down": "retain"})

    assert emptied(plan) == [f"payment-artifacts-test-111122223333-{region}" for region in (PRIMARY_REGION, SECONDARY_REGION)]
    assert plan.blockers == ()


def test_results_of_canaries_are_emptied_before_the_regions_go() -> None:
    """CloudFormation deletes no bucket with anything in it, and nobody keeps what a test left behind."""
    results = BucketFacts(name=f"payment-canaries-test-111122223333-{PRIMARY_REGION}", region=PRIMARY_REGION, objects_count=9)
    survey = a_survey(global_=a_global_stack(template_body=RETAINING), buckets=(results,))

    plan = planned(survey, retention={"on_tear_down": "retain"})

    [emptying] = [step for step in plan.steps if isinstance(step, BucketEmptying)]
    assert (emptying.bucket, emptying.phase) == (results.name, "regional")


def test_retry_of_a_failed_removal_has_another_operation_id() -> None:
    """AWS takes an id once (F4.9)."""
    [first] = [step for step in planned(a_survey()).steps if isinstance(step, StackSetRemoval)]
    failed = OperationFacts(operation_id=f"{first.operation_id}-delete-1", action="DELETE", status="FAILED")

    [second] = [step for step in planned(a_survey(stack_set=a_stack_set(last_operation=failed))).steps if isinstance(step, StackSetRemoval)]

    assert second.operation_id != first.operation_id


PROTECTED = GLOBAL_BODY.replace(
    "{Region: us-east-2, DeletionProtectionEnabled: false}", "{Region: us-east-2, DeletionProtectionEnabled: true}"
)


@pytest.mark.parametrize(
    ("survey", "summary", "way_out"),
    [
        pytest.param(
            a_survey(global_=a_global_stack(termination_protection=True)),
            "payment-global-test in us-east-2 has termination protection",
            "--no-enable-termination-protection --stack-name payment-global-test --region us-east-2",
            id="protected stack",
        ),
        pytest.param(
            a_survey(stack_set=a_stack_set(an_instance(PRIMARY_REGION, stack={"termination_protection": True}))),
            "StackSet-payment-regional-test-us-east-1 in us-east-1 has termination protection",
            "--stack-name StackSet-payment-regional-test-us-east-1",
            id="protected instance",
        ),
        pytest.param(
            a_survey(global_=a_global_stack(template_body=PROTECTED)),
            "DynamoDB's deletion protection is on for PaymentsTable in us-east-2",
            "Set table.deletion_protection to false, roll that out",
            id="protected table",
        ),
        pytest.param(
            a_survey(global_=a_global_stack(template_body=RETAINING)),
            "The parameter file deletes the ledger, but the deployed template keeps PaymentsTable standing",
            "Roll the parameter file out first",
            id="table kept against the file",
        ),
        pytest.param(
            a_survey(bootstrap=(a_bootstrap(PRIMARY_REGION, status="UPDATE_IN_PROGRESS"),)),
            "payment-bootstrap-test in us-east-1 is UPDATE_IN_PROGRESS",
            "Wait until it has settled",
            id="stack in progress",
        ),
        pytest.param(
            a_survey(stack_set=a_stack_set(last_operation=OperationFacts(operation_id="x", action="UPDATE", status="RUNNING"))),
            "Someone else's operation is under way on payment-regional-test: UPDATE x is RUNNING",
            "Wait until it has ended",
            id="someone else's operation",
        ),
        pytest.param(
            a_survey(stack_set=a_stack_set(an_instance(PRIMARY_REGION, status="INOPERABLE"))),
            "The instance of payment-regional-test in us-east-1 is INOPERABLE",
            "--retain-stacks",
            id="inoperable instance",
        ),
        pytest.param(
            a_survey(account_id="999988887777"),
            "The credentials belong to account 999988887777, the parameter file to 111122223333",
            "correct account_id",
            id="other account",
        ),
    ],
)
def test_what_stands_in_the_way_is_told_with_the_way_out(survey: Survey, summary: str, way_out: str) -> None:
    """Each alone, in words."""
    [blocker] = planned(survey, account_id="111122223333").blockers

    assert blocker.summary == summary
    assert way_out in blocker.hint


def test_ledger_that_the_file_keeps_is_not_lost_to_an_older_template() -> None:
    """What is deployed decides what a deletion does, so a file that promises more than it blocks."""
    [blocker] = planned(a_survey(), retention={"on_tear_down": "retain"}).blockers

    assert blocker.summary == "The parameter file keeps the ledger, but the deployed template deletes PaymentsTable with its stack"


def test_removals_tell_what_they_leave_standing() -> None:
    """By the deployed templates, in every Region, before anything is begun."""
    bucket = "  RecordBucket:\n    Type: AWS::S3::Bucket\n    DeletionPolicy: RetainExceptOnCreate\n"
    regional = REGIONAL_BODY.replace("Resources:\n", f"Resources:\n{bucket}")
    instances = [an_instance(region, stack={"template_body": regional}) for region in (PRIMARY_REGION, SECONDARY_REGION)]
    survey = a_survey(global_=a_global_stack(template_body=RETAINING), stack_set=a_stack_set(*instances))

    kept = {step.title: step.keeps for step in planned(survey).steps if isinstance(step, StackRemoval | StackSetRemoval)}

    assert [(one.logical_id, one.region) for one in kept["remove payment-global-test in us-east-2"]] == [("PaymentsTable", "us-east-2")]
    assert [(one.logical_id, one.region) for one in kept["remove payment-regional-test"]] == [
        ("RecordBucket", PRIMARY_REGION),
        ("RecordBucket", SECONDARY_REGION),
    ]
    assert kept["remove payment-bootstrap-test in us-east-1"] == ()


def test_own_removal_under_way_does_not_block() -> None:
    """A tear-down run again attaches."""
    [first] = [step for step in planned(a_survey()).steps if isinstance(step, StackSetRemoval)]
    running = OperationFacts(operation_id=f"{first.operation_id}-delete-1", action="DELETE", status="RUNNING")

    assert planned(a_survey(stack_set=replace(a_stack_set(), last_operation=running))).blockers == ()


@pytest.mark.parametrize("status", ["DELETE_FAILED", "ROLLBACK_COMPLETE", "DELETE_IN_PROGRESS"])
def test_stack_that_can_be_deleted_from_its_state_blocks_nothing(status: str) -> None:
    """Deleting takes what updating does not."""
    assert planned(a_survey(global_=a_global_stack(status=status))).blockers == ()
