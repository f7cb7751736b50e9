"""Puts back what a failed roll-out has moved: the StackSet's definition, its Regions, their overrides, and the global stack.

    say that it is being undone → end what still runs → the StackSet and its Regions → overrides → the global stack → close the record

It goes by what stands and not by what was planned, so that it can be killed and gone on with at any point; what stands as before is left
alone. The Regions come first, for they take the payments, and each of them is tried even when another cannot be put back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from deployer.planning.plan import RolloutOpening
from deployer.planning.record_steps import NOT_UNDONE
from deployer.planning.restore_point import RestorePoint
from deployer.rollout.context import RolloutContext
from deployer.rollout.operation_failure import standing_block
from deployer.rollout.stuck_stack import MEND
from deployer.rollout.undo_global_stack import put_back_global_stack
from deployer.rollout.undo_regions import Moved, moved_regions, put_back_overrides, put_back_stack_set, regions_standing
from deployer.rollout.ways_out import RUN_AGAIN
from deployer.vocabulary.errors import DeployerError, OperationStopped, RolloutBusy, RolloutFailed, RolloutUndone, UndoFailed
from deployer.vocabulary.events import UndoEnded, UndoStarted

_AGAIN: Final = "then run the same command again: it goes on with the undo."
_MEANWHILE: Final = (
    "Meanwhile `deployer status PARAMS` says where payments go; if it is the primary that is not back, `deployer fail-over PARAMS` "
    "leads them to the standby."
)


def is_undone(failure: DeployerError, context: RolloutContext) -> bool:
    """Return whether this end of a roll-out is one to be undone.

    It is when a step failed after the record was opened with something to go back to. It is not when AWS could not be asked, somebody else
    is at work, or a person stopped an operation: the same command goes on from there, or that person says what is to happen.
    """
    if not isinstance(failure, RolloutFailed) or isinstance(failure, OperationStopped):
        return False
    return context.held is not None and context.held.record is not None and context.held.before is not None


def left_standing(failure: RolloutFailed, context: RolloutContext) -> RolloutFailed:
    """Return the failure of a roll-out that had nothing to go back to, with why; any other as it is."""
    opening = next((step for step in context.plan.steps if isinstance(step, RolloutOpening)), None)
    held = context.held
    if opening is None or held is None or held.record is None or held.before is not None or isinstance(failure, OperationStopped):
        return failure
    why = opening.reason.removeprefix(NOT_UNDONE) if opening.reason.startswith(NOT_UNDONE) else "nothing whole stood when it began"
    standing = "\n".join(part for part in (failure.standing, f"Nothing was put back: {why}.") if part)
    return type(failure)(failure.summary, failure.cause, failure.hint, standing=standing)


def undo(failure: RolloutFailed, context: RolloutContext) -> RolloutFailed:
    """Put back what had moved; return the end to tell: RolloutUndone, or UndoFailed with the record left for the next run.

    Raises RolloutBusy when somebody else has taken over, StepStopped when a person interrupts.
    """
    held = context.held
    if held is None or held.before is None or held.record is None:
        return failure
    patience, before, is_resumed = context.patience(), held.before, held.record.undoing is not None
    held.begin_undo((failure.summary, failure.cause, failure.hint))
    told: dict[str, Moved] = {}
    troubles: list[DeployerError] = []

    def attempt(put_back: Callable[[], None]) -> None:
        try:
            put_back()
        except RolloutBusy:
            raise
        except DeployerError as error:
            troubles.append(error)

    context.tell(UndoStarted(at=context.at(), plan_id=context.plan.plan_id, cause=failure.summary, regions=_regions(before)))
    attempt(lambda: told.update(moved_regions(before, context)))
    attempt(lambda: put_back_stack_set(before, context))
    attempt(lambda: put_back_overrides(before, context))
    global_was: list[str] = []
    attempt(lambda: global_was.append(put_back_global_stack(before, context)))
    standing = _standing(before, context, told, global_was, is_resumed=is_resumed)
    if not troubles:
        attempt(held.close)
    context.tell(
        UndoEnded(
            at=context.at(),
            plan_id=context.plan.plan_id,
            outcome="failed" if troubles else "undone",
            standing=standing,
            took_seconds=patience.took_seconds,
        )
    )
    return _undo_failed(failure, troubles, standing) if troubles else _undone(failure, standing)


def _regions(before: RestorePoint) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.region for one in before.stack_set.instances))


def _standing(
    before: RestorePoint, context: RolloutContext, moved: dict[str, Moved], global_was: Sequence[str], *, is_resumed: bool
) -> tuple[str, ...]:
    """Return what stands, a line a Region and one for the global stack; what cannot be asked is left out."""
    lines: list[str] = []
    with suppress(DeployerError):
        lines.extend(regions_standing(before, context, moved, is_resumed=is_resumed))
    return (*lines, *(f"{before.global_stack.name} in {before.global_stack.region}: {was}" for was in global_was))


def _undone(failure: RolloutFailed, standing: Sequence[str]) -> RolloutUndone:
    return RolloutUndone(
        f"Failed and undone: {failure.summary}",
        failure.cause,
        f"{failure.hint} What stood before the roll-out takes the payments now; nothing has to be cleaned up.".strip(),
        standing=standing_block(standing),
    )


def _undo_failed(failure: RolloutFailed, troubles: Sequence[DeployerError], standing: Sequence[str]) -> UndoFailed:
    first = troubles[0]
    cause = first.cause if isinstance(first, RolloutFailed) else first.detail
    return UndoFailed(
        f"Failed, and could not be undone: {failure.summary}",
        failure.cause,
        _way_out(first.hint, standing),
        standing="\n".join(
            part
            for part in (
                _block("The undo failed:", [trouble.summary for trouble in troubles]),
                _block("Because of:", cause.splitlines()) if cause else "",
                standing_block(standing),
            )
            if part
        ),
    )


def _way_out(hint: str, standing: Sequence[str]) -> str:
    """Return how the undo is brought to its end; `hint` is that of what kept it from it, `standing` what stands."""
    if any(MEND in line for line in standing):
        return f"Remove what keeps the stack there, run `deployer mend PARAMS`, {_AGAIN} {_MEANWHILE}"
    first = "" if hint in ("", RUN_AGAIN) else f"{hint} "
    return f"{first}Remove the cause, {_AGAIN} {_MEANWHILE}"


def _block(heading: str, lines: Sequence[str]) -> str:
    return "\n".join((heading, *(f"  {line}" for line in lines))) if lines else ""
