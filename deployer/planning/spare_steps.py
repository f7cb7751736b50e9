"""Steps for the spares: what has to happen so that each of them is at the StackSet's definition. Pure: decides from the survey alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deployer.params.model import Environment
from deployer.planning.operation_ids import operation_id
from deployer.planning.spares import SPARES_PHASE, SpareRollout, SpareTargets, waves
from deployer.planning.survey import StackInstanceFacts, StackSetFacts, Survey
from deployer.rendering.interface import ACTIVATION, PREPARED
from deployer.vocabulary.places import Place, place_name


def spare_targets(environment: Environment, survey: Survey) -> SpareTargets:
    """Return which spares the parameter file asks for, in the accounts that the survey found."""
    return SpareTargets(
        regions=environment.spares.region_names,
        accounts=survey.spare_accounts,
        pair=frozenset((survey.account_id, region) for region in environment.rollout_order),
        overrides=((ACTIVATION, PREPARED),),
        concurrent_count=environment.spares.concurrent_count,
    )


def plan_spares(
    targets: SpareTargets,
    *,
    stack_set_name: str,
    home_account: str,
    home_region: str,
    standing: StackSetFacts | None,
    definition: object,
    definition_moves: bool,
) -> tuple[SpareRollout, ...]:
    """Return the waves of spares; one whose instances are current already has action `none`.

    `definition` is whatever makes the StackSet what it will be, for the operations' ids; `definition_moves` says that the pair's
    own waves are about to change it, which leaves every spare behind.
    """
    instances = {(one.account_id, one.region): one for one in standing.instances} if standing else {}
    planned = waves(targets.regions, targets.accounts, targets.pair)
    last = standing.last_operation if standing else None
    steps = []
    for index, (region, accounts) in enumerate(planned):
        new = tuple(account for account in accounts if (account, region) not in instances)
        reasons = list(_reasons(region, accounts, instances, targets, home_account))
        if definition_moves and len(new) < len(accounts):
            reasons.insert(0, "the definition of the StackSet changes")
        steps.append(
            SpareRollout(
                phase=SPARES_PHASE,
                action=("create" if len(new) == len(accounts) else "update") if reasons else "none",
                stack_set_name=stack_set_name,
                region=home_region,
                wave=f"{index + 1} of {len(planned)}",
                accounts=accounts,
                regions=(region,),
                new_accounts=new,
                overrides=targets.overrides,
                concurrent_count=targets.concurrent_count,
                operation_id=operation_id(SPARES_PHASE, [definition, targets.overrides, accounts, region], last),
                reason="; ".join(reasons) or f"every spare in {region} is current",
            )
        )
    return tuple(steps)


def _reasons(
    region: str, accounts: Sequence[str], instances: dict[Place, StackInstanceFacts], targets: SpareTargets, home_account: str
) -> Iterator[str]:
    """Yield what is amiss in a wave's own places, a phrase each."""
    for account in accounts:
        instance = instances.get((account, region))
        fault = _fault(instance, targets) if instance is not None else "has no instance yet"
        if fault:
            yield f"{place_name(account, region, home_account)} {fault}"


def _fault(instance: StackInstanceFacts, targets: SpareTargets) -> str:
    """Return why a spare is not what it should be, or ""; its stack is in an account that may not be asked."""
    told = f": {instance.status_reason}" if instance.status_reason else ""
    if instance.status != "CURRENT":
        return f"is {instance.status}{told}"
    if instance.detailed_status not in ("SUCCEEDED", ""):
        return f"is {instance.detailed_status}{told}"
    return "" if set(targets.overrides) <= set(instance.overrides) else "has no override that keeps it from being live"
