"""The global part of an undo: the stack's definition before, unless it stands so already, as after CloudFormation's own rollback."""

from __future__ import annotations

from deployer.aws.stacks import Stack, read_stack, read_template
from deployer.planning.plan import StackApply
from deployer.planning.restore_point import RestorePoint
from deployer.rollout.context import RolloutContext
from deployer.rollout.stack_apply import apply_stack
from deployer.rollout.undo_regions import UNDO_PHASE
from deployer.vocabulary.errors import RolloutFailed
from deployer.vocabulary.values import StackParameter


def put_back_global_stack(before: RestorePoint, context: RolloutContext) -> str:
    """Bring the global stack to its definition before; return what was done, in words, with the stack's status now.

    Raises:
        RolloutFailed: it could not be put back, or not in time.
        RolloutBusy: somebody else's operation holds it.
        AwsRefused: AWS answered with an error.
    """
    then = before.global_stack
    standing = _settled(before, context)
    # A rollback that failed tells the template before, and resources that are not.
    if not standing.status.endswith("_FAILED") and _is_before(standing, before, context):
        rolled_back = standing.status == "UPDATE_ROLLBACK_COMPLETE"
        return f"{'CloudFormation had put it back itself' if rolled_back else 'stands as before'}, {standing.status}"
    apply_stack(
        StackApply(
            phase=UNDO_PHASE,
            action="update",
            stack_name=then.name,
            region=then.region,
            template_digest=then.template_digest,
            parameters=tuple(StackParameter(name=name, value=value) for name, value in then.parameters),
            tags=then.tags,
            changes=(),
            reason="the roll-out failed",
        ),
        context,
    )
    return f"put back, {_read(before, context).status}"


def _settled(before: RestorePoint, context: RolloutContext) -> Stack:
    """Return the stack once nothing is at work on it: what was begun forward has to end before it can be put back."""
    patience = context.patience()
    while True:
        stack = _read(before, context)
        if not stack.in_progress:
            return stack
        if patience.used_up:
            raise RolloutFailed(
                f"{stack.name} in {stack.region} is still {stack.status} after {patience.took_seconds:.0f} s",
                "it has to settle before it can be put back",
                "Wait until it has settled.",
            )
        patience.pause()


def _read(before: RestorePoint, context: RolloutContext) -> Stack:
    then = before.global_stack
    stack = read_stack(context.aws, then.name, then.region)
    if stack is None:
        raise RolloutFailed(f"{then.name} in {then.region} is gone", "it stood before the roll-out", "Roll out again: that makes it anew.")
    return stack


def _is_before(stack: Stack, before: RestorePoint, context: RolloutContext) -> bool:
    then = before.global_stack
    body = context.held.templates.get(then.template_digest) if context.held is not None else None
    return (read_template(context.aws, stack.stack_id, then.region), stack.parameters, stack.tags) == (body, then.parameters, then.tags)
