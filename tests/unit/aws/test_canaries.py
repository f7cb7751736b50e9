"""Canaries, found by where they keep their results, and their runs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deployer.aws.canaries import CanaryFacts, CanaryRun, canaries_writing_to, newest_run, stop_canary
from deployer.vocabulary.errors import AwsRefused
from tests.support.rollout.fake_aws import FakeAws
from tests.support.rollout.wire import refusal

REGION, BUCKET = "us-east-2", "payment-canaries-test"


def a_world() -> FakeAws:
    """Return an AWS with two canaries of this bucket and one of another whose name begins alike."""
    world = FakeAws()
    for name, place in (("own", f"s3://{BUCKET}/own"), ("peer", f"s3://{BUCKET}"), ("other", f"s3://{BUCKET}-more/own")):
        world.canaries(REGION).put(name, place)
    return world


def test_canaries_of_a_bucket_are_found_on_every_page() -> None:
    """Neither those of another bucket nor those of another Region."""
    world = a_world()

    found = canaries_writing_to(world.aws(), BUCKET, REGION)

    assert found == (CanaryFacts(name="own", state="RUNNING"), CanaryFacts(name="peer", state="RUNNING"))
    assert canaries_writing_to(world.aws(), BUCKET, "us-east-1") == ()


def test_canary_that_stands_still_or_is_gone_is_stopped() -> None:
    """Twice is as good as once."""
    world = a_world()
    for name in ("own", "own", "nobody"):
        stop_canary(world.aws(), name, REGION)

    assert world.canaries(REGION).states["own"] == "STOPPING"


def test_refusal_is_told() -> None:
    """With AWS's own code."""
    world = a_world()
    world.refusals["stop_canary"] = refusal("AccessDeniedException", "not authorized")

    with pytest.raises(AwsRefused, match="not authorized"):
        stop_canary(world.aws(), "own", REGION)


def test_newest_run_is_the_last_that_ended() -> None:
    """One that goes on has nothing to tell yet; a canary that never ran, or is not there, has no run."""
    world = FakeAws()
    canaries, noon = world.canaries(REGION), world.clock.now()
    canaries.ran("own", noon - timedelta(minutes=10))
    canaries.ran("own", noon - timedelta(minutes=5), "FAILED", "payment: answered 500")
    canaries.ran("own", noon, "RUNNING")
    canaries.ran("new", noon, "RUNNING")

    found = newest_run(world.aws(), "own", REGION)

    assert found == CanaryRun(run_id="own-1", started=noon - timedelta(minutes=5), passed=False, reason="payment: answered 500")
    assert newest_run(world.aws(), "new", REGION) is None
    assert newest_run(world.aws(), "nobody", REGION) is None
