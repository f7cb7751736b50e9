"""Empties one bucket, so that CloudFormation can delete it; only what a person has consented to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from deployer.aws.buckets import count_objects, empty_bucket
from deployer.aws.canaries import canaries_writing_to, stop_canary
from deployer.aws.event_sources import disable_event_source, event_sources_of
from deployer.planning.plan import BucketEmptying
from deployer.rollout.context import RolloutContext
from deployer.vocabulary.errors import RolloutFailed
from deployer.vocabulary.names import ROLES, name_of, spare_audit_bucket

_ACTIVE: Final = ("RUNNING", "STOPPING", "STARTING")
_BRINGING: Final = ("Creating", "Enabling", "Enabled", "Updating", "Disabling")


def empty(step: BucketEmptying, context: RolloutContext) -> None:
    """Delete every version and delete marker; a bucket that is gone is empty.

    Nobody is asked about a bucket that the survey found empty, so one that filled up since is left as it is. Whoever writes into the
    bucket is brought to a stand first, the canaries or the outbox, or it would be full again before its stack goes. Raises AwsRefused,
    and RolloutFailed for a bucket that filled up or a writer that does not stop.
    """
    plan = context.plan
    if step.bucket == name_of("canary bucket", suffix=plan.suffix, account_id=plan.account_id, region=step.region):
        _stop_canaries(step, context)
    writer = _audit_function(step, context)
    if writer:
        _pause_outbox(step, context, f"{writer}:live")
    if step.objects_count == 0:
        _stay_empty(step, context)
        return
    empty_bucket(context.aws, step.bucket, step.region)


def _audit_function(step: BucketEmptying, context: RolloutContext) -> str:
    """Return the name of the function that writes the audit log into this bucket, "" when it is no audit bucket."""
    plan = context.plan
    roles = {name_of("audit bucket", suffix=plan.suffix, role=role): role for role in ROLES}
    roles[spare_audit_bucket(plan.suffix, plan.account_id, step.region)] = step.region
    role = roles.get(step.bucket)
    return name_of("audit function", suffix=plan.suffix, role=role) if role else ""


def _stay_empty(step: BucketEmptying, context: RolloutContext) -> None:
    arrived = count_objects(context.aws, step.bucket, step.region)
    if arrived:
        raise RolloutFailed(
            f"{step.bucket} in {step.region} is no longer empty",
            f"{arrived} object versions arrived after the plan was made; none was deleted.",
            "Run tear-down again: it will ask about this bucket.",
        )


def _stop_canaries(step: BucketEmptying, context: RolloutContext) -> None:
    """Stop whoever writes into the canary bucket, and wait for the runs under way."""

    def active(*states: str) -> list[str]:
        return [one.name for one in canaries_writing_to(context.aws, step.bucket, step.region) if one.state in states]

    for name in active("RUNNING"):
        stop_canary(context.aws, name, step.region)
    _wait(lambda: active(*_ACTIVE), step, context, "Look at the canary in CloudWatch Synthetics")


def _pause_outbox(step: BucketEmptying, context: RolloutContext, function: str) -> None:
    """Let no more records come to the audit log, and wait until the mapping has come to a stand."""

    def active(*states: str) -> list[str]:
        return [one.uuid for one in event_sources_of(context.aws, function, step.region) if one.state in states]

    for uuid in active("Enabled"):
        disable_event_source(context.aws, uuid, step.region)
    _wait(lambda: active(*_BRINGING), step, context, f"Look at the trigger of {function} in Lambda")


def _wait(active: Callable[[], list[str]], step: BucketEmptying, context: RolloutContext, way_out: str) -> None:
    patience = context.patience()
    while names := active():
        if patience.used_up:
            raise RolloutFailed(
                f"{', '.join(names)} in {step.region} would not stop",
                f"It writes into {step.bucket}, which would not stay empty; nothing was deleted.",
                f"{way_out}, then run tear-down again.",
            )
        patience.pause()
