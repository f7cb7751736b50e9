"""A package goes up as it was planned, and only when it is missing."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from deployer.planning.plan import ArtifactUpload
from deployer.rollout.artifact_upload import upload_artifact
from deployer.rollout.context import RolloutContext
from deployer.vocabulary.errors import RolloutFailed
from tests.support.rollout.fake_aws import FakeAws
from tests.support.rollout.plans import HOME, a_plan

BUCKET = "payment-artifacts-test-111122223333-us-east-2"


def perform(path: Path, content: bytes) -> FakeAws:
    """Upload the file, planned with this content."""
    world = FakeAws()
    world.buckets(HOME).buckets.add(BUCKET)
    step = ArtifactUpload(
        phase="artifacts",
        action="create",
        region=HOME,
        bucket=BUCKET,
        key="functions/payment.zip",
        path=str(path),
        digest=sha256(content).hexdigest(),
        reason="missing",
    )
    upload_artifact(step, RolloutContext(plan=a_plan(step), aws=world.aws(), clock=world.clock, listener=lambda event: None))
    return world


def test_package_arrives(tmp_path: Path) -> None:
    """The bytes in the bucket are the file's."""
    (tmp_path / "payment.zip").write_bytes(b"zip")

    world = perform(tmp_path / "payment.zip", b"zip")

    assert world.buckets(HOME).objects[BUCKET, "functions/payment.zip"]["Body"] == b"zip"


def test_package_that_changed_since_the_plan_is_refused(tmp_path: Path) -> None:
    """What was reviewed is what goes up, or nothing."""
    (tmp_path / "payment.zip").write_bytes(b"edited")

    with pytest.raises(RolloutFailed, match="the file has changed"):
        perform(tmp_path / "payment.zip", b"zip")


def test_package_that_is_gone_is_refused(tmp_path: Path) -> None:
    """A missing file is named, with the way out."""
    with pytest.raises(RolloutFailed, match="the file is gone") as failed:
        perform(tmp_path / "payment.zip", b"zip")

    assert "deployer plan" in failed.value.hint
