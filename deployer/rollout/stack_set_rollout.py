"""Brings one wave of the regional StackSet to its definition: the StackSet itself, then the wave's Regions, one after another."""

from __future__ import annotations

from collections.abc import Sequence

from deployer.aws.stack_set_operations import (
    NAME_TAKEN,
    StackSetRequest,
    create_instances,
    create_stack_set,
    update_stack_set,
)
from deployer.aws.stack_sets import StackInstance, StackSet, list_instances, read_stack_set
from deployer.planning.plan import StackSetRollout
from deployer.rollout.context import RolloutContext
from deployer.rollout.operation import earlier_run, run_operation
from deployer.rollout.output_values import resolved
from deployer.vocabulary.errors import AwsRefused


def roll_out_stack_set(step: StackSetRollout, context: RolloutContext) -> None:
    """Bring the StackSet to the step's definition, the wave's instances to the StackSet, and an instance to every Region without one.

    What has instances is read now, not taken from the plan, so that a roll-out that was cut short goes on where it stood.

    Raises:
        RolloutFailed: a Region failed; the detail begins with the first failing resource.
        RolloutBusy: someone else's operation holds the StackSet.
        AwsRefused: AWS answered with an error.
    """
    found = read_stack_set(context.aws, step.stack_set_name, step.region)
    if found is None and _created(step, context):
        _create_instances(step, context, step.regions)
        return
    standing = list_instances(context.aws, step.stack_set_name, step.region)
    earlier = earlier_run(step, context, standing)
    if earlier == "later step":
        return
    if earlier == "other step" or (earlier == "none" and step.phase == "activation"):
        # The second pass is planned before its values are known: where they turn out to be those that stand, there is nothing to do.
        found = read_stack_set(context.aws, step.stack_set_name, step.region)
        standing = list_instances(context.aws, step.stack_set_name, step.region)
        if _is_defined(step, context, found) and _are_current(step.regions, standing):
            return
        earlier = "none"
    missing = _without_instance(step, standing)
    if earlier == "none" and standing and not _reached(step, standing) and not _is_defined(step, context, found):
        # A new definition needs a Region to go to (F4.7), and those that have an instance are not to move before this wave.
        _create_instances(step, context, missing)
        standing, missing = list_instances(context.aws, step.stack_set_name, step.region), ()
    if earlier == "none" and (set(missing) != set(step.regions) or not _is_defined(step, context, found)):
        _update(step, context, standing, at_once=_had_their_turn(step, context, found, standing))
    if missing:
        _create_instances(step, context, missing)


def _without_instance(step: StackSetRollout, standing: Sequence[StackInstance]) -> tuple[str, ...]:
    with_instance = {instance.region for instance in standing}
    return tuple(region for region in step.regions if region not in with_instance)


def _reached(step: StackSetRollout, standing: Sequence[StackInstance]) -> tuple[str, ...]:
    """Return the Regions with an instance that this wave's update names: its own, and those that had their turn before it.

    AWS calls every instance OUTDATED that an update with a template does not name (F4.7), one that is current too; named, those of
    earlier waves stay current, for their stacks have nothing to update.
    """
    with_instance = {instance.region for instance in standing}
    return tuple(region for region in (*step.earlier_regions, *step.regions) if region in with_instance)


def _request(step: StackSetRollout, context: RolloutContext) -> StackSetRequest:
    return StackSetRequest(
        name=step.stack_set_name,
        template=context.template(step.template_digest, step.region),
        parameters=resolved(step.parameters, context),
        tags=step.tags,
        administration_role_arn=step.administration_role_arn,
        execution_role_name=step.execution_role_name,
    )


def _is_defined(step: StackSetRollout, context: RolloutContext, found: StackSet | None) -> bool:
    """Return whether the StackSet's own definition is the step's already."""
    return (
        found is not None
        and found.template_body == context.plan.template(step.template_digest)
        and set(found.parameters) >= set(resolved(step.parameters, context))
        and sorted(found.tags) == sorted(step.tags)
        and (found.administration_role_arn, found.execution_role_name) == (step.administration_role_arn, step.execution_role_name)
    )


def _are_current(regions: Sequence[str], standing: Sequence[StackInstance]) -> bool:
    """Return whether every one of these Regions has an instance that is as the StackSet is."""
    current = {one.region for one in standing if (one.status, one.detailed_status) == ("CURRENT", "SUCCEEDED")}
    return current.issuperset(regions)


def _created(step: StackSetRollout, context: RolloutContext) -> bool:
    """Create the StackSet; return False when one of that name has appeared since it was looked for."""
    try:
        create_stack_set(context.aws, _request(step, context), step.region, token=f"{step.operation_id}-set")
    except AwsRefused as refused:
        if refused.code != NAME_TAKEN:
            raise
        return False
    return True


def _had_their_turn(step: StackSetRollout, context: RolloutContext, found: StackSet | None, standing: Sequence[StackInstance]) -> bool:
    """Return whether the Regions of earlier waves are as the step wants them already: then this wave need not wait for nothing there.

    Where that is not sure, one Region goes after another, and the first that fails is the last (fact 4.5).
    """
    with_instance = {instance.region for instance in standing}
    earlier = tuple(region for region in step.earlier_regions if region in with_instance)
    return bool(earlier) and len(step.regions) == 1 and _is_defined(step, context, found) and _are_current(earlier, standing)


def _update(step: StackSetRollout, context: RolloutContext, standing: Sequence[StackInstance], *, at_once: bool) -> None:
    request = _request(step, context)
    regions = _reached(step, standing)

    def begin(operation_id: str) -> None:
        update_stack_set(
            context.aws, request, step.region, operation_id=operation_id, accounts=step.accounts, regions=regions, at_once=at_once
        )

    run_operation(step, context, verb="update", regions=regions, standing=standing, begin=begin)


def _create_instances(step: StackSetRollout, context: RolloutContext, regions: Sequence[str]) -> None:
    def begin(operation_id: str) -> None:
        create_instances(
            context.aws,
            step.stack_set_name,
            step.region,
            operation_id=operation_id,
            accounts=step.accounts,
            regions=regions,
        )

    run_operation(step, context, verb="create", regions=regions, standing=(), begin=begin)
