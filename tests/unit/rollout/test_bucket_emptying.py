"""Emptying a bucket: what was consented to, and no more."""

from __future__ import annotations

import pytest

from deployer.planning.plan import BucketEmptying
from deployer.rollout.bucket_emptying import empty
from deployer.rollout.context import RolloutContext
from deployer.vocabulary.errors import RolloutFailed
from tests.support.rollout.fake_aws import FakeAws
from tests.support.rollout.plans import HOME, a_bucket_emptying, a_plan

BUCKET = "payment-audit-logs-secondary-test"
VERSION = {"Key": "2026/11/22/records.jsonl.gz", "VersionId": "v1"}


def perform(world: FakeAws, step: BucketEmptying) -> None:
    """Perform one step of a tear-down."""
    empty(step, RolloutContext(plan=a_plan(step, intent="tear-down"), aws=world.aws(), clock=world.clock, listener=lambda event: None))


def test_every_version_goes_when_a_person_consented() -> None:
    """A bucket that was shown as holding something is emptied whole."""
    world = FakeAws()
    world.buckets(HOME).versions[BUCKET] = [dict(VERSION)]

    perform(world, a_bucket_emptying(BUCKET, objects_count=1))

    assert world.buckets(HOME).versions[BUCKET] == []


def test_records_that_came_after_the_plan_are_not_deleted_unasked() -> None:
    """Nobody was asked about a bucket that was empty: what arrived since stays, and the step says so."""
    world = FakeAws()
    world.buckets(HOME).versions[BUCKET] = [dict(VERSION)]

    with pytest.raises(RolloutFailed, match="no longer empty"):
        perform(world, a_bucket_emptying(BUCKET, objects_count=0))

    assert world.buckets(HOME).versions[BUCKET] == [VERSION]


def test_bucket_that_stayed_empty_or_went_needs_nothing() -> None:
    """No call that changes anything is made."""
    world = FakeAws()

    perform(world, a_bucket_emptying(BUCKET, objects_count=0))

    assert world.changes == []
