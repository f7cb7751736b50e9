"""Deletes a StackSet's instances, one Region after another, then the StackSet."""

from __future__ import annotations

from deployer.aws.stack_set_operations import delete_instances, delete_stack_set
from deployer.aws.stack_sets import list_instances, read_stack_set
from deployer.planning.plan import StackSetRemoval
from deployer.rollout.context import RolloutContext
from deployer.rollout.operation import earlier_run, run_operation


def remove_stack_set(step: StackSetRemoval, context: RolloutContext) -> None:
    """Delete every instance, in `regions`' order and those of other Regions last, then the StackSet; what is gone is done.

    Raises:
        RolloutFailed: an instance's stack could not be deleted; the detail begins with the first resource that stayed.
        RolloutBusy: someone else's operation holds the StackSet.
        AwsRefused: AWS answered with an error.
    """
    if read_stack_set(context.aws, step.stack_set_name, step.region) is None:
        return
    standing = list_instances(context.aws, step.stack_set_name, step.region)
    if earlier_run(step, context, standing) == "this step":
        standing = list_instances(context.aws, step.stack_set_name, step.region)
    places = {instance.region for instance in standing}
    regions = (*(region for region in step.regions if region in places), *sorted(places.difference(step.regions)))
    if regions:

        def begin(operation_id: str) -> None:
            delete_instances(
                context.aws,
                step.stack_set_name,
                step.region,
                operation_id=operation_id,
                account_id=step.account_id,
                regions=regions,
            )

        run_operation(step, context, verb="delete", regions=regions, standing=standing, begin=begin)
    delete_stack_set(context.aws, step.stack_set_name, step.region)
