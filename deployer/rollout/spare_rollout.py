"""Brings one wave of spares to the StackSet's definition: the accounts of one Region, created and updated by one operation."""

from __future__ import annotations

from deployer.aws.stack_set_operations import create_instances
from deployer.aws.stack_sets import list_instances
from deployer.planning.spares import SpareRollout
from deployer.rollout.context import RolloutContext
from deployer.rollout.operation import earlier_run, run_operation


def roll_out_spares(step: SpareRollout, context: RolloutContext) -> None:
    """Bring every account of the wave to the StackSet's definition, each with the step's overrides, and wait until all have settled.

    Creating an instance that is there brings it up to date, and outdates no other [CodePipeline action reference:
    CloudFormationStackInstances; fact 4.9], so one operation does both.

    Raises:
        RolloutFailed: an account failed; later ones were not begun.
        RolloutBusy: someone else's operation holds the StackSet.
        AwsRefused: AWS answered with an error.
    """
    standing = list_instances(context.aws, step.stack_set_name, step.region)
    if earlier_run(step, context, standing) in ("this step", "later step"):
        return

    def begin(operation_id: str) -> None:
        create_instances(
            context.aws,
            step.stack_set_name,
            step.region,
            operation_id=operation_id,
            accounts=step.accounts,
            regions=step.regions,
            overrides=dict(step.overrides),
            concurrent_count=step.concurrent_count,
        )

    run_operation(step, context, verb="spares", regions=step.regions, accounts=step.accounts, standing=standing, begin=begin)
