"""Emptying a bucket: what was consented to, and no more."""

from __future__ import annotations

import pytest

from deployer.planning.plan import BucketEmptying
from deployer.rollout.bucket_emptying import empty
from deployer.rollout.context import RolloutContext
from deployer.vocabulary.errors import RolloutFailed
from tests.support.rollout.fake_aws import FakeAws
from tests.support.rollout.plans import ACCOUNT_ID, HOME, SUFFIX, a_bucket_emptying, a_plan

BUCKET = "payment-audit-logs-secondary-test"
CANARY_BUCKET = f"payment-canaries-{SUFFIX}-{ACCOUNT_ID}-{HOME}"
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


def test_canaries_stand_still_before_their_bucket_is_emptied() -> None:
    """Otherwise their next run fills it again, and its stack cannot go; a run under way is waited for."""
    world = FakeAws()
    world.buckets(HOME).versions[CANARY_BUCKET] = [dict(VERSION)]
    world.canaries(HOME).looks = 3
    for name, place in (("own", f"s3://{CANARY_BUCKET}/own"), ("peer", f"s3://{CANARY_BUCKET}/peer"), ("other", "s3://elsewhere")):
        world.canaries(HOME).put(name, place)

    perform(world, a_bucket_emptying(CANARY_BUCKET))

    assert world.canaries(HOME).states == {"own": "STOPPED", "peer": "STOPPED", "other": "RUNNING"}
    assert [method for _, method in world.changes] == ["stop_canary", "stop_canary", "delete_objects"]
    assert len(world.clock.slept_seconds) == 2


def test_canary_that_does_not_stop_keeps_its_bucket() -> None:
    """Nothing is deleted, and the message says who writes where."""
    world = FakeAws()
    world.buckets(HOME).versions[CANARY_BUCKET] = [dict(VERSION)]
    world.canaries(HOME).looks = 10_000
    world.canaries(HOME).put("own", f"s3://{CANARY_BUCKET}/own")

    with pytest.raises(RolloutFailed, match=r"own in .* would not stop"):
        perform(world, a_bucket_emptying(CANARY_BUCKET))

    assert world.buckets(HOME).versions[CANARY_BUCKET] == [VERSION]


@pytest.mark.parametrize(
    ("bucket", "function"),
    [
        (f"payment-audit-logs-primary-{SUFFIX}", f"payment-audit-primary-{SUFFIX}"),
        (f"payment-audit-logs-{HOME}-{SUFFIX}-{ACCOUNT_ID}", f"payment-audit-{HOME}-{SUFFIX}"),
    ],
)
def test_outbox_stands_still_before_the_audit_log_is_emptied(bucket: str, function: str) -> None:
    """Otherwise the records of the last minute arrive when it has been emptied, and its stack cannot go; of a spare likewise."""
    world = FakeAws()
    world.buckets(HOME).versions[bucket] = [dict(VERSION)]
    world.event_sources(HOME).looks = 3
    for uuid, name in (("own", f"{function}:live"), ("other", "another-function:live")):
        world.event_sources(HOME).put(uuid, name)

    perform(world, a_bucket_emptying(bucket))

    assert world.event_sources(HOME).states == {"own": "Disabled", "other": "Enabled"}
    assert [method for _, method in world.changes] == ["update_event_source_mapping", "delete_objects"]
    assert len(world.clock.slept_seconds) == 2


def test_outbox_that_does_not_stand_still_keeps_its_log() -> None:
    """Nothing is deleted, and the message leads to the trigger."""
    world = FakeAws()
    bucket = f"payment-audit-logs-primary-{SUFFIX}"
    world.buckets(HOME).versions[bucket] = [dict(VERSION)]
    world.event_sources(HOME).looks = 10_000
    world.event_sources(HOME).put("own", f"payment-audit-primary-{SUFFIX}:live")

    with pytest.raises(RolloutFailed, match=r"own in .* would not stop") as failed:
        perform(world, a_bucket_emptying(bucket))

    assert f"payment-audit-primary-{SUFFIX}:live" in failed.value.hint
    assert world.buckets(HOME).versions[bucket] == [VERSION]


def test_other_buckets_ask_nothing_of_synthetics() -> None:
    """A caller without that right can still empty them; nor of Lambda, when the bucket is no audit log."""
    world = FakeAws()
    artifacts = f"payment-artifacts-{SUFFIX}-{ACCOUNT_ID}-{HOME}"
    for bucket in (BUCKET, artifacts):
        world.buckets(HOME).versions[bucket] = [dict(VERSION)]

    perform(world, a_bucket_emptying(BUCKET))
    perform(world, a_bucket_emptying(artifacts))

    assert {service for service, _, _ in world.calls} == {"s3", "lambda"}
    assert [service for service, _, _ in world.calls].count("lambda") == 2
