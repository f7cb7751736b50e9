"""What must happen so that nothing of a system is left: the roll-out's order backwards, as pure as the planner.

Global stack → regional StackSet, primary first → bootstraps, the home Region last. A bucket is emptied right before the stack that owns
it goes, for CloudFormation deletes no bucket with anything in it (F5.9). What `retention.on_tear_down: retain` protects is not
touched here; that the stacks leave it standing is their templates' doing, and the steps say of what.
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.params.model import Environment
from deployer.planning.kept_resources import kept_resources
from deployer.planning.operation_ids import operation_id
from deployer.planning.plan import BucketEmptying, RolloutPlan, StackRemoval, StackSetRemoval, Step
from deployer.planning.plan_file import identified
from deployer.planning.planner import bootstrap_order, bounds_of
from deployer.planning.stack_set_steps import stacks_of
from deployer.planning.survey import BucketFacts, StackFacts, Survey
from deployer.planning.tear_down_blockers import tear_down_blockers
from deployer.vocabulary.names import ROLES, name_of, spare_audit_bucket


def plan_tear_down(environment: Environment, survey: Survey) -> RolloutPlan:
    """Return the plan that removes what the survey saw; a step for something that is gone has action `none`."""
    removal = _stack_set_removal(environment, survey)
    bootstraps = {stack.region: stack for stack in survey.bootstrap}
    steps: list[Step] = [
        _stack_removal("global", name_of("global stack", suffix=environment.suffix), environment.home_region, survey.global_),
        *_emptyings(environment, survey, "regional"),
        removal,
        *_emptyings(environment, survey, "bootstrap"),
        *(
            _stack_removal("bootstrap", name_of("bootstrap stack", suffix=environment.suffix), region, bootstraps.get(region))
            for region in reversed(bootstrap_order(environment))
        ),
    ]
    return identified(
        RolloutPlan(
            plan_id="",
            intent="tear-down",
            suffix=environment.suffix,
            account_id=survey.account_id,
            home_region=environment.home_region,
            steps=tuple(steps),
            blockers=tear_down_blockers(environment, survey, removal.operation_id),
            templates=(),
            bounds=bounds_of(environment),
        )
    )


def _emptyings(environment: Environment, survey: Survey, phase: str) -> Iterator[BucketEmptying]:
    """Yield the emptyings of the buckets that this phase's stacks own."""
    for bucket in survey.buckets:
        if _owner(environment, survey, bucket) == phase:
            yield BucketEmptying(
                phase=phase,
                action="delete",
                region=bucket.region,
                bucket=bucket.name,
                objects_count=bucket.objects_count,
                reason="CloudFormation deletes only an empty bucket",
            )


def _owner(environment: Environment, survey: Survey, bucket: BucketFacts) -> str:
    """Return the phase whose stacks own a bucket, "" for one that a tear-down leaves as it is."""
    suffix = environment.suffix
    if bucket.name == name_of("artifact bucket", suffix=suffix, account_id=survey.account_id, region=bucket.region):
        return "bootstrap"
    of_spare = spare_audit_bucket(suffix, survey.account_id, bucket.region)
    is_audit = bucket.name in {of_spare, *(name_of("audit bucket", suffix=suffix, role=role) for role in ROLES)}
    return "" if is_audit and environment.retention.on_tear_down == "retain" else "regional"


def _stack_set_removal(environment: Environment, survey: Survey) -> StackSetRemoval:
    name = name_of("stack set", suffix=environment.suffix)
    standing = survey.stack_set
    pair = tuple(reversed(environment.rollout_order))
    with_instance = {instance.region for instance in standing.instances} if standing else set()
    regions = (*(region for region in pair if region in with_instance), *sorted(with_instance.difference(pair)))
    return StackSetRemoval(
        phase="regional",
        action="delete" if standing else "none",
        stack_set_name=name,
        region=environment.home_region,
        account_id=survey.account_id,
        regions=regions,
        operation_id=operation_id("tear-down", [name, "remove"], standing.last_operation if standing else None),
        reason=("its instances go first, one Region after another" if regions else "it has no instances") if standing else "it is gone",
        keeps=kept_resources(stacks_of(standing)),
    )


def _stack_removal(phase: str, stack_name: str, region: str, standing: StackFacts | None) -> StackRemoval:
    return StackRemoval(
        phase=phase,
        action="delete" if standing else "none",
        stack_name=stack_name,
        region=region,
        reason=f"it is {standing.status}" if standing else "it is gone",
        keeps=kept_resources((standing,) if standing else ()),
    )
