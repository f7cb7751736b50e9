"""A stack that no StackSet operation leads out of its status: what keeps it there, and what leads it out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from deployer.aws.stack_events import StackEvent, newest_operation_events
from deployer.aws.stack_sets import StackInstance
from deployer.aws.stacks import read_stack
from deployer.rollout.context import RolloutContext
from deployer.rollout.stack_settling import sentence_of
from deployer.vocabulary.errors import AwsRefused

MEND: Final = "`deployer mend`"

# What no StackSet operation leads a stack out of -> what does.
_BY_A_PERSON: Final = {
    "UPDATE_ROLLBACK_FAILED": f"{MEND} continues it once the cause is out of the way",
    "UPDATE_FAILED": f"{MEND} rolls it back",
    "ROLLBACK_FAILED": f"{MEND} deletes what was never finished",
    "DELETE_FAILED": "remove the cause, then run the same command again",
}


def stuck_words(instance: StackInstance, context: RolloutContext) -> str:
    """Return what keeps a failed instance's stack from the next operation, as the end of a sentence.

    It is empty when nothing does or nobody can tell: told on the way to a failure, it must not hide what is known.
    """
    if instance.detailed_status != "FAILED" or not instance.stack_id or instance.account_id != context.plan.account_id:
        return ""
    try:
        stack = read_stack(context.aws, instance.stack_id, instance.region)
        if stack is None or stack.status not in _BY_A_PERSON:
            return ""
        cause = last_failure(newest_operation_events(context.aws, instance.stack_id, instance.region))
    except AwsRefused:
        return ""
    named = f"; its events name {sentence_of(cause)}" if cause else ""
    return f", and its stack is {stack.status}: {_BY_A_PERSON[stack.status]}{named}"


def last_failure(events: Sequence[StackEvent]) -> StackEvent | None:
    """Return the first resource that failed by itself in the last thing tried: in the rollback, where there was one."""
    began = max((index for index, one in enumerate(events) if one.is_of_stack and one.status.endswith("_IN_PROGRESS")), default=0)
    failed = (one for one in events[began:] if not one.is_of_stack and one.status.endswith("_FAILED"))
    return next((one for one in failed if one.reason and "cancelled" not in one.reason.lower()), None)
