"""Creates or updates one stack, and stays until it has settled."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from deployer.aws.stack_events import newest_operation_events
from deployer.aws.stacks import Stack, StackRequest, create_stack, read_stack, update_stack
from deployer.planning.plan import StackApply
from deployer.rollout.context import RolloutContext
from deployer.rollout.output_values import resolved
from deployer.rollout.stack_settling import sentence_of, settle_stack
from deployer.rollout.stack_watch import StackWatch, is_root_cause
from deployer.vocabulary.errors import AwsRefused, RolloutBusy, RolloutFailed

APPLIED: Final = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE")

# A status from which CloudFormation takes no update -> what leads out of it [user guide: Stack status codes].
_STUCK: Final = {
    "ROLLBACK_COMPLETE": "delete-stack",
    "ROLLBACK_FAILED": "delete-stack",
    "CREATE_FAILED": "delete-stack",
    "DELETE_FAILED": "delete-stack",
    "REVIEW_IN_PROGRESS": "delete-stack",
    "UPDATE_FAILED": "rollback-stack",
    "UPDATE_ROLLBACK_FAILED": "continue-update-rollback",
}


def apply_stack(step: StackApply, context: RolloutContext) -> None:
    """Bring the stack to the step's template, parameters and tags; attach when this plan's own operation still runs.

    Raises:
        RolloutFailed: the stack did not settle as planned, or stands in a status that takes no update.
        RolloutBusy: someone else's operation holds it.
        AwsRefused: AWS answered with an error.
    """
    found = read_stack(context.aws, step.stack_name, step.region)
    if found is not None and found.status in _STUCK:
        raise _stuck(context, step, found)
    if found is not None and found.in_progress:
        stack_id, newest_event_id = _attached(context, step, found), ""
    else:
        newest_event_id = newest_event_id_of(found, context) if found else ""
        stack_id = _begun(context, step, found, newest_event_id)
    if not stack_id:
        return
    watch = StackWatch(
        context,
        phase=step.phase,
        stack_name=step.stack_name,
        stack_id=stack_id,
        region=step.region,
        after_event_id=newest_event_id,
    )
    settle_stack(context, watch, phase=step.phase, wanted=APPLIED)


def newest_event_id_of(stack: Stack, context: RolloutContext) -> str:
    """Return the id of the newest thing that happened to the stack, empty when nothing is recorded. Raises AwsRefused."""
    newest = newest_operation_events(context.aws, stack.stack_id, stack.region)[-1:]
    return newest[0].event_id if newest else ""


def operation_token(context: RolloutContext, title: str, newest_event_id: str) -> str:
    """Return the ClientRequestToken of a stack operation: the same for a request sent twice, another once the stack has moved."""
    return f"{context.token_prefix}-{sha256(f'{title} {newest_event_id}'.encode()).hexdigest()[:16]}"


def _begun(context: RolloutContext, step: StackApply, found: Stack | None, newest_event_id: str) -> str:
    """Return the StackId of the operation begun, empty when there was nothing to update."""
    request = StackRequest(
        name=step.stack_name,
        template=context.template(step.template_digest, step.region),
        parameters=resolved(step.parameters, context),
        tags=step.tags,
        token=operation_token(context, step.title, newest_event_id),
    )
    try:
        if found is None:
            return create_stack(context.aws, request, step.region)
        return update_stack(context.aws, request, step.region) or ""
    except AwsRefused:
        # The request arrived, its answer was lost, and it was sent again: refused, for the stack is there or at work already.
        now = read_stack(context.aws, step.stack_name, step.region)
        if now is not None and _newest_token(context, now) == request.token:
            return now.stack_id
        raise


def _attached(context: RolloutContext, step: StackApply, found: Stack) -> str:
    token = _newest_token(context, found)
    if token.startswith(context.token_prefix):
        return found.stack_id
    raise RolloutBusy(
        f"{step.stack_name} in {step.region} is {found.status}",
        f"begun by another request ({token or 'without a token'})",
        "Wait until it has settled, then run the same command again.",
    )


def _newest_token(context: RolloutContext, stack: Stack) -> str:
    newest = newest_operation_events(context.aws, stack.stack_id, stack.region)[-1:]
    return newest[0].token if newest else ""


def _stuck(context: RolloutContext, step: StackApply, found: Stack) -> RolloutFailed:
    events = newest_operation_events(context.aws, found.stack_id, step.region)
    cause = next((event for event in events if is_root_cause(event)), None)
    return RolloutFailed(
        f"{step.stack_name} in {step.region} is {found.status}, which takes no update",
        f"{step.region}: {sentence_of(cause)}" if cause else found.status_reason,
        f"Remove the cause, run `deployer mend` (or `aws cloudformation {_STUCK[found.status]} --stack-name {step.stack_name} "
        f"--region {step.region}` yourself), then run the same command again.",
    )
