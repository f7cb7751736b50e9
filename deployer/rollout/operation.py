"""One StackSet operation, from its beginning to its end: started or attached to, watched, and judged.

The id of an operation is the step's id, what it does, and the attempt. AWS takes an id once (fact 4.8), so one that is taken tells
what became of it: still running is attached to, done is done, failed is followed by the next attempt (fact 4.9).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from deployer.aws.stack_set_operations import OPERATION_ID_TAKEN, OPERATION_UNDER_WAY, Operation, read_operation
from deployer.aws.stack_sets import newest_operation
from deployer.planning.plan import StackSetRemoval, StackSetRollout
from deployer.rollout.context import RolloutContext
from deployer.rollout.operation_failure import operation_failed, operation_still_running
from deployer.rollout.operation_watch import OperationWatch
from deployer.vocabulary.errors import AwsRefused, RolloutBusy

_ATTEMPTS_MAX: Final = 50
# Results are only eventually consistent (fact 4.10): so often an ended operation is looked at for Regions it has not told of.
_LATE_LOOKS_MAX: Final = 5


def run_operation(
    step: StackSetRollout | StackSetRemoval, context: RolloutContext, *, verb: str, regions: Sequence[str], begin: Callable[[str], None]
) -> None:
    """Begin an operation by `begin(operation_id)`, or attach to it, and stay until every one of `regions` has settled.

    Raises:
        RolloutFailed: a Region failed (the detail begins with the first failing resource), or patience ended.
        RolloutBusy: someone else's operation holds the StackSet.
        AwsRefused: AWS answered with an error.
    """
    operation_id = _begun(step, context, verb, begin)
    if operation_id:
        _follow(step, context, operation_id, regions)


def _begun(step: StackSetRollout | StackSetRemoval, context: RolloutContext, verb: str, begin: Callable[[str], None]) -> str:
    """Return the id of the operation that now runs, empty when an earlier run of this plan has finished it."""
    for attempt in range(1, _ATTEMPTS_MAX + 1):
        operation_id = f"{step.operation_id}-{verb}-{attempt}"
        try:
            begin(operation_id)
        except AwsRefused as refused:
            if refused.code == OPERATION_UNDER_WAY:
                return _attached(step, context)
            if refused.code != OPERATION_ID_TAKEN:
                raise
            operation = read_operation(context.aws, step.stack_set_name, step.region, operation_id)
            if operation.under_way:
                return operation_id
            if _is_last_word(operation, step, context):
                return ""
            continue
        return operation_id
    raise RolloutBusy(
        f"{step.stack_set_name} has refused {_ATTEMPTS_MAX} attempts of this plan",
        f"the last operation id tried was {operation_id}",
        "Make a new plan, then roll that out.",
    )


def _is_last_word(operation: Operation, step: StackSetRollout | StackSetRemoval, context: RolloutContext) -> bool:
    """Return whether the operation succeeded and nothing but this plan has touched the StackSet since."""
    if operation.status != "SUCCEEDED" or operation.failed_instances_count:
        return False
    newest = newest_operation(context.aws, step.stack_set_name, step.region)
    return newest is not None and _is_of_plan(newest.operation_id, context)


def _attached(step: StackSetRollout | StackSetRemoval, context: RolloutContext) -> str:
    newest = newest_operation(context.aws, step.stack_set_name, step.region)
    if newest is not None and _is_of_step(newest.operation_id, step):
        return newest.operation_id
    if newest is not None and _is_of_plan(newest.operation_id, context):
        # Steps follow one another: a later step of this plan can only run because this one has ended.
        return ""
    raise RolloutBusy(
        f"{step.stack_set_name} is busy with another operation",
        f"{newest.action} {newest.operation_id} is {newest.status}" if newest else "",
        "Wait until it has ended, then run the same command again; `deployer status` shows it.",
    )


def _is_of_plan(operation_id: str, context: RolloutContext) -> bool:
    steps = (step for step in context.plan.steps if isinstance(step, StackSetRollout | StackSetRemoval))
    return any(_is_of_step(operation_id, step) for step in steps)


def _is_of_step(operation_id: str, step: StackSetRollout | StackSetRemoval) -> bool:
    return operation_id.startswith(f"{step.operation_id}-")


def _follow(step: StackSetRollout | StackSetRemoval, context: RolloutContext, operation_id: str, regions: Sequence[str]) -> None:
    patience = context.patience()
    watch = OperationWatch(step, context, operation_id)
    operation = watch.look()
    late_looks = 0
    while operation.under_way or (late_looks < _LATE_LOOKS_MAX and not watch.settled_regions.issuperset(regions)):
        if operation.under_way and patience.used_up:
            raise operation_still_running(watch, operation, patience.took_seconds)
        late_looks += not operation.under_way
        patience.pause()
        operation = watch.look()
    if operation.status != "SUCCEEDED" or operation.failed_instances_count or watch.failed:
        raise operation_failed(watch, operation)
