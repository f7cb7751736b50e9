"""Leads stacks out of a status that takes no update, one after another, and stays until each has settled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from deployer.aws.session import Aws
from deployer.aws.stack_mending import continue_update_rollback, roll_back
from deployer.aws.stacks import GONE, delete_stack, read_stack
from deployer.planning.mending import Deed, Mend, Mending
from deployer.planning.plan import RolloutPlan
from deployer.rollout.context import RolloutContext
from deployer.rollout.stack_apply import newest_event_id_of, operation_token
from deployer.rollout.stack_settling import settle_stack
from deployer.rollout.stack_watch import StackWatch
from deployer.vocabulary.clock import Clock
from deployer.vocabulary.errors import DeployerError, RolloutBusy
from deployer.vocabulary.events import Listener, StepEnded, StepFailed, StepStarted

PHASE: Final = "mend"

_BEGIN: Final[dict[Deed, Callable[[Aws, str, str, str], None]]] = {
    "continue the rollback of": continue_update_rollback,
    "roll back": roll_back,
    "delete": delete_stack,
}
_WANTED: Final[dict[Deed, tuple[str, ...]]] = {
    "continue the rollback of": ("UPDATE_ROLLBACK_COMPLETE",),
    "roll back": ("UPDATE_ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE"),
    "delete": (GONE,),
}


def plan_of(mending: Mending) -> RolloutPlan:
    """Return a plan without steps: the system, and the bounds that its waits have."""
    return RolloutPlan(
        plan_id="mend",
        intent="roll-out",
        suffix=mending.suffix,
        account_id=mending.account_id,
        home_region=mending.home_region,
        steps=(),
        blockers=(),
        templates=(),
        bounds=mending.bounds,
    )


def mend(mending: Mending, aws: Aws, listener: Listener, clock: Clock) -> None:
    """Perform every mend in turn; a stack that is no longer in the status it was found in is left alone.

    Raises:
        RolloutFailed: a stack did not get out; the detail begins with the resource that is in the way.
        RolloutBusy: somebody is at work on it.
        AwsRefused: AWS answered with an error.
    """
    context = RolloutContext(plan=plan_of(mending), aws=aws, clock=clock, listener=listener)
    for one in mending.mends:
        _mend(one, context)


def _mend(one: Mend, context: RolloutContext) -> None:
    patience = context.patience()
    context.tell(StepStarted(at=context.at(), phase=PHASE, step=one.title))
    try:
        _perform(one, context)
    except DeployerError as error:
        context.tell(StepFailed(at=context.at(), phase=PHASE, step=one.title, summary=error.summary, detail=error.detail, hint=error.hint))
        raise
    context.tell(StepEnded(at=context.at(), phase=PHASE, step=one.title, took_seconds=patience.took_seconds))


def _perform(one: Mend, context: RolloutContext) -> None:
    found = read_stack(context.aws, one.stack_id, one.region)
    if found is None or found.status in _WANTED[one.deed]:
        return
    if found.status != one.status:
        raise RolloutBusy(
            f"{one.stack_name} in {one.region} is {found.status}, and was {one.status} when it was looked at",
            found.stack_id,
            "Somebody is at work on it: wait until it has settled, then run the same command again.",
        )
    newest_event_id = newest_event_id_of(found, context)
    _BEGIN[one.deed](context.aws, one.stack_id, one.region, operation_token(context, one.title, newest_event_id))
    watch = StackWatch(
        context,
        phase=PHASE,
        stack_name=one.stack_name,
        stack_id=one.stack_id,
        region=one.region,
        after_event_id=newest_event_id,
    )
    settle_stack(context, watch, phase=PHASE, wanted=_WANTED[one.deed])
