"""Opens and closes the roll-out's record, and waits for somebody else's to be closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from deployer.aws.rollout_records import RecordPlace, read_rollout_record
from deployer.aws.session import Aws
from deployer.planning.plan import RolloutClosing, RolloutOpening
from deployer.planning.restoring import document_of
from deployer.rollout.context import RolloutContext
from deployer.rollout.held_record import refuse_busy
from deployer.vocabulary.clock import Clock
from deployer.vocabulary.errors import RolloutBusy, RolloutFailed

_LOOKS_EVERY_SECONDS: Final = 5.0


def open_record(step: RolloutOpening, context: RolloutContext) -> None:
    """Write down who rolls out what, and what stands; attach to the same roll-out when it is open already.

    Raises:
        RolloutFailed: this very roll-out has failed before and its undo did not end; the error is the failure's own.
        RolloutBusy: somebody else is rolling out.
        AwsRefused: S3 answered with an error.
    """
    held = context.held
    if held is None:
        return
    before = document_of(step.before, dict(context.plan.templates)) if step.before is not None else None
    record = held.take(step.content_digest, before)
    if record.undoing is not None:
        raise RolloutFailed(*record.undoing)


def close_record(step: RolloutClosing, context: RolloutContext) -> None:
    """Take the record away: the roll-out has ended. Raises AwsRefused."""
    if context.held is not None:
        context.held.close()


def await_turn(
    aws: Aws, place: RecordPlace, content_digest: str, clock: Clock, *, wait_seconds_max: float, tell: Callable[[str], None]
) -> None:
    """Return when nobody rolls out anything else; `tell` hears, once, whom a wait is for. Raises RolloutBusy, AwsRefused.

    With 0 as `wait_seconds_max` there is no wait. Nothing is taken: two that wait find out by opening who was first.
    """
    began_seconds, told = clock.monotonic_seconds(), False
    while True:
        stored = read_rollout_record(aws, place)
        if stored is None:
            return
        try:
            refuse_busy(stored.record, content_digest, clock)
        except RolloutBusy as busy:
            if clock.monotonic_seconds() - began_seconds >= wait_seconds_max:
                raise
            if not told:
                tell(busy.detail)
                told = True
            clock.sleep(_LOOKS_EVERY_SECONDS)
            continue
        return
