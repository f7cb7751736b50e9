"""Performs a plan, step by step, and tells what happens. It decides nothing: the plan is all it knows of what is wanted.

    refuse what must not begin → for each batch of steps: skip or perform → undo what failed → say how it ended

Whatever is interrupted can be run again: every step looks at what stands and goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Final, assert_never

from deployer.aws.rollout_records import RecordPlace
from deployer.aws.session import Aws
from deployer.outside.view import Outside
from deployer.planning.gates import Gate
from deployer.planning.plan import (
    ArtifactUpload,
    BucketEmptying,
    RolloutClosing,
    RolloutOpening,
    RolloutPlan,
    StackApply,
    StackRemoval,
    StackSetRemoval,
    StackSetRollout,
    Step,
)
from deployer.planning.spares import SpareRollout
from deployer.rollout.artifact_upload import upload_artifact
from deployer.rollout.batches import side_by_side
from deployer.rollout.bucket_emptying import empty
from deployer.rollout.context import RolloutContext
from deployer.rollout.gate import pass_gate
from deployer.rollout.held_record import HeldRecord
from deployer.rollout.interruption import Choice, act_on, stopped_watching
from deployer.rollout.result import Outcome, RetainedResource, RolloutResult
from deployer.rollout.rollout_record import close_record, open_record
from deployer.rollout.spare_rollout import roll_out_spares
from deployer.rollout.stack_apply import apply_stack
from deployer.rollout.stack_removal import remove_stack
from deployer.rollout.stack_set_removal import remove_stack_set
from deployer.rollout.stack_set_rollout import roll_out_stack_set
from deployer.rollout.undo import is_undone, left_standing, undo
from deployer.vocabulary.clock import Clock
from deployer.vocabulary.errors import DeployerError, InputRefused, Mistake, RolloutFailed, RolloutUndone, StoppedWatching
from deployer.vocabulary.events import (
    Event,
    Listener,
    ResourceMoved,
    RolloutEnded,
    RolloutInterrupted,
    RolloutStarted,
    StepEnded,
    StepFailed,
    StepSkipped,
    StepStarted,
)

_SIDE_BY_SIDE_MAX: Final = 8


def roll_out(
    plan: RolloutPlan,
    aws: Aws,
    listener: Listener,
    clock: Clock,
    *,
    outside: Outside | None = None,
    on_interrupt: Callable[[], Choice] = lambda: "stop watching",
) -> RolloutResult:
    """Perform a roll-out's or a tear-down's plan; return how it ended and which resources outlived their stacks.

    `outside` is the system as its callers see it, which gates look at; `on_interrupt` is asked when a person presses Ctrl-C.

    Raises:
        InputRefused: the plan has blockers, or is for another account; nothing was begun.
        RolloutFailed: a step did not settle as planned; later steps were not begun, and there was nothing whole to go back to.
        RolloutUndone: likewise, and what stood before stands again.
        UndoFailed: likewise, and it does not.
        RolloutBusy: someone else's operation, or roll-out, is in the way.
        AwsRefused: AWS answered with an error.
        StoppedWatching: a person pressed Ctrl-C, or a signal asked for the end; what AWS has begun goes on, unless
            that person wished otherwise.
    """
    retained: list[RetainedResource] = []

    def hear(event: Event) -> None:
        if isinstance(event, ResourceMoved) and event.status == "DELETE_SKIPPED":
            retained.append(_retained(event))
        listener(event)

    context = RolloutContext(plan=plan, aws=aws, clock=clock, listener=hear, outside=outside, held=_record_of(plan, aws, clock))
    _refuse_what_must_not_begin(context)
    began_seconds = clock.monotonic_seconds()
    count = len(plan.steps_to_do)
    context.tell(RolloutStarted(at=context.at(), plan_id=plan.plan_id, suffix=plan.suffix, intent=plan.intent, steps_count=count))
    try:
        for batch in side_by_side(plan.steps):
            _perform_batch(batch, context, on_interrupt)
    except (DeployerError, KeyboardInterrupt) as error:
        end = _end_of(error, context)
        if context.held is not None:
            context.held.give_up()
        _tell_end(context, _outcome_of(end), began_seconds)
        raise end from (error if end is not error else None)
    outcome: Outcome = "done" if count else "nothing_to_do"
    took_seconds = _tell_end(context, outcome, began_seconds)
    return RolloutResult(plan_id=plan.plan_id, outcome=outcome, took_seconds=took_seconds, retained=tuple(retained))


def _record_of(plan: RolloutPlan, aws: Aws, clock: Clock) -> HeldRecord | None:
    """Return where a roll-out's record is held; a tear-down has none."""
    opening = next((step for step in plan.steps if isinstance(step, RolloutOpening)), None)
    return HeldRecord(aws, RecordPlace(bucket=opening.bucket, region=opening.region), clock) if opening else None


def _end_of(error: DeployerError | KeyboardInterrupt, context: RolloutContext) -> DeployerError:
    """Return how a plan that could not be performed ends, after undoing what is to be undone."""
    if isinstance(error, KeyboardInterrupt):
        context.stopped.set()
        return stopped_watching(context)
    if not isinstance(error, RolloutFailed):
        return error
    if not is_undone(error, context):
        return left_standing(error, context)
    try:
        return undo(error, context)
    except KeyboardInterrupt:
        return stopped_watching(context)
    except DeployerError as other:
        return other


def _outcome_of(end: DeployerError) -> str:
    match end:
        case RolloutUndone():
            return "undone"
        case StoppedWatching():
            return "interrupted"
        case _:
            return "failed"


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


def _perform_batch(batch: Sequence[Step], context: RolloutContext, on_interrupt: Callable[[], Choice]) -> None:
    """Perform the steps side by side; when some fail, the others finish and the first failure is raised."""
    to_do = [step for step in batch if step.action != "none"]
    for step in batch:
        if step.action == "none":
            context.tell(StepSkipped(at=context.at(), phase=step.phase, step=step.title, reason=step.reason))
    # A step alone stays in this thread, where Ctrl-C ends its wait at once.
    if len(to_do) == 1:
        _perform_step(to_do[0], context, on_interrupt)
    elif to_do:
        with ThreadPoolExecutor(max_workers=min(_SIDE_BY_SIDE_MAX, len(to_do))) as pool:
            futures = [pool.submit(_perform_step, step, context) for step in to_do]
            try:
                errors = _gathered(futures, context, on_interrupt)
            except (KeyboardInterrupt, DeployerError):
                context.stopped.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        for error in errors:
            if error is not None:
                raise error


def _gathered(futures: Sequence[Future[None]], context: RolloutContext, on_interrupt: Callable[[], Choice]) -> list[BaseException | None]:
    while True:
        try:
            return [future.exception() for future in futures]
        except KeyboardInterrupt:
            act_on(_asked(context, on_interrupt), context)


def _perform_step(step: Step, context: RolloutContext, on_interrupt: Callable[[], Choice] | None = None) -> None:
    """Perform one step and tell its beginning and its end; only the main thread's is interrupted, and knows whom to ask."""
    patience = context.patience()
    context.tell(StepStarted(at=context.at(), phase=step.phase, step=step.title))
    try:
        while True:
            try:
                _perform(step, context)
                break
            except KeyboardInterrupt:
                if on_interrupt is None:
                    raise
                # Whoever goes on begins the step anew: it attaches to what runs.
                act_on(_asked(context, on_interrupt), context)
    except DeployerError as error:
        if not isinstance(error, StoppedWatching):
            context.tell(
                StepFailed(at=context.at(), phase=step.phase, step=step.title, summary=error.summary, detail=error.detail, hint=error.hint)
            )
        raise
    context.tell(StepEnded(at=context.at(), phase=step.phase, step=step.title, took_seconds=patience.took_seconds))


def _asked(context: RolloutContext, on_interrupt: Callable[[], Choice]) -> Choice:
    """Return what a person wants who pressed Ctrl-C; pressed again, it is to stop watching."""
    context.tell(RolloutInterrupted(at=context.at(), choice=""))
    try:
        choice = on_interrupt()
    except KeyboardInterrupt:
        choice = "stop watching"
    context.tell(RolloutInterrupted(at=context.at(), choice=choice))
    return choice


def _perform(step: Step, context: RolloutContext) -> None:
    match step:
        case StackApply():
            apply_stack(step, context)
        case ArtifactUpload():
            upload_artifact(step, context)
        case RolloutOpening():
            open_record(step, context)
        case StackSetRollout():
            roll_out_stack_set(step, context)
        case Gate():
            _pass(step, context)
        case RolloutClosing():
            close_record(step, context)
        case BucketEmptying():
            empty(step, context)
        case SpareRollout():
            roll_out_spares(step, context)
        case StackSetRemoval():
            remove_stack_set(step, context)
        case StackRemoval():
            remove_stack(step, context)
        case _:
            assert_never(step)


def _pass(gate: Gate, context: RolloutContext) -> None:
    """Pass a gate; what rang before the roll-out began, an earlier run's beginning counted, is not held against it."""
    record = context.held.record if context.held is not None else None
    since = datetime.fromisoformat(record.began_at) if record else context.clock.now()
    pass_gate(gate, context, outside=context.outside or Outside(), since=since)


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
