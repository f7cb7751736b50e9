"""What keeps a plan from being performed, each with the way out in words. Decides from facts alone, like the planner."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from deployer.params.model import Environment
from deployer.planning.deployed_table import DeployedTable, deployed_table
from deployer.planning.operation_ids import is_someone_elses
from deployer.planning.plan import Blocker
from deployer.planning.stack_set_steps import stacks_of
from deployer.planning.survey import StackFacts, StackInstanceFacts, StackSetFacts, Survey
from deployer.planning.template_text import read_template, section
from deployer.vocabulary.places import place_name

# CloudFormation takes no update from these [user guide: Stack status codes]; what leads out of each.
_WAYS_OUT: Final = (
    (
        re.compile(r"^REVIEW_IN_PROGRESS$"),
        "It was never executed. Run `deployer mend`, or `aws cloudformation delete-stack {stack}` yourself, then plan again.",
    ),
    (re.compile(r"IN_PROGRESS$"), "Wait until it has settled, then plan again; `deployer status` shows it."),
    (
        re.compile(r"^(ROLLBACK_COMPLETE|ROLLBACK_FAILED|CREATE_FAILED)$"),
        "It was never finished. Run `deployer mend`, or `aws cloudformation delete-stack {stack}` yourself, then plan again.",
    ),
    (
        re.compile(r"^IMPORT_ROLLBACK_FAILED$"),
        "An import into it could not be taken back. Look at it with `aws cloudformation describe-stack-resources {stack}` before anything "
        "is deleted: it may hold what was whole before.",
    ),
    (
        re.compile(r"^UPDATE_ROLLBACK_FAILED$"),
        "Remove what its events name as the cause, run `deployer mend` (or `aws cloudformation continue-update-rollback {stack}` "
        "yourself), then plan again.",
    ),
    (
        re.compile(r"^UPDATE_FAILED$"),
        "Return it to its last good state with `deployer mend`, or `aws cloudformation rollback-stack {stack}` yourself, then plan again.",
    ),
    (
        re.compile(r"^DELETE_FAILED$"),
        "Remove what its events name as the cause, finish with `aws cloudformation delete-stack {stack}`, then plan again.",
    ),
)

_NEW_ENVIRONMENT: Final = "roll out a new environment under another suffix and move to it"

# A StackSet operation deals with these itself: it makes the stack anew (F4.9), so the roll-out is the way out.
_REMADE: Final = ("ROLLBACK_COMPLETE", "CREATE_FAILED", "REVIEW_IN_PROGRESS")


def rollout_blockers(environment: Environment, survey: Survey, own_operation_ids: tuple[str, ...], own_tokens: str) -> tuple[Blocker, ...]:
    """Return what keeps a roll-out from being performed.

    `own_operation_ids` are those that its steps would start; `own_tokens` is what the tokens of its stack operations begin with: one
    that an earlier run began is attached to.
    """
    blockers = [*account_blockers(environment, survey), *_unit_blockers(environment, survey)]
    for stack in (*survey.bootstrap, *((survey.global_,) if survey.global_ else ())):
        if not (stack.token and stack.token.startswith(own_tokens)):
            blockers.extend(_stuck(stack))
    if survey.stack_set is not None:
        blockers.extend(_stack_set_blockers(environment, survey, survey.stack_set, own_operation_ids))
        blockers.extend(_lock_blockers(environment, survey.stack_set))
    table = deployed_table(survey.global_)
    if table is not None:
        blockers.extend(_table_blockers(environment, table))
    return tuple(blockers)


def account_blockers(environment: Environment, survey: Survey) -> Iterator[Blocker]:
    """Yield a blocker when the credentials belong to another account than the parameter file names."""
    if environment.account_id is not None and environment.account_id != survey.account_id:
        yield Blocker(
            summary=f"The credentials belong to account {survey.account_id}, the parameter file to {environment.account_id}",
            hint=f"Use credentials of {environment.account_id}, or correct account_id in the parameter file.",
        )


def operation_blockers(stack_set: StackSetFacts, own_operation_ids: tuple[str, ...]) -> Iterator[Blocker]:
    """Yield a blocker when an operation is under way that is not one of ours."""
    last = stack_set.last_operation
    if last is not None and is_someone_elses(last, own_operation_ids):
        yield Blocker(
            summary=f"Someone else's operation is under way on {stack_set.name}: {last.action} {last.operation_id} is {last.status}",
            hint="Wait until it has ended, then plan again; `deployer status` shows it.",
            is_busy=True,
        )


def inoperable_blockers(stack_set: StackSetFacts) -> Iterator[Blocker]:
    """Yield a blocker for each INOPERABLE instance: no operation touches those (F4.11)."""
    for instance in stack_set.instances:
        if "INOPERABLE" in (instance.status, instance.detailed_status):
            yield Blocker(
                summary=f"The instance of {stack_set.name} in {instance.region} is INOPERABLE{_told(instance)}",
                hint=(
                    f"Detach it with `aws cloudformation delete-stack-instances --stack-set-name {stack_set.name} --regions "
                    f"{instance.region} --accounts {instance.account_id} --retain-stacks --region {stack_set.region}`, delete its "
                    f"stack in {instance.region}, then plan again."
                ),
            )


def protection_blockers(stack: StackFacts) -> Iterator[Blocker]:
    """Yield a blocker for a stack that has to be deleted and has termination protection."""
    if stack.termination_protection:
        yield Blocker(
            summary=f"{stack.name} in {stack.region} has termination protection",
            hint=(
                "If it really is to go, run `aws cloudformation update-termination-protection --no-enable-termination-protection "
                f"--stack-name {stack.name} --region {stack.region}`, then plan again."
            ),
        )


def _unit_blockers(environment: Environment, survey: Survey) -> Iterator[Blocker]:
    """Yield a blocker when the organization's service could not reach the pair itself."""
    units = environment.spares.organizational_units
    if units and survey.account_id not in survey.spare_accounts:
        yield Blocker(
            summary=f"The pair's account {survey.account_id} is in none of {', '.join(units)}, or it manages the organization",
            hint="One StackSet reaches pair and spares: add the unit of the pair's account, which is no management account, to spares.",
        )


def _is_named(environment: Environment, survey: Survey, instance: StackInstanceFacts) -> bool:
    """Return whether the parameter file wants this instance: one of the pair, or a spare."""
    if instance.account_id == survey.account_id and instance.region in environment.rollout_order:
        return True
    return instance.account_id in survey.spare_accounts and instance.region in environment.spares.region_names


def _stack_set_blockers(
    environment: Environment, survey: Survey, stack_set: StackSetFacts, own_operation_ids: tuple[str, ...]
) -> Iterator[Blocker]:
    yield from operation_blockers(stack_set, own_operation_ids)
    yield from inoperable_blockers(stack_set)
    for instance in stack_set.instances:
        if not _is_named(environment, survey, instance):
            place = place_name(instance.account_id, instance.region, survey.account_id)
            yield Blocker(
                summary=f"{stack_set.name} has an instance in {place}, which the parameter file does not name",
                hint=(
                    "A pair cannot be changed in place, nor does a roll-out take spares down: correct `regions` or `spares`, or remove it "
                    f"with `aws cloudformation delete-stack-instances --stack-set-name {stack_set.name} --regions {instance.region} "
                    f"--accounts {instance.account_id} --no-retain-stacks --region {stack_set.region}`."
                ),
            )
    last = stack_set.last_operation
    if last is None or last.status not in ("RUNNING", "STOPPING"):  # while one runs, stacks in progress are its own
        for stack in stacks_of(stack_set):
            if stack.status not in _REMADE:
                yield from _stuck(stack)
            else:
                # What is made anew is deleted first, and that fails (F4.11).
                yield from protection_blockers(stack)


def _table_blockers(environment: Environment, table: DeployedTable) -> Iterator[Blocker]:
    wanted = "STRONG" if environment.table.consistency == "strong" else "EVENTUAL"
    if table.consistency not in ("", wanted):
        yield Blocker(
            summary=f"The table's consistency is {table.consistency} and cannot become {wanted}: it is fixed at creation",
            hint=f"Set table.consistency back, or {_NEW_ENVIRONMENT}.",
        )
        return
    regions = frozenset(environment.rollout_order)
    if wanted == "STRONG" and table.replica_regions and table.replica_regions != regions:
        yield Blocker(
            summary=f"A strongly consistent table's replicas cannot move from {_listed(table.replica_regions)} to {_listed(regions)}",
            hint=f"Set regions back, or {_NEW_ENVIRONMENT}.",
        )
    witnesses = frozenset({environment.witness_region})
    if wanted == "STRONG" and table.witness_regions and table.witness_regions != witnesses:
        yield Blocker(
            summary=f"A strongly consistent table's witness cannot move from {_listed(table.witness_regions)} to {_listed(witnesses)}",
            hint=f"Set witness_region to {_listed(table.witness_regions)}.",
        )


def _lock_blockers(environment: Environment, stack_set: StackSetFacts) -> Iterator[Blocker]:
    """Yield a blocker when locked audit buckets are to lose their lock, which S3 never takes away (F5.7)."""
    if environment.audit.object_lock == "none" and _is_locked(stack_set.template_body):
        yield Blocker(
            summary="The audit buckets have an object lock, and S3 takes no lock from a bucket",
            hint=f"Set audit.object_lock back to what it was, or {_NEW_ENVIRONMENT}.",
        )


def _is_locked(body: str) -> bool:
    resources = section(read_template(body), "Resources") if body else {}
    buckets = (one for one in resources.values() if isinstance(one, dict) and one.get("Type") == "AWS::S3::Bucket")
    return any(section(bucket, "Properties").get("ObjectLockEnabled") for bucket in buckets)


def _stuck(stack: StackFacts) -> Iterator[Blocker]:
    for pattern, way_out in _WAYS_OUT:
        if pattern.search(stack.status):
            told = f": {stack.status_reason}" if stack.status_reason else ""
            where = f"--stack-name {stack.name} --region {stack.region}"
            yield Blocker(
                summary=f"{stack.name} in {stack.region} is {stack.status}{told}",
                hint=way_out.format(stack=where),
                is_busy=stack.status.endswith("IN_PROGRESS") and stack.status != "REVIEW_IN_PROGRESS",
            )
            return


def _told(instance: StackInstanceFacts) -> str:
    return f": {instance.status_reason}" if instance.status_reason else ""


def _listed(regions: frozenset[str]) -> str:
    return ", ".join(sorted(regions))
