"""Empties one bucket, so that CloudFormation can delete it."""

from __future__ import annotations

from deployer.aws.buckets import empty_bucket
from deployer.planning.plan import BucketEmptying
from deployer.rollout.context import RolloutContext


def empty(step: BucketEmptying, context: RolloutContext) -> None:
    """Delete every version and delete marker; a bucket that is gone is empty. Raises AwsRefused."""
    empty_bucket(context.aws, step.bucket, step.region)
