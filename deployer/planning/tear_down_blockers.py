"""What keeps a tear-down from being performed: protections, operations under way, and a parameter file that promises otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from deployer.params.model import Environment
from deployer.planning.blockers import account_blockers, inoperable_blockers, operation_blockers, protection_blockers
from deployer.planning.deployed_table import DeployedTable, deployed_table
from deployer.planning.plan import Blocker
from deployer.planning.stack_set_steps import stacks_of
from deployer.planning.survey import StackFacts, Survey


def tear_down_blockers(environment: Environment, survey: Survey, own_operation_id: str) -> tuple[Blocker, ...]:
    """Return what keeps a tear-down from being performed; `own_operation_id` is the one its StackSet step would start."""
    blockers = [*account_blockers(environment, survey)]
    if survey.stack_set is not None:
        blockers.extend(operation_blockers(survey.stack_set, (own_operation_id,)))
        blockers.extend(inoperable_blockers(survey.stack_set))
    single = (*((survey.global_,) if survey.global_ else ()), *survey.bootstrap)
    for stack in single:
        blockers.extend(_in_progress(stack))
    for stack in (*single, *stacks_of(survey.stack_set)):
        blockers.extend(protection_blockers(stack))
    table = deployed_table(survey.global_)
    if table is not None:
        blockers.extend(_table_blockers(environment, table))
    return tuple(blockers)


def _in_progress(stack: StackFacts) -> Iterator[Blocker]:
    # A stack that is being deleted already is on its way, and one under review holds nothing.
    if stack.status.endswith("IN_PROGRESS") and stack.status not in ("DELETE_IN_PROGRESS", "REVIEW_IN_PROGRESS"):
        yield Blocker(
            summary=f"{stack.name} in {stack.region} is {stack.status}",
            hint="Wait until it has settled, then plan the tear-down again.",
            is_busy=True,
        )


def _table_blockers(environment: Environment, table: DeployedTable) -> Iterator[Blocker]:
    wants_it_kept = environment.retention.on_tear_down == "retain"
    if wants_it_kept and not table.retained:
        yield Blocker(
            summary=f"The parameter file keeps the ledger, but the deployed template deletes {table.logical_id} with its stack",
            hint="Roll the parameter file out first, so that the deployed template keeps it; then plan the tear-down again.",
        )
    elif not wants_it_kept and table.retained:
        yield Blocker(
            summary=f"The parameter file deletes the ledger, but the deployed template keeps {table.logical_id} standing",
            hint="Roll the parameter file out first, so that nothing is left behind; then plan the tear-down again.",
        )
    elif not table.retained and table.protected_regions:
        yield Blocker(
            summary=f"DynamoDB's deletion protection is on for {table.logical_id} in {', '.join(sorted(table.protected_regions))}",
            hint="Set table.deletion_protection to false, roll that out, then plan the tear-down again.",
        )
