"""Creates or updates the regional StackSet and brings its instances to it, one Region after another."""

from __future__ import annotations

from collections.abc import Sequence

from deployer.aws.stack_set_operations import (
    NAME_TAKEN,
    StackSetRequest,
    create_instances,
    create_stack_set,
    update_stack_set,
)
from deployer.aws.stack_sets import StackInstance, list_instances, read_stack_set
from deployer.planning.plan import StackSetRollout
from deployer.rollout.context import RolloutContext
from deployer.rollout.operation import earlier_run, run_operation
from deployer.rollout.output_values import resolved
from deployer.vocabulary.errors import AwsRefused


def roll_out_stack_set(step: StackSetRollout, context: RolloutContext) -> None:
    """Bring the StackSet to the step's definition, its instances to the StackSet, and an instance to every Region without one.

    What has instances is read now, not taken from the plan, so that a roll-out that was cut short goes on where it stood.

    Raises:
        RolloutFailed: a Region failed; the detail begins with the first failing resource.
        RolloutBusy: someone else's operation holds the StackSet.
        AwsRefused: AWS answered with an error.
    """
    if read_stack_set(context.aws, step.stack_set_name, step.region) is None and _created(step, context):
        _create_instances(step, context, step.regions)
        return
    standing = list_instances(context.aws, step.stack_set_name, step.region)
    earlier = earlier_run(step, context, standing)
    if earlier == "later step":
        return
    if earlier == "none":
        _update(step, context, standing)
    with_instance = {instance.region for instance in standing}
    missing = tuple(region for region in step.regions if region not in with_instance)
    if missing:
        _create_instances(step, context, missing)


def _request(step: StackSetRollout, context: RolloutContext) -> StackSetRequest:
    return StackSetRequest(
        name=step.stack_set_name,
        template=context.template(step.template_digest, step.region),
        parameters=resolved(step.parameters, context),
        tags=step.tags,
        administration_role_arn=step.administration_role_arn,
        execution_role_name=step.execution_role_name,
    )


def _created(step: StackSetRollout, context: RolloutContext) -> bool:
    """Create the StackSet; return False when one of that name has appeared since it was looked for."""
    try:
        create_stack_set(context.aws, _request(step, context), step.region, token=f"{step.operation_id}-set")
    except AwsRefused as refused:
        if refused.code != NAME_TAKEN:
            raise
        return False
    return True


def _update(step: StackSetRollout, context: RolloutContext, standing: Sequence[StackInstance]) -> None:
    request = _request(step, context)
    with_instance = {instance.region for instance in standing}
    regions = tuple(region for region in step.regions if region in with_instance)

    def begin(operation_id: str) -> None:
        update_stack_set(context.aws, request, step.region, operation_id=operation_id, region_order=regions)

    run_operation(step, context, verb="update", regions=regions, standing=standing, begin=begin)


def _create_instances(step: StackSetRollout, context: RolloutContext, regions: Sequence[str]) -> None:
    def begin(operation_id: str) -> None:
        create_instances(
            context.aws,
            step.stack_set_name,
            step.region,
            operation_id=operation_id,
            account_id=step.account_id,
            regions=regions,
        )

    run_operation(step, context, verb="create", regions=regions, standing=(), begin=begin)
