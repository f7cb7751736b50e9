"""One StackSet operation, from its beginning to its end: started or attached to, watched, and judged.

The id of an operation is the step's id, what it does, and the attempt. AWS takes an id once (fact 4.8), so one that is taken tells
what became of it: still running is attached to, done is done, failed is followed by the next attempt (fact 4.9).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal

from deployer.aws.stack_set_operations import OPERATION_ID_TAKEN, OPERATION_UNDER_WAY, read_operation
from deployer.aws.stack_sets import OperationSummary, StackInstance, newest_operation
from deployer.planning.plan import StackSetRemoval, StackSetRollout
from deployer.planning.spares import SpareRollout
from deployer.rollout.context import RolloutContext
from deployer.rollout.operation_failure import operation_failed, operation_still_running
from deployer.rollout.operation_watch import OperationWatch
from deployer.vocabulary.errors import AwsRefused, RolloutBusy

StackSetStep = StackSetRollout | SpareRollout | StackSetRemoval

_ATTEMPTS_MAX: Final = 50
# Results are only eventually consistent (fact 4.10): so often an ended operation is looked at for Regions it has not told of.
_LATE_LOOKS_MAX: Final = 5


def earlier_run(
    step: StackSetStep, context: RolloutContext, standing: Sequence[StackInstance]
) -> Literal["none", "this step", "other step", "later step"]:
    """Return what of this plan AWS did last on the StackSet, after waiting for it if it still runs.

    `this step` means that its newest operation has succeeded; `later step`, that the plan had got further than this step; `other step`,
    that a step succeeded which an earlier plan of the same content had, and for which this plan sees nothing to do. An operation of the
    same content that failed is tried again, unless it can be undone: then its failure is this roll-out's own. `standing` are the
    instances now. Raises what `run_operation` raises.
    """
    newest = newest_operation(context.aws, step.stack_set_name, step.region)
    if newest is None:
        return "none"
    steps = [one for one in context.plan.steps if isinstance(one, StackSetStep)]
    # Planned after this step, so it was begun because this one had ended.
    later = (one for one in steps[steps.index(step) + 1 :] if one.action != "none")
    if any(_is_of(newest.operation_id, other) for other in later):
        return "later step"
    if _has_failed(newest, step, context):
        _follow(step, context, newest.operation_id, (), standing)
    is_own = _is_of(newest.operation_id, step)
    if not is_own and not any(_is_of(newest.operation_id, other) for other in steps):
        return "none"
    if newest.under_way:
        _follow(step, context, newest.operation_id, (), standing)
    elif not _succeeded(step, context, newest.operation_id):
        return "none"
    return "this step" if is_own else "other step"


def run_operation(
    step: StackSetStep,
    context: RolloutContext,
    *,
    verb: str,
    regions: Sequence[str],
    standing: Sequence[StackInstance],
    begin: Callable[[str], None],
    accounts: Sequence[str] = (),
) -> None:
    """Begin an operation by `begin(operation_id)` and stay until every one of `regions` has settled, in each of `accounts` when given.

    `standing` are the instances before it.

    Raises:
        RolloutFailed: a Region failed (the detail begins with the first failing resource), or patience ended.
        RolloutBusy: someone else's operation holds the StackSet.
        AwsRefused: AWS answered with an error.
    """
    before = newest_operation(context.aws, step.stack_set_name, step.region)
    operation_id = _begun(step, context, verb, begin, before.operation_id if before else "")
    if operation_id:
        _follow(step, context, operation_id, regions, standing, accounts)


def _begun(step: StackSetStep, context: RolloutContext, verb: str, begin: Callable[[str], None], newest_before: str) -> str:
    """Return the id of the operation begun, empty when an earlier run had begun it and it has ended well.

    `newest_before` is the id of the newest operation there was: an id that is taken by that one is an earlier run's, by another ours.
    """
    for attempt in range(1, _ATTEMPTS_MAX + 1):
        operation_id = f"{step.operation_id}-{verb}-{attempt}"
        try:
            begin(operation_id)
        except AwsRefused as refused:
            if refused.code not in (OPERATION_ID_TAKEN, OPERATION_UNDER_WAY):
                raise
            newest = newest_operation(context.aws, step.stack_set_name, step.region)
            if newest is not None and newest.operation_id == operation_id:
                # Sent just now, it arrived, its answer was lost, and it was sent again: however it ended, it was this run's attempt.
                if newest.under_way or newest_before != operation_id:
                    return operation_id
                if _succeeded(step, context, operation_id):
                    return ""
            elif newest is not None and newest.under_way:
                raise RolloutBusy(
                    f"{step.stack_set_name} is busy with another operation",
                    f"{newest.action} {newest.operation_id} is {newest.status}",
                    "Wait until it has ended, then run the same command again; `deployer status` shows it.",
                ) from refused
            if refused.code == OPERATION_UNDER_WAY:
                raise
            continue
        return operation_id
    raise RolloutBusy(
        f"{step.stack_set_name} has taken {_ATTEMPTS_MAX} attempts of this plan",
        f"the last operation id tried was {operation_id}",
        "Make a new plan, then roll that out.",
    )


def _is_of(operation_id: str, step: StackSetStep) -> bool:
    return operation_id.startswith(f"{step.operation_id}-")


def _has_failed(newest: OperationSummary, step: StackSetStep, context: RolloutContext) -> bool:
    """Return whether this roll-out did the step before and failed, and the deployer ended before it could undo it."""
    content = step.operation_id.rpartition("-")[0]
    can_be_undone = context.held is not None and context.held.before is not None
    return can_be_undone and newest.status == "FAILED" and newest.operation_id.startswith(f"{content}-")


def _succeeded(step: StackSetStep, context: RolloutContext, operation_id: str) -> bool:
    operation = read_operation(context.aws, step.stack_set_name, step.region, operation_id)
    return operation.status == "SUCCEEDED" and operation.failed_instances_count == 0


def _follow(
    step: StackSetStep,
    context: RolloutContext,
    operation_id: str,
    regions: Sequence[str],
    standing: Sequence[StackInstance],
    accounts: Sequence[str] = (),
) -> None:
    patience = context.patience()
    watch = OperationWatch(step, context, operation_id, standing)
    operation = watch.look()
    late_looks = 0
    while operation.under_way or (late_looks < _LATE_LOOKS_MAX and not watch.has_settled(regions, accounts)):
        if operation.under_way and patience.used_up:
            raise operation_still_running(watch, operation, patience.took_seconds)
        late_looks += not operation.under_way
        patience.pause()
        operation = watch.look()
    if operation.status != "SUCCEEDED" or operation.failed_instances_count or watch.failed:
        raise operation_failed(watch, operation)
