"""Packages in a bucket are known by their digest."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

import pytest

from deployer.aws.artifacts import ensure_object, object_present
from deployer.vocabulary.errors import AwsRefused
from tests.support.rollout.fake_aws import FakeAws
from tests.support.rollout.wire import refusal

REGION, BUCKET, KEY = "us-east-2", "payment-artifacts-test", "functions/payment.zip"
CONTENT = b"a package"
DIGEST = sha256(CONTENT).hexdigest()


def a_world() -> FakeAws:
    """Return an AWS with an empty artifact bucket."""
    world = FakeAws()
    world.buckets(REGION).buckets.add(BUCKET)
    return world


def ensure(world: FakeAws) -> bool:
    """Return whether the package had to be stored."""
    return ensure_object(world.aws(), CONTENT, bucket=BUCKET, key=KEY, digest=DIGEST, region=REGION)


def present(world: FakeAws) -> bool:
    """Return whether the package is found."""
    return object_present(world.aws(), bucket=BUCKET, key=KEY, digest=DIGEST, region=REGION)


def test_package_is_stored_once() -> None:
    """What lies there is not stored again."""
    world = a_world()

    assert ensure(world)
    assert not ensure(world)
    assert world.changes == [(REGION, "put_object")]


def test_checksum_is_given_for_s3_to_verify() -> None:
    """S3 gets the SHA-256 in base64, so that a damaged upload is refused."""
    world = a_world()
    ensure(world)

    assert world.buckets(REGION).objects[BUCKET, KEY]["ChecksumSHA256"] == b64encode(sha256(CONTENT).digest()).decode()


def test_other_content_under_the_key_is_not_the_package() -> None:
    """A key alone proves nothing."""
    world = a_world()
    world.buckets(REGION).objects[BUCKET, KEY] = {"ChecksumSHA256": b64encode(sha256(b"other").digest()).decode()}

    assert not present(world)


def test_request_sent_twice_finds_what_it_stored() -> None:
    """The answer was lost and botocore tried again: the object is there, and one version of it."""
    world = a_world()
    world.buckets(REGION).late = {(BUCKET, KEY): {"Metadata": {"sha256": DIGEST}}}

    assert ensure(world)
    assert world.changes == [(REGION, "put_object")]


def test_other_content_under_the_key_is_replaced() -> None:
    """A key that holds something else is refused once and then overwritten."""
    world = a_world()
    world.buckets(REGION).objects[BUCKET, KEY] = {"Metadata": {"sha256": "0" * 64}}

    assert ensure(world)
    assert present(world)


def test_digest_in_metadata_is_believed_without_checksum() -> None:
    """An S3 that keeps no checksum still keeps what the deployer wrote beside the object."""
    world = a_world()
    world.buckets(REGION).objects[BUCKET, KEY] = {"Metadata": {"sha256": DIGEST}}

    assert present(world)


def test_package_in_no_bucket_is_absent() -> None:
    """Before the bootstrap there is no bucket, and that is no error."""
    assert not present(FakeAws())


def test_bucket_of_someone_else_is_an_error() -> None:
    """403 is not taken for absence."""
    world = a_world()
    world.refusals["head_object"] = refusal("403", "Forbidden")

    with pytest.raises(AwsRefused, match="403"):
        present(world)
