"""What keeps a roll-out from being performed, and the way out that is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deployer.planning.plan import Blocker, StackSetRollout
from deployer.planning.planner import plan_rollout
from deployer.planning.survey import OperationFacts, Survey
from tests.support.surveys import (
    GLOBAL_BODY,
    PRIMARY_REGION,
    REGIONAL_BODY,
    SECONDARY_REGION,
    a_bootstrap,
    a_global_stack,
    a_stack_set,
    a_survey,
    a_system,
    an_environment,
    an_instance,
)


def blockers(survey: Survey, **environment: object) -> tuple[Blocker, ...]:
    """Return the blockers of a roll-out."""
    return plan_rollout(an_environment(**environment), a_system(), survey).blockers


@pytest.mark.parametrize(
    ("status", "way_out"),
    [
        pytest.param(
            "ROLLBACK_COMPLETE", "aws cloudformation delete-stack --stack-name payment-bootstrap-test --region us-east-1", id="first try"
        ),
        pytest.param("CREATE_FAILED", "delete-stack", id="create failed"),
        pytest.param("ROLLBACK_FAILED", "delete-stack", id="rollback failed"),
        pytest.param("REVIEW_IN_PROGRESS", "delete-stack", id="never executed"),
        pytest.param("UPDATE_ROLLBACK_FAILED", "continue-update-rollback", id="update rollback failed"),
        pytest.param("UPDATE_FAILED", "rollback-stack", id="update failed"),
        pytest.param("DELETE_FAILED", "delete-stack", id="delete failed"),
        pytest.param("UPDATE_IN_PROGRESS", "Wait until it has settled", id="under way"),
        pytest.param("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "Wait until it has settled", id="cleaning up"),
    ],
)
def test_stack_that_takes_no_update_blocks_with_its_way_out(status: str, way_out: str) -> None:
    """The plan would fail there; a person reads what to do instead."""
    survey = a_survey(bootstrap=(a_bootstrap(PRIMARY_REGION, status=status, status_reason="why"), a_bootstrap(SECONDARY_REGION)))

    [blocker] = blockers(survey)

    assert blocker.summary == f"payment-bootstrap-test in us-east-1 is {status}: why"
    assert way_out in blocker.hint
    assert blocker.is_busy == way_out.startswith("Wait")


@pytest.mark.parametrize(("object_lock", "is_blocked"), [("none", True), ("governance", False)])
def test_lock_on_the_audit_log_is_never_taken_away(object_lock: str, is_blocked: bool) -> None:
    """S3 would refuse it in the middle of the roll-out."""
    bucket = "  RecordBucket:\n    Type: AWS::S3::Bucket\n    Properties: {ObjectLockEnabled: true}\n"
    locked = replace(a_stack_set(), template_body=REGIONAL_BODY.replace("Resources:\n", f"Resources:\n{bucket}"))

    found = blockers(a_survey(stack_set=locked), audit={"object_lock": object_lock}, retention={"on_tear_down": "retain"})

    assert ["object lock" in blocker.summary for blocker in found] == ([True] if is_blocked else [])


def test_buckets_without_a_lock_may_get_one() -> None:
    """Only the way back is closed."""
    assert blockers(a_survey(), audit={"object_lock": "governance"}, retention={"on_tear_down": "retain"}) == ()


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"])
def test_settled_stack_blocks_nothing(status: str) -> None:
    """A stack that rolled back to its last good state takes the next update."""
    assert blockers(a_survey(global_=a_global_stack(status=status))) == ()


def test_instance_whose_first_stack_failed_is_retried_not_blocked() -> None:
    """A StackSet operation makes it anew (F4.9)."""
    failed = an_instance(PRIMARY_REGION, status="OUTDATED", detailed_status="FAILED", stack={"status": "ROLLBACK_COMPLETE"})

    assert blockers(a_survey(stack_set=a_stack_set(failed, an_instance(SECONDARY_REGION)))) == ()


def test_protected_instance_that_would_be_made_anew_blocks() -> None:
    """Its stack has to be deleted first, and termination protection forbids that (F4.11)."""
    stack = {"status": "ROLLBACK_COMPLETE", "termination_protection": True}
    failed = an_instance(PRIMARY_REGION, status="OUTDATED", detailed_status="FAILED", stack=stack)

    [blocker] = blockers(a_survey(stack_set=a_stack_set(failed, an_instance(SECONDARY_REGION))))

    assert blocker.summary == "StackSet-payment-regional-test-us-east-1 in us-east-1 has termination protection"
    assert "--no-enable-termination-protection" in blocker.hint


def test_instance_whose_rollback_failed_blocks() -> None:
    """No StackSet operation mends that."""
    stuck = an_instance(PRIMARY_REGION, status="OUTDATED", stack={"status": "UPDATE_ROLLBACK_FAILED"})

    [blocker] = blockers(a_survey(stack_set=a_stack_set(stuck, an_instance(SECONDARY_REGION))))

    assert "continue-update-rollback" in blocker.hint


def test_inoperable_instance_blocks_with_how_to_detach_it() -> None:
    """Updates pass such an instance by (F4.11)."""
    inoperable = an_instance(PRIMARY_REGION, status="INOPERABLE", detailed_status="INOPERABLE")

    [blocker] = blockers(a_survey(stack_set=a_stack_set(inoperable, an_instance(SECONDARY_REGION))))

    assert "INOPERABLE" in blocker.summary
    assert "delete-stack-instances --stack-set-name payment-regional-test --regions us-east-1" in blocker.hint
    assert "--retain-stacks" in blocker.hint


@pytest.mark.parametrize("status", ["RUNNING", "STOPPING", "QUEUED"])
def test_someone_elses_operation_blocks(status: str) -> None:
    """One operation at a time on a StackSet (F4.8)."""
    operation = OperationFacts(operation_id="by-hand", action="UPDATE", status=status)

    [blocker] = blockers(a_survey(stack_set=a_stack_set(last_operation=operation)))

    assert blocker.summary == f"Someone else's operation is under way on payment-regional-test: UPDATE by-hand is {status}"


def test_own_operation_under_way_does_not_block() -> None:
    """A roll-out run again attaches to the operation it began, whose stacks are in progress."""
    prepared = a_stack_set(activation="Prepared")
    steps = plan_rollout(an_environment(), a_system(), a_survey(stack_set=prepared)).steps
    step = next(step for step in steps if isinstance(step, StackSetRollout) and step.phase == "activation")
    running = OperationFacts(operation_id=f"{step.operation_id}-update-1", action="UPDATE", status="RUNNING")
    under_way = (
        an_instance(SECONDARY_REGION, status="OUTDATED", detailed_status="RUNNING", stack={"status": "UPDATE_IN_PROGRESS"}),
        an_instance(PRIMARY_REGION, status="OUTDATED", detailed_status="PENDING"),
    )

    again = plan_rollout(
        an_environment(), a_system(), a_survey(stack_set=a_stack_set(*under_way, activation="Prepared", last_operation=running))
    )

    assert again.blockers == ()
    assert step.operation_id in {one.operation_id for one in again.steps if isinstance(one, StackSetRollout)}


def test_consistency_of_an_existing_table_cannot_change() -> None:
    """It is fixed at creation (F1.1)."""
    [blocker] = blockers(a_survey(), table={"consistency": "eventual"})

    assert blocker.summary == "The table's consistency is STRONG and cannot become EVENTUAL: it is fixed at creation"
    assert "table.consistency" in blocker.hint


def test_table_that_says_nothing_of_consistency_is_eventual() -> None:
    """CloudFormation's default (F1.12)."""
    body = GLOBAL_BODY.replace("      MultiRegionConsistency: STRONG\n", "")

    [blocker] = blockers(a_survey(global_=a_global_stack(template_body=body)))

    assert blocker.summary == "The table's consistency is EVENTUAL and cannot become STRONG: it is fixed at creation"


def test_consistency_given_by_a_parameter_is_read_from_the_stack() -> None:
    """The deployed value counts, wherever the template takes it from."""
    body = GLOBAL_BODY.replace("MultiRegionConsistency: STRONG", "MultiRegionConsistency: !Ref ZoneName")

    [blocker] = blockers(a_survey(global_=a_global_stack(template_body=body, parameters=(("ZoneName", "EVENTUAL"),))))

    assert "is EVENTUAL" in blocker.summary


def test_replicas_of_a_strong_table_cannot_move() -> None:
    """Neither replica nor witness can be exchanged (F1.5)."""
    regions = (
        {"name": "us-east-1", "role": "primary", "vpc_cidr": "10.0.0.0/16"},
        {"name": "us-west-2", "role": "secondary", "vpc_cidr": "10.1.0.0/16"},
    )

    told = [blocker.summary for blocker in blockers(a_survey(), regions=regions, witness_region="us-east-2")]

    assert told == [
        "payment-regional-test has an instance in us-east-2, which the parameter file does not name",
        "A strongly consistent table's replicas cannot move from us-east-1, us-east-2 to us-east-1, us-west-2",
        "A strongly consistent table's witness cannot move from us-west-2 to us-east-2",
    ]


def test_other_account_than_the_files_blocks() -> None:
    """A parameter file is for one account."""
    [blocker] = blockers(a_survey(), account_id="999988887777")

    assert blocker.summary == "The credentials belong to account 111122223333, the parameter file to 999988887777"


def test_own_account_blocks_nothing() -> None:
    """The named account is the right one."""
    assert blockers(a_survey(), account_id="111122223333") == ()
