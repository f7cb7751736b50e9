"""Which stacks can be mended, how, and when a person has to decide."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deployer.planning.mending import Mending, plan_mending, unfinished
from deployer.planning.survey import OperationFacts, Survey
from tests.support.surveys import (
    GLOBAL_BODY,
    PRIMARY_REGION,
    SECONDARY_REGION,
    a_bootstrap,
    a_global_stack,
    a_stack_set,
    a_survey,
    an_environment,
    an_instance,
)

RETAINING = GLOBAL_BODY.replace("DeletionPolicy: Delete", "DeletionPolicy: RetainExceptOnCreate")


def mending(survey: Survey, *standing: str) -> Mending:
    """Return the mending; `standing` are the resources left of each stack that was never finished."""
    return plan_mending(an_environment(), survey, {stack.stack_id: standing for stack in unfinished(survey)})


def titles(found: Mending) -> list[str]:
    """Return what is done."""
    return [one.title for one in found.mends]


def test_sound_system_has_nothing_to_mend() -> None:
    """Nor has one whose stack went back to what it was."""
    assert mending(a_survey()).mends == ()
    assert mending(a_survey(global_=a_global_stack(status="UPDATE_ROLLBACK_COMPLETE"))).mends == ()


@pytest.mark.parametrize(
    ("status", "title"),
    [
        ("UPDATE_ROLLBACK_FAILED", "continue the rollback of payment-global-test in us-east-2"),
        ("UPDATE_FAILED", "roll back payment-global-test in us-east-2"),
        ("ROLLBACK_COMPLETE", "delete payment-global-test in us-east-2"),
        ("ROLLBACK_FAILED", "delete payment-global-test in us-east-2"),
        ("CREATE_FAILED", "delete payment-global-test in us-east-2"),
        ("REVIEW_IN_PROGRESS", "delete payment-global-test in us-east-2"),
    ],
)
def test_each_status_has_its_deed(status: str, title: str) -> None:
    """By what CloudFormation offers for it."""
    found = mending(a_survey(global_=a_global_stack(status=status)))

    assert titles(found) == [title]
    assert found.objections == ()


@pytest.mark.parametrize("status", ["DELETE_FAILED", "IMPORT_ROLLBACK_FAILED", "UPDATE_IN_PROGRESS"])
def test_what_could_lose_something_is_a_persons(status: str) -> None:
    """Blockers say what to do about these."""
    assert mending(a_survey(global_=a_global_stack(status=status))).mends == ()


def test_instances_rollback_is_continued_in_its_own_region() -> None:
    """Its StackSet cannot do that (F4.15: its stack may be worked on directly)."""
    stuck = an_instance(PRIMARY_REGION, status="OUTDATED", stack={"status": "UPDATE_ROLLBACK_FAILED"})

    found = mending(a_survey(stack_set=a_stack_set(stuck, an_instance(SECONDARY_REGION))))

    assert titles(found) == ["continue the rollback of StackSet-payment-regional-test-us-east-1 in us-east-1"]


@pytest.mark.parametrize(("status", "count"), [("ROLLBACK_COMPLETE", 0), ("ROLLBACK_FAILED", 1)])
def test_instance_that_its_stack_set_makes_anew_is_left_to_it(status: str, count: int) -> None:
    """A roll-out is the way out there (F4.9), but for what could not even be rolled back."""
    failed = an_instance(PRIMARY_REGION, status="OUTDATED", detailed_status="FAILED", stack={"status": status})

    assert len(mending(a_survey(stack_set=a_stack_set(failed, an_instance(SECONDARY_REGION)))).mends) == count


def test_stack_that_holds_what_its_template_keeps_is_not_deleted() -> None:
    """The ledger would be left behind, its name taken, and the next roll-out fail on it."""
    never = a_global_stack(status="ROLLBACK_FAILED", template_body=RETAINING)

    [objection] = mending(a_survey(global_=never), "PaymentsTable", "FailoverRecord").objections

    assert objection.summary == "payment-global-test in us-east-2 was never finished, and holds PaymentsTable, which its template keeps"
    assert "delete-stack --stack-name payment-global-test" in objection.hint


def test_kept_resource_that_does_not_stand_is_no_objection() -> None:
    """A creation that was rolled back takes it along."""
    never = a_global_stack(status="ROLLBACK_COMPLETE", template_body=RETAINING)

    assert mending(a_survey(global_=never), "FailoverRecord").objections == ()


def test_protected_stack_is_not_deleted() -> None:
    """Termination protection is a person's to switch off."""
    never = a_bootstrap(PRIMARY_REGION, status="ROLLBACK_COMPLETE", termination_protection=True)

    [objection] = mending(a_survey(bootstrap=(never, a_bootstrap(SECONDARY_REGION)))).objections

    assert "has termination protection" in objection.summary


def test_nothing_is_mended_while_an_operation_runs() -> None:
    """What it will leave behind is not known yet."""
    running = OperationFacts(operation_id="x", action="UPDATE", status="RUNNING")
    stuck = a_global_stack(status="UPDATE_ROLLBACK_FAILED")

    [objection] = mending(a_survey(global_=stuck, stack_set=replace(a_stack_set(), last_operation=running))).objections

    assert objection.is_busy
