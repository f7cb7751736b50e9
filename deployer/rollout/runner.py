"""Performs a plan, step by step, and tells what happens. It decides nothing: the plan is all it knows of what is wanted.

    refuse what must not begin → for each batch of steps: skip or perform → say how it ended

Whatever is interrupted can be run again: every step looks at what stands and goes on from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, assert_never

from deployer.aws.session import Aws
from deployer.planning.plan import (
    ArtifactUpload,
    BucketEmptying,
    RolloutPlan,
    StackApply,
    StackRemoval,
    StackSetRemoval,
    StackSetRollout,
    Step,
)
from deployer.rollout.artifact_upload import upload_artifact
from deployer.rollout.batches import side_by_side
from deployer.rollout.bucket_emptying import empty
from deployer.rollout.context import RolloutContext
from deployer.rollout.result import Outcome, RetainedResource, RolloutResult
from deployer.rollout.stack_apply import apply_stack
from deployer.rollout.stack_removal import remove_stack
from deployer.rollout.stack_set_removal import remove_stack_set
from deployer.rollout.stack_set_rollout import roll_out_stack_set
from deployer.vocabulary.clock import Clock
from deployer.vocabulary.errors import DeployerError, InputRefused, Mistake, StoppedWatching
from deployer.vocabulary.events import (
    Event,
    Listener,
    ResourceMoved,
    RolloutEnded,
    RolloutStarted,
    StepEnded,
    StepFailed,
    StepSkipped,
    StepStarted,
)

_SIDE_BY_SIDE_MAX: Final = 8


def roll_out(plan: RolloutPlan, aws: Aws, listener: Listener, clock: Clock) -> RolloutResult:
    """Perform a roll-out's or a tear-down's plan; return how it ended and which resources outlived their stacks.

    Raises:
        InputRefused: the plan has blockers, or is for another account; nothing was begun.
        RolloutFailed: a step did not settle as planned; later steps were not begun.
        RolloutBusy: someone else's operation is in the way.
        AwsRefused: AWS answered with an error.
        StoppedWatching: a person pressed Ctrl-C; what AWS has begun goes on.
    """
    retained: list[RetainedResource] = []

    def hear(event: Event) -> None:
        if isinstance(event, ResourceMoved) and event.status == "DELETE_SKIPPED":
            retained.append(_retained(event))
        listener(event)

    context = RolloutContext(plan=plan, aws=aws, clock=clock, listener=hear)
    _refuse_what_must_not_begin(context)
    began_seconds = clock.monotonic_seconds()
    count = len(plan.steps_to_do)
    context.tell(RolloutStarted(at=context.at(), plan_id=plan.plan_id, suffix=plan.suffix, intent=plan.intent, steps_count=count))
    try:
        for batch in side_by_side(plan.steps):
            _perform_batch(batch, context)
    except KeyboardInterrupt:
        context.stopped.set()
        _tell_end(context, "failed", began_seconds)
        raise _stopped_watching() from None
    except DeployerError:
        _tell_end(context, "failed", began_seconds)
        raise
    outcome: Outcome = "done" if count else "nothing_to_do"
    took_seconds = _tell_end(context, outcome, began_seconds)
    return RolloutResult(plan_id=plan.plan_id, outcome=outcome, took_seconds=took_seconds, retained=tuple(retained))


def _refuse_what_must_not_begin(context: RolloutContext) -> None:
    plan = context.plan
    if plan.blockers:
        mistakes = tuple(Mistake(place="plan", sentence=f"{blocker.summary}. {blocker.hint}") for blocker in plan.blockers)
        raise InputRefused(f"This {plan.intent} cannot begin", mistakes, "Nothing was begun; remove what blocks it, then plan again.")
    if not plan.steps_to_do:
        return
    account_id = context.aws.account_id(plan.home_region)
    if account_id != plan.account_id:
        mistake = Mistake(place="credentials", sentence=f"they belong to account {account_id}, the plan to {plan.account_id}")
        raise InputRefused("The plan is for another account", (mistake,), "Nothing was begun; use the credentials it was made with.")


def _perform_batch(batch: Sequence[Step], context: RolloutContext) -> None:
    """Perform the steps side by side; when some fail, the others finish and the first failure is raised."""
    to_do = [step for step in batch if step.action != "none"]
    for step in batch:
        if step.action == "none":
            context.tell(StepSkipped(at=context.at(), phase=step.phase, step=step.title, reason=step.reason))
    # A step alone stays in this thread, where Ctrl-C ends its wait at once.
    if len(to_do) == 1:
        _perform_step(to_do[0], context)
    elif to_do:
        with ThreadPoolExecutor(max_workers=min(_SIDE_BY_SIDE_MAX, len(to_do))) as pool:
            futures = [pool.submit(_perform_step, step, context) for step in to_do]
            try:
                errors = [future.exception() for future in futures]
            except KeyboardInterrupt:
                context.stopped.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        for error in errors:
            if error is not None:
                raise error


def _perform_step(step: Step, context: RolloutContext) -> None:
    patience = context.patience()
    context.tell(StepStarted(at=context.at(), phase=step.phase, step=step.title))
    try:
        _perform(step, context)
    except DeployerError as error:
        context.tell(
            StepFailed(at=context.at(), phase=step.phase, step=step.title, summary=error.summary, detail=error.detail, hint=error.hint)
        )
        raise
    context.tell(StepEnded(at=context.at(), phase=step.phase, step=step.title, took_seconds=patience.took_seconds))


def _perform(step: Step, context: RolloutContext) -> None:
    match step:
        case StackApply():
            apply_stack(step, context)
        case ArtifactUpload():
            upload_artifact(step, context)
        case StackSetRollout():
            roll_out_stack_set(step, context)
        case BucketEmptying():
            empty(step, context)
        case StackSetRemoval():
            remove_stack_set(step, context)
        case StackRemoval():
            remove_stack(step, context)
        case _:
            assert_never(step)


def _tell_end(context: RolloutContext, outcome: str, began_seconds: float) -> float:
    took_seconds = context.clock.monotonic_seconds() - began_seconds
    plan = context.plan
    context.tell(RolloutEnded(at=context.at(), plan_id=plan.plan_id, intent=plan.intent, outcome=outcome, took_seconds=took_seconds))
    return took_seconds


def _retained(event: ResourceMoved) -> RetainedResource:
    return RetainedResource(
        stack_name=event.stack_name,
        region=event.region,
        logical_id=event.logical_id,
        resource_type=event.resource_type,
        physical_id=event.physical_id,
    )


def _stopped_watching() -> StoppedWatching:
    return StoppedWatching(
        "Stopped watching",
        "What AWS has begun goes on by itself; no further step was begun.",
        "Run the same command again: it attaches to what still runs and goes on from there.",
    )
