"""Emptying a versioned bucket takes everything CloudFormation would stumble over."""

from __future__ import annotations

import pytest

from deployer.aws.buckets import count_objects, empty_bucket
from deployer.vocabulary.errors import AwsRefused
from tests.support.rollout.fake_aws import FakeAws

REGION, BUCKET = "us-east-2", "payment-audit-logs-secondary-test"


def a_full_bucket(versions: int, markers: int) -> FakeAws:
    """Return an AWS with that many versions and delete markers in one bucket."""
    world = FakeAws()
    buckets = world.buckets(REGION)
    buckets.versions[BUCKET] = [{"Key": f"audit/{index}", "VersionId": "v1"} for index in range(versions)]
    buckets.markers[BUCKET] = [{"Key": f"audit/{index}", "VersionId": "marker"} for index in range(markers)]
    return world


def test_versions_and_delete_markers_are_counted() -> None:
    """Both keep a bucket from being deleted."""
    assert count_objects(a_full_bucket(2500, 30).aws(), BUCKET, REGION) == 2530


def test_absent_bucket_has_no_count() -> None:
    """None says that there is no bucket, 0 that it is empty."""
    assert count_objects(FakeAws().aws(), BUCKET, REGION) is None
    assert count_objects(a_full_bucket(0, 0).aws(), BUCKET, REGION) == 0


def test_everything_goes_in_batches_s3_takes() -> None:
    """No request names more than 1,000 objects, and nothing is left."""
    world = a_full_bucket(2500, 800)

    assert empty_bucket(world.aws(), BUCKET, REGION) == 3300
    assert max(world.buckets(REGION).batches) <= 1000
    assert count_objects(world.aws(), BUCKET, REGION) == 0


def test_absent_bucket_is_empty() -> None:
    """A tear-down run twice finds no bucket the second time."""
    assert empty_bucket(FakeAws().aws(), BUCKET, REGION) == 0


def test_object_kept_back_is_an_error() -> None:
    """S3 answers 200 and lists what it did not delete; that must not pass for success."""
    world = a_full_bucket(3, 0)
    world.buckets(REGION).locked_keys = {"audit/1"}

    with pytest.raises(AwsRefused, match="audit/1: Object is locked") as refused:
        empty_bucket(world.aws(), BUCKET, REGION)

    assert "retention lock" in refused.value.hint
