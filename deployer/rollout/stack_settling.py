"""Waiting for one stack: until CloudFormation is done with it, the plan's patience ends, or it fails."""

from __future__ import annotations

from deployer.aws.stack_events import StackEvent
from deployer.aws.stacks import GONE, Stack, read_stack
from deployer.rollout.context import RolloutContext
from deployer.rollout.stack_watch import StackWatch
from deployer.rollout.ways_out import way_out_of
from deployer.vocabulary.errors import RolloutFailed
from deployer.vocabulary.events import RegionSettled


def settle_stack(context: RolloutContext, watch: StackWatch, *, phase: str, wanted: tuple[str, ...]) -> None:
    """Wait until the watched stack settles in one of the `wanted` statuses, telling what happens on the way.

    Raises:
        RolloutFailed: it settled in another status (the detail begins with the first resource that failed), or not in time.
        AwsRefused: AWS could not be asked.
    """
    patience = context.patience()
    while True:
        # Events first: a description read before the operation has shown itself may still tell of the time before it.
        watch.look()
        stack = read_stack(context.aws, watch.stack_id, watch.region)
        if stack is None or (watch.moved and not stack.in_progress):
            break
        if patience.used_up:
            raise _out_of_patience(watch, stack, patience.took_seconds)
        patience.pause()
    watch.look()
    status = stack.status if stack else GONE
    context.tell(
        RegionSettled(
            at=context.at(),
            phase=phase,
            stack_name=watch.stack_name,
            region=watch.region,
            status=status,
            took_seconds=patience.took_seconds,
        )
    )
    if status not in wanted:
        raise _not_as_planned(watch, status, stack.status_reason if stack else "")


def sentence_of(event: StackEvent) -> str:
    """Return a failed resource as one line: id, type, status, and CloudFormation's own reason."""
    return f"{event.logical_id} ({event.resource_type}) {event.status}: {event.reason}"


def _not_as_planned(watch: StackWatch, status: str, status_reason: str) -> RolloutFailed:
    cause = watch.root_cause()
    reason = cause.reason if cause else status_reason
    return RolloutFailed(
        f"{watch.stack_name} did not settle in {watch.region}",
        "\n".join(
            (
                f"{watch.region}: {sentence_of(cause) if cause else status_reason or 'CloudFormation gave no reason'}",
                f"{watch.stack_name} in {watch.region} is {status}",
            )
        ),
        way_out_of(reason),
    )


def _out_of_patience(watch: StackWatch, stack: Stack, took_seconds: float) -> RolloutFailed:
    return RolloutFailed(
        f"{watch.stack_name} in {watch.region} is still {stack.status} after {took_seconds:.0f} s",
        f"CloudFormation goes on with {stack.stack_id}",
        "Run the same command again to go on watching, or raise rollout.operation_minutes_max in the parameter file.",
    )
