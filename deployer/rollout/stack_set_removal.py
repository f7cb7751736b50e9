"""Deletes a StackSet's instances, one Region after another, those of other accounts first, then the StackSet."""

from __future__ import annotations

from collections.abc import Sequence

from deployer.aws.stack_set_operations import delete_instances, delete_stack_set
from deployer.aws.stack_sets import StackInstance, list_instances, read_stack_set
from deployer.planning.plan import StackSetRemoval
from deployer.rollout.context import RolloutContext
from deployer.rollout.operation import earlier_run, run_operation


def remove_stack_set(step: StackSetRemoval, context: RolloutContext) -> None:
    """Delete every instance, then the StackSet; what is gone is done.

    Instances of other accounts go first, a Region at a time; the account's own follow, in `regions`' order and those of other Regions last.

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
    elsewhere = [instance for instance in standing if instance.account_id != step.account_id]
    for region in _in_order(step, elsewhere):
        accounts = tuple(sorted(instance.account_id for instance in elsewhere if instance.region == region))
        _delete(step, context, standing, verb=f"delete-{region}", accounts=accounts, regions=(region,))
    own = [instance for instance in standing if instance.account_id == step.account_id]
    if own:
        _delete(step, context, standing, verb="delete", accounts=(step.account_id,), regions=_in_order(step, own))
    delete_stack_set(context.aws, step.stack_set_name, step.region)


def _in_order(step: StackSetRemoval, instances: Sequence[StackInstance]) -> tuple[str, ...]:
    with_instance = {instance.region for instance in instances}
    return (*(region for region in step.regions if region in with_instance), *sorted(with_instance.difference(step.regions)))


def _delete(
    step: StackSetRemoval,
    context: RolloutContext,
    standing: Sequence[StackInstance],
    *,
    verb: str,
    accounts: Sequence[str],
    regions: Sequence[str],
) -> None:
    def begin(operation_id: str) -> None:
        delete_instances(context.aws, step.stack_set_name, step.region, operation_id=operation_id, accounts=accounts, regions=regions)

    run_operation(step, context, verb=verb, regions=regions, accounts=accounts, standing=standing, begin=begin)
