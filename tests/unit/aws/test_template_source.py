"""A template travels inline while it fits, and by way of the artifact bucket when it does not."""

from __future__ import annotations

from deployer.aws.template_source import INLINE_BYTES_MAX, template_source
from tests.support.rollout.fake_aws import FakeAws

REGION, BUCKET = "us-east-2", "payment-artifacts-test"


def arguments(world: FakeAws, body: str) -> dict[str, str]:
    """Return how a request would name `body`."""
    return template_source(world.aws(), body, bucket=BUCKET, region=REGION).arguments


def test_template_that_fits_travels_inline() -> None:
    """51,200 bytes are not too many, and nothing is stored."""
    world = FakeAws()
    body = "#" * INLINE_BYTES_MAX

    assert arguments(world, body) == {"TemplateBody": body}
    assert world.calls == []


def test_longer_template_travels_by_bucket() -> None:
    """One byte more, and it lies under its digest in the Region's bucket, named by a URL."""
    world = FakeAws()
    world.buckets(REGION).buckets.add(BUCKET)

    url = arguments(world, "#" * (INLINE_BYTES_MAX + 1))["TemplateURL"]

    ((bucket, key),) = world.buckets(REGION).objects
    assert url == f"https://s3.{REGION}.amazonaws.com/{bucket}/{key}"
    assert key.startswith("templates/")
    assert key.endswith(".yaml")


def test_limit_is_in_bytes_not_characters() -> None:
    """A character of two bytes counts twice."""
    world = FakeAws()
    world.buckets(REGION).buckets.add(BUCKET)

    assert "TemplateURL" in arguments(world, "é" * (INLINE_BYTES_MAX // 2 + 1))


def test_template_that_lies_there_is_not_stored_again() -> None:
    """The second request only looks."""
    world = FakeAws()
    world.buckets(REGION).buckets.add(BUCKET)
    body = "#" * (INLINE_BYTES_MAX + 1)

    arguments(world, body)
    arguments(world, body)

    assert world.changes == [(REGION, "put_object")]
