"""Looking for drift: which stacks are asked, how long is waited, and what is told of those that cannot be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from deployer.planning.drift import DriftReport, SpareElsewhere, objection_to
from deployer.planning.drift_taking import take_drift
from deployer.planning.survey import Survey
from tests.support.drift import IN_PROGRESS, FakeDrift, on_the_wire
from tests.support.rollout.clock import FakeClock
from tests.support.surveys import (
    PRIMARY_REGION,
    SECONDARY_REGION,
    a_bootstrap,
    a_global_stack,
    a_stack_set,
    a_survey,
    an_environment,
    an_instance,
)

GLOBAL_ID = a_global_stack().stack_id


def taken(fake: FakeDrift, survey: Survey | None = None, clock: FakeClock | None = None, **rollout: Any) -> DriftReport:
    """Return the report on a survey, a sound system unless one is given."""
    environment = an_environment(rollout={"operation_minutes_max": 1, "poll_seconds": 10, **rollout})
    return take_drift(fake.aws(), environment, survey or a_survey(), clock or FakeClock())


def test_every_stack_that_stands_is_compared() -> None:
    """Bootstraps, each instance's own stack, the global stack; never the StackSet, which would be an operation (F4.16)."""
    fake = FakeDrift(drifts={GLOBAL_ID: [on_the_wire("Secret", kind="AWS::SecretsManager::Secret")]})

    report = taken(fake)

    assert [(stack.part, stack.region, stack.word) for stack in report.stacks] == [
        ("bootstrap", PRIMARY_REGION, "in sync"),
        ("bootstrap", SECONDARY_REGION, "in sync"),
        ("regional", PRIMARY_REGION, "in sync"),
        ("regional", SECONDARY_REGION, "in sync"),
        ("global", SECONDARY_REGION, "in sync"),
    ]
    assert len(fake.begun) == 5
    assert report.is_clean


def test_detections_are_waited_for_together() -> None:
    """All begin at once; the slowest sets the time."""
    clock = FakeClock()
    fake = FakeDrift(
        looks={GLOBAL_ID: [IN_PROGRESS, IN_PROGRESS, {"DetectionStatus": "DETECTION_COMPLETE", "StackDriftStatus": "IN_SYNC"}]}
    )

    report = taken(fake, clock=clock)

    assert report.is_clean
    assert clock.slept_seconds == [10, 10]
    assert len(fake.begun) == 5


def test_stack_being_compared_by_someone_else_is_tried_again() -> None:
    """AWS takes one detection of a stack at a time."""
    fake = FakeDrift(busy={GLOBAL_ID: 2})

    report = taken(fake)

    assert report.is_clean
    assert fake.begun.count(GLOBAL_ID) == 1


def test_wait_is_bounded_and_its_end_told() -> None:
    """A comparison that hangs is told as such; the others' results stand."""
    clock = FakeClock()

    report = taken(FakeDrift(looks={GLOBAL_ID: [IN_PROGRESS]}), clock=clock)

    [unsure] = report.unsure
    assert (unsure.part, unsure.word, unsure.reason) == ("global", "not compared", "its comparison had not ended in time")
    assert sum(clock.slept_seconds) == 60


def test_stack_in_a_status_without_drift_detection_is_not_asked() -> None:
    """AWS refuses there; what it is, is told."""
    fake = FakeDrift()
    survey = a_survey(global_=a_global_stack(status="UPDATE_FAILED"))

    [unsure] = taken(fake, survey).unsure

    assert (unsure.part, unsure.reason) == ("global", "it is UPDATE_FAILED")
    assert GLOBAL_ID not in fake.begun


def test_detection_that_failed_for_some_resources_tells_the_others() -> None:
    """DETECTION_FAILED means at least one; the rest was compared."""
    failed = {"DetectionStatus": "DETECTION_FAILED", "DetectionStatusReason": "Failed to detect drift on resources [Role]"}
    drifts = [on_the_wire("Setting", "MODIFIED", ("/Value", "one", "two")), on_the_wire("Role", "UNKNOWN", kind="AWS::IAM::Role")]

    report = taken(FakeDrift(looks={GLOBAL_ID: [failed]}, drifts={GLOBAL_ID: drifts}))

    [stack] = report.drifted
    assert [resource.logical_id for resource in stack.resources] == ["Setting"]
    assert (report.unsure, stack.reason) == ((stack,), "Failed to detect drift on resources [Role]")


def test_spares_of_other_accounts_are_told_and_not_asked() -> None:
    """Nobody can compare another account's stack; what their StackSet found is all there is, and only DRIFTED is a fault."""
    pair = (an_instance(PRIMARY_REGION), an_instance(SECONDARY_REGION))
    spares = [
        replace(an_instance("us-west-1"), account_id="222233334444", stack=None, drift_status=word) for word in ("NOT_CHECKED", "DRIFTED")
    ]
    fake = FakeDrift()

    unknown, drifted = (taken(fake, a_survey(stack_set=a_stack_set(*pair, spare))) for spare in spares)

    assert unknown.elsewhere == (SpareElsewhere(account_id="222233334444", region="us-west-1", drift_status="NOT_CHECKED"),)
    assert unknown.is_clean
    assert not drifted.is_clean
    assert "us-west-1 of account 222233334444: DRIFTED, says its StackSet" in str(objection_to(drifted, "p.yaml"))
    assert len(fake.begun) == 10


def test_outdated_and_diverged_stand_beside_drift() -> None:
    """From the survey alone."""
    behind = an_instance(PRIMARY_REGION, status="OUTDATED", status_reason="Cancelled", stack={"template_body": "Resources: {A: {}}"})
    survey = a_survey(stack_set=a_stack_set(an_instance(SECONDARY_REGION), behind), bootstrap=(a_bootstrap(SECONDARY_REGION),))

    report = taken(FakeDrift(), survey)

    assert report.outdated == ("us-east-1 is behind payment-regional-test: Cancelled",)
    assert report.diverged == ("us-east-2 and us-east-1 run different templates",)
    assert not report.is_clean
