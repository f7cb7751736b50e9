"""The regional part of an undo: the StackSet's own definition (fact 4.6), the Regions that had moved, and their overrides (fact 4.13)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal

from deployer.aws.stack_set_operations import StackSetRequest, stop_operation, update_overrides, update_stack_set
from deployer.aws.stack_sets import StackInstance, StackSet, list_instances, newest_operation, read_overrides, read_stack_set
from deployer.aws.stacks import read_stack, read_template
from deployer.planning.operation_ids import undo_operation_id
from deployer.planning.plan import StackSetRollout
from deployer.planning.restore_point import InstanceBefore, RestorePoint
from deployer.planning.spares import SpareRollout
from deployer.rollout.context import RolloutContext
from deployer.rollout.operation import run_operation
from deployer.rollout.stuck_stack import stuck_words
from deployer.vocabulary.errors import RolloutBusy, RolloutFailed
from deployer.vocabulary.places import place_name
from deployer.vocabulary.values import StackParameter

UNDO_PHASE: Final = "undo"

# What a Region was when the undo began: changed by the roll-out, put back by CloudFormation itself when its update failed, or neither.
Moved = Literal["moved", "rolled back", "untouched"]

# One account may fail without the next Region losing its turn: each is worth putting back.
_FAILURES_TOLERATED: Final = 1


def moved_regions(before: RestorePoint, context: RolloutContext) -> Mapping[str, Moved]:
    """Return what the roll-out has done to each of the pair's Regions so far, by the Region's own stack. Raises AwsRefused."""
    instances = list_instances(context.aws, before.stack_set.name, before.stack_set.region)
    return {instance.region: _moved(before, instance, context) for instance in instances if _is_own(instance, context)}


def put_back_stack_set(before: RestorePoint, context: RolloutContext) -> None:
    """Bring the StackSet to its definition before, and every Region to it, in the order that the roll-out had; nothing if it stands so.

    What this roll-out still has at work is stopped first.

    Raises:
        RolloutFailed: a Region could not be put back, or not in time.
        RolloutBusy: somebody else's operation holds the StackSet.
        AwsRefused: AWS answered with an error.
    """
    step = undo_step(before, context)
    _end_what_runs(step, context)
    found = read_stack_set(context.aws, step.stack_set_name, step.region)
    standing = list_instances(context.aws, step.stack_set_name, step.region)
    regions = tuple(region for region in step.regions if any(one.region == region for one in standing))
    if found is not None and _is_before(found, before, context) and all(map(_is_current, standing)):
        return
    request = StackSetRequest(
        name=step.stack_set_name,
        template=context.template(step.template_digest, step.region),
        parameters=before.stack_set.parameters,
        tags=step.tags,
        administration_role_arn=step.administration_role_arn,
        execution_role_name=step.execution_role_name,
    )

    def begin(operation_id: str) -> None:
        update_stack_set(
            context.aws,
            request,
            step.region,
            operation_id=operation_id,
            # Every instance there is, spares in other accounts too: the definition before is theirs as well.
            accounts=(),
            regions=regions,
            failures_tolerated=_FAILURES_TOLERATED,
        )

    run_operation(step, context, verb="update", regions=regions, standing=standing, begin=begin)


def put_back_overrides(before: RestorePoint, context: RolloutContext) -> None:
    """Give every instance the overrides it had, and no other. Raises what `put_back_stack_set` raises."""
    step = undo_step(before, context)
    standing = {(one.account_id, one.region): one for one in list_instances(context.aws, step.stack_set_name, step.region)}
    for kept in before.stack_set.instances:
        instance = standing.get((kept.account_id, kept.region))
        if instance is None:
            continue
        if dict(read_overrides(context.aws, step.stack_set_name, instance, step.region)) == dict(kept.overrides):
            continue

        def begin(operation_id: str, kept: InstanceBefore = kept) -> None:
            update_overrides(
                context.aws,
                step.stack_set_name,
                step.region,
                operation_id=operation_id,
                account_id=kept.account_id,
                instance_region=kept.region,
                overrides=dict(kept.overrides),
            )

        run_operation(step, context, verb=f"override-{kept.region}", regions=(kept.region,), standing=(instance,), begin=begin)


def regions_standing(before: RestorePoint, context: RolloutContext, moved: Mapping[str, Moved], *, is_resumed: bool) -> Iterator[str]:
    """Yield a line for each Region: what was done to it and how its instance stands now. Raises AwsRefused."""
    words = {
        "moved": "put back",
        "rolled back": "CloudFormation had put it back itself",
        # An undo that goes on after a kill cannot tell what it has put back itself from what never moved.
        "untouched": "stands as before" if is_resumed else "was not touched",
    }
    instances = list_instances(context.aws, before.stack_set.name, before.stack_set.region)
    order = undo_step(before, context).regions
    for instance in sorted(instances, key=lambda one: order.index(one.region) if one.region in order else len(order)):
        is_own = _is_own(instance, context)
        # The stacks of other accounts are not the deployer's to read: their instances' own word is all there is.
        is_back = _is_current(instance) and (not is_own or _moved(before, instance, context) == "untouched")
        what = words[moved.get(instance.region, "untouched")] if is_own else "at the definition before"
        name = place_name(instance.account_id, instance.region, context.plan.account_id)
        detail = f" ({instance.detailed_status})" if instance.detailed_status else ""
        stuck = "" if is_back else stuck_words(instance, context)
        yield f"{name}: {what if is_back else 'is NOT what it was before'}, {instance.status}{detail}{stuck}"


def undo_step(before: RestorePoint, context: RolloutContext) -> StackSetRollout:
    """Return the way back as a step: the definition before, over all Regions, those first that the roll-out moves first."""
    stack_set = before.stack_set
    record = context.held.record if context.held is not None else None
    with_instance = {one.region for one in stack_set.instances}
    waves = (step for step in context.plan.steps if isinstance(step, StackSetRollout))
    order = dict.fromkeys((*(region for wave in waves for region in wave.regions), *sorted(with_instance)))
    return StackSetRollout(
        phase=UNDO_PHASE,
        action="update",
        stack_set_name=stack_set.name,
        region=stack_set.region,
        accounts=tuple(dict.fromkeys(one.account_id for one in stack_set.instances)),
        wave="1 of 1",
        regions=tuple(region for region in order if region in with_instance),
        earlier_regions=(),
        new_regions=(),
        template_digest=stack_set.template_digest,
        parameters=tuple(StackParameter(name=name, value=value) for name, value in stack_set.parameters),
        tags=stack_set.tags,
        administration_role_arn=stack_set.administration_role_arn,
        execution_role_name=stack_set.execution_role_name,
        operation_id=undo_operation_id(record.content_digest, record.began_at) if record else "undo",
        changes=(),
        reason="the roll-out failed",
    )


def _end_what_runs(step: StackSetRollout, context: RolloutContext) -> None:
    """Stop this roll-out's own operation and wait until it has ended; the undo's own is left to be attached to."""
    patience = context.patience()
    own = tuple(f"{one.operation_id}-" for one in context.plan.steps if isinstance(one, StackSetRollout | SpareRollout))
    while True:
        newest = newest_operation(context.aws, step.stack_set_name, step.region)
        if newest is None or not newest.under_way or newest.operation_id.startswith(step.operation_id):
            return
        if not newest.operation_id.startswith(own):
            raise RolloutBusy(
                f"{step.stack_set_name} is busy with another operation, so the undo cannot begin",
                f"{newest.action} {newest.operation_id} is {newest.status}",
                "Wait until it has ended, then run the same command again: it goes on with the undo.",
            )
        if newest.status != "STOPPING":
            stop_operation(context.aws, step.stack_set_name, step.region, newest.operation_id)
        if patience.used_up:
            raise RolloutFailed(
                f"{step.stack_set_name}: operation {newest.operation_id} is still {newest.status} after {patience.took_seconds:.0f} s",
                "it was asked to stop, and waits for the stack that it is at work on (fact 4.12)",
                "Wait until that stack has settled.",
            )
        patience.pause()


def _is_before(found: StackSet, before: RestorePoint, context: RolloutContext) -> bool:
    then = before.stack_set
    templates = context.held.templates if context.held is not None else {}
    return (found.template_body, found.parameters, found.tags, found.administration_role_arn, found.execution_role_name) == (
        templates.get(then.template_digest),
        then.parameters,
        then.tags,
        then.administration_role_arn,
        then.execution_role_name,
    )


def _is_own(instance: StackInstance, context: RolloutContext) -> bool:
    return instance.account_id == context.plan.account_id


def _is_current(instance: StackInstance) -> bool:
    return instance.status == "CURRENT" and instance.detailed_status in ("SUCCEEDED", "")


def _moved(before: RestorePoint, instance: StackInstance, context: RolloutContext) -> Moved:
    stack = read_stack(context.aws, instance.stack_id, instance.region) if instance.stack_id else None
    if stack is None:
        return "moved"
    place = (instance.account_id, instance.region)
    overrides = next((one.overrides for one in before.stack_set.instances if (one.account_id, one.region) == place), ())
    wanted = {**dict(before.stack_set.parameters), **dict(overrides)}
    body = context.held.templates.get(before.stack_set.template_digest) if context.held is not None else None
    if read_template(context.aws, stack.stack_id, instance.region) != body or not wanted.items() <= dict(stack.parameters).items():
        return "moved"
    return "rolled back" if instance.detailed_status == "FAILED" else "untouched"
