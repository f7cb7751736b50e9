"""Empties one bucket, so that CloudFormation can delete it; only what a person has consented to."""

from __future__ import annotations

from deployer.aws.buckets import count_objects, empty_bucket
from deployer.planning.plan import BucketEmptying
from deployer.rollout.context import RolloutContext
from deployer.vocabulary.errors import RolloutFailed


def empty(step: BucketEmptying, context: RolloutContext) -> None:
    """Delete every version and delete marker; a bucket that is gone is empty.

    Nobody is asked about a bucket that the survey found empty, so one that filled up since is left as it is. Raises
    AwsRefused, and RolloutFailed for such a bucket.
    """
    if step.objects_count == 0:
        _stay_empty(step, context)
        return
    empty_bucket(context.aws, step.bucket, step.region)


def _stay_empty(step: BucketEmptying, context: RolloutContext) -> None:
    arrived = count_objects(context.aws, step.bucket, step.region)
    if arrived:
        raise RolloutFailed(
            f"{step.bucket} in {step.region} is no longer empty",
            f"{arrived} object versions arrived after the plan was made; none was deleted.",
            "Run tear-down again: it will ask about this bucket.",
        )
