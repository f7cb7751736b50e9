"""Deletes one stack, and stays until it is gone."""

from __future__ import annotations

from typing import Final

from deployer.aws.stacks import GONE, delete_stack, read_stack
from deployer.planning.plan import StackRemoval
from deployer.rollout.context import RolloutContext
from deployer.rollout.stack_apply import newest_event_id_of, operation_token
from deployer.rollout.stack_settling import settle_stack
from deployer.rollout.stack_watch import StackWatch
from deployer.vocabulary.errors import RolloutBusy, RolloutFailed

_DELETING: Final = "DELETE_IN_PROGRESS"


def remove_stack(step: StackRemoval, context: RolloutContext) -> None:
    """Delete the stack; one that is gone already is done, one that is being deleted is waited for.

    Raises:
        RolloutFailed: it is protected, or a resource could not be deleted; the detail begins with that resource.
        RolloutBusy: another operation holds it.
        AwsRefused: AWS answered with an error.
    """
    found = read_stack(context.aws, step.stack_name, step.region)
    if found is None:
        return
    if found.termination_protection:
        raise RolloutFailed(
            f"{step.stack_name} in {step.region} is protected against termination",
            found.stack_id,
            f"Run `aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name "
            f"{step.stack_name} --region {step.region}`, then run the same command again.",
        )
    if found.in_progress and found.status != _DELETING:
        raise RolloutBusy(
            f"{step.stack_name} in {step.region} is {found.status}",
            found.stack_id,
            "Wait until it has settled, then run the same command again.",
        )
    newest_event_id = ""
    if found.status != _DELETING:
        newest_event_id = newest_event_id_of(found, context)
        delete_stack(context.aws, found.stack_id, step.region, operation_token(context, step.title, newest_event_id))
    watch = StackWatch(
        context,
        phase=step.phase,
        stack_name=step.stack_name,
        stack_id=found.stack_id,
        region=step.region,
        after_event_id=newest_event_id,
    )
    settle_stack(context, watch, phase=step.phase, wanted=(GONE,))
