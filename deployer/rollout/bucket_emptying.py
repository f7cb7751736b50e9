"""Empties one bucket, so that CloudFormation can delete it; only what a person has consented to."""

from __future__ import annotations

from typing import Final

from deployer.aws.buckets import count_objects, empty_bucket
from deployer.aws.canaries import canaries_writing_to, stop_canary
from deployer.planning.plan import BucketEmptying
from deployer.rollout.context import RolloutContext
from deployer.vocabulary.errors import RolloutFailed
from deployer.vocabulary.names import name_of

_ACTIVE: Final = ("RUNNING", "STOPPING", "STARTING")


def empty(step: BucketEmptying, context: RolloutContext) -> None:
    """Delete every version and delete marker; a bucket that is gone is empty.

    Nobody is asked about a bucket that the survey found empty, so one that filled up since is left as it is. The canaries
    that write into the canary bucket are stopped first, or it would be full again before its stack goes. Raises AwsRefused, and
    RolloutFailed for a bucket that filled up or a canary that does not stop.
    """
    plan = context.plan
    if step.bucket == name_of("canary bucket", suffix=plan.suffix, account_id=plan.account_id, region=step.region):
        _stop_canaries(step, context)
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


def _stop_canaries(step: BucketEmptying, context: RolloutContext) -> None:
    """Stop whoever writes into the bucket, and wait for the runs under way."""
    for canary in canaries_writing_to(context.aws, step.bucket, step.region):
        if canary.state == "RUNNING":
            stop_canary(context.aws, canary.name, step.region)
    patience = context.patience()
    while active := [one.name for one in canaries_writing_to(context.aws, step.bucket, step.region) if one.state in _ACTIVE]:
        if patience.used_up:
            raise RolloutFailed(
                f"{', '.join(active)} in {step.region} would not stop",
                f"It writes into {step.bucket}, which would not stay empty; nothing was deleted.",
                "Look at the canary in CloudWatch Synthetics, then run tear-down again.",
            )
        patience.pause()
