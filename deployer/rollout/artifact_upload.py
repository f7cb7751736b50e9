"""Puts one package into one Region's artifact bucket."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from deployer.aws.artifacts import ensure_object
from deployer.planning.plan import ArtifactUpload
from deployer.rollout.context import RolloutContext
from deployer.vocabulary.errors import RolloutFailed


def upload_artifact(step: ArtifactUpload, context: RolloutContext) -> None:
    """Store the package unless it lies there already.

    Raises:
        RolloutFailed: the file is gone or is not the one the plan was made from.
        AwsRefused: S3 answered with an error.
    """
    path = Path(step.path)
    content = path.read_bytes() if path.is_file() else None
    if content is None or sha256(content).hexdigest() != step.digest:
        raise RolloutFailed(
            f"{step.path} is not the package the plan was made from",
            f"expected SHA-256 {step.digest}; {'the file is gone' if content is None else 'the file has changed'}",
            "Run `deployer plan` again; it builds the packages anew.",
        )
    ensure_object(context.aws, content, bucket=step.bucket, key=step.key, digest=step.digest, region=step.region)
