"""Takes the survey: everything the planner may know of AWS, read side by side and never changed.

Two rounds, because the second needs what the first found: first the account, the stacks and the StackSet, then its instances,
the packages and the buckets.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from deployer.aws.artifacts import key_present, object_present
from deployer.aws.buckets import count_objects
from deployer.aws.organizations import list_accounts, management_account
from deployer.aws.rollout_records import RecordPlace, read_rollout_record
from deployer.aws.session import Aws
from deployer.aws.stack_events import newest_operation_events
from deployer.aws.stack_sets import (
    OperationSummary,
    StackInstance,
    StackSet,
    list_instances,
    newest_operation,
    read_overrides,
    read_stack_set,
)
from deployer.aws.stacks import GONE, Stack, read_stack, read_template
from deployer.params.model import Environment
from deployer.planning.restoring import package_keys, point_of_document
from deployer.planning.survey import BucketFacts, OpenRollout, OperationFacts, StackFacts, StackInstanceFacts, StackSetFacts, Survey
from deployer.rendering.rendered import Package
from deployer.vocabulary.errors import AwsRefused
from deployer.vocabulary.names import name_of, spare_audit_bucket

_SIDE_BY_SIDE_MAX: Final = 16


def take_survey(aws: Aws, environment: Environment, packages: Iterable[Package], *, count_buckets: bool = True) -> Survey:
    """Return what stands of `environment`, and which of `packages` lie in which Region's artifact bucket.

    Args:
        aws: reached with credentials that may read CloudFormation and S3 in both Regions.
        environment: names the system and its Regions.
        packages: what a roll-out would upload; their keys are looked for.
        count_buckets: False leaves `buckets` empty, for whoever does not mean to tear down: counting the versions of a long
            audit log takes one call for every thousand.

    Raises:
        AwsRefused: AWS answered with an error, or could not be reached.
    """
    suffix, home_region = environment.suffix, environment.home_region
    set_name = name_of("stack set", suffix=suffix)
    with ThreadPoolExecutor(_SIDE_BY_SIDE_MAX) as pool:
        account = pool.submit(aws.account_id, home_region)
        bootstrap = [pool.submit(_stack, aws, name_of("bootstrap stack", suffix=suffix), region) for region in environment.all_regions]
        global_ = pool.submit(_stack, aws, name_of("global stack", suffix=suffix), home_region)
        stack_set = pool.submit(read_stack_set, aws, set_name, home_region)
        operation = pool.submit(newest_operation, aws, set_name, home_region)
        instances = pool.submit(list_instances, aws, set_name, home_region)

        account_id = account.result()
        details = [pool.submit(_instance, aws, set_name, instance, home_region, account_id) for instance in instances.result()]
        packages = tuple(packages)
        artifacts = _artifacts(pool, aws, environment, account_id, packages)
        record = pool.submit(
            _open_rollout, aws, RecordPlace(bucket=_artifact_bucket(environment, account_id, home_region), region=home_region)
        )
        buckets = _buckets(pool, aws, environment, account_id) if count_buckets else []
        spare_accounts = pool.submit(_spare_accounts, aws, environment, account_id)
        found = stack_set.result()
        present = frozenset(place for place, is_present in artifacts if is_present.result())
        lost = _lost_packages(pool, aws, environment, account_id, found, present) if packages and found else []
        return Survey(
            account_id=account_id,
            bootstrap=tuple(stack for stack in (future.result() for future in bootstrap) if stack is not None),
            stack_set=_stack_set(found, tuple(future.result() for future in details), operation.result()) if found else None,
            global_=global_.result(),
            artifacts=present,
            lost_packages=tuple(place for place, is_present in lost if not is_present.result()),
            open_rollout=record.result(),
            spare_accounts=spare_accounts.result(),
            buckets=tuple(
                BucketFacts(name=name, region=region, objects_count=count)
                for (name, region), counted in buckets
                if (count := counted.result()) is not None
            ),
        )


def _artifacts(
    pool: ThreadPoolExecutor, aws: Aws, environment: Environment, account_id: str, packages: Iterable[Package]
) -> list[tuple[tuple[str, str], Future[bool]]]:
    return [
        (
            (region, package.key),
            pool.submit(
                object_present,
                aws,
                bucket=_artifact_bucket(environment, account_id, region),
                key=package.key,
                digest=package.digest,
                region=region,
            ),
        )
        for package in packages
        for region in environment.all_regions
    ]


def _lost_packages(
    pool: ThreadPoolExecutor, aws: Aws, environment: Environment, account_id: str, found: StackSet, present: frozenset[tuple[str, str]]
) -> list[tuple[tuple[str, str], Future[bool]]]:
    """Return, for each package that the StackSet's template names and nobody has looked for yet, whether it lies there."""
    places = [(region, key) for key in package_keys(found.template_body) for region in environment.rollout_order]
    return [
        ((region, key), pool.submit(key_present, aws, bucket=_artifact_bucket(environment, account_id, region), key=key, region=region))
        for region, key in places
        if (region, key) not in present
    ]


def _open_rollout(aws: Aws, place: RecordPlace) -> OpenRollout | None:
    stored = read_rollout_record(aws, place)
    if stored is None:
        return None
    record = stored.record
    before, templates = point_of_document(record.before) if record.before is not None else (None, {})
    return OpenRollout(
        content_digest=record.content_digest,
        holder=str(record.holder),
        is_held=record.is_held,
        began_at=record.began_at,
        before=before,
        templates=tuple(sorted(templates.items())),
        undoing=record.undoing[0] if record.undoing else "",
    )


def _buckets(
    pool: ThreadPoolExecutor, aws: Aws, environment: Environment, account_id: str
) -> list[tuple[tuple[str, str], Future[int | None]]]:
    places = [
        place
        for region in environment.regions
        for place in (
            (name_of("audit bucket", suffix=environment.suffix, role=region.role), region.name),
            (_artifact_bucket(environment, account_id, region.name), region.name),
            (name_of("canary bucket", suffix=environment.suffix, account_id=account_id, region=region.name), region.name),
        )
    ] + [
        place
        for region in environment.spares.region_names
        for place in (
            (spare_audit_bucket(environment.suffix, account_id, region), region),
            (_artifact_bucket(environment, account_id, region), region),
            (name_of("canary bucket", suffix=environment.suffix, account_id=account_id, region=region), region),
        )
    ]
    return [((name, region), pool.submit(count_objects, aws, name, region)) for name, region in places]


def _spare_accounts(aws: Aws, environment: Environment, account_id: str) -> tuple[str, ...]:
    """Return the accounts that should have spares; those of units are the organization's to say, but for the one that manages it."""
    spares = environment.spares
    if not spares.regions:
        return ()
    if spares.organizational_units:
        held = list_accounts(aws, spares.organizational_units, environment.home_region)
        manager = management_account(aws, environment.home_region)
        return tuple(account for account in held if account != manager)
    return spares.accounts or (account_id,)


def _artifact_bucket(environment: Environment, account_id: str, region: str) -> str:
    return name_of("artifact bucket", suffix=environment.suffix, account_id=account_id, region=region)


def _stack(aws: Aws, name_or_id: str, region: str) -> StackFacts | None:
    stack = read_stack(aws, name_or_id, region)
    if stack is None or stack.status == GONE:
        return None
    return StackFacts(
        name=stack.name,
        region=region,
        stack_id=stack.stack_id,
        status=stack.status,
        status_reason=stack.status_reason,
        template_body=read_template(aws, stack.stack_id, region),
        parameters=stack.parameters,
        tags=stack.tags,
        outputs=stack.outputs,
        termination_protection=stack.termination_protection,
        moved_at=stack.moved_at,
        token=_token(aws, stack) if stack.in_progress else "",
    )


def _token(aws: Aws, stack: Stack) -> str:
    try:
        newest = newest_operation_events(aws, stack.stack_id, stack.region)[-1:]
    except AwsRefused:
        # Whoever may only plan need not see events; the operation is then somebody else's.
        return ""
    return newest[0].token if newest else ""


def _instance(aws: Aws, set_name: str, instance: StackInstance, home_region: str, account_id: str) -> StackInstanceFacts:
    # Another account's stack is not the caller's to read: the StackSet's word is all there is.
    is_own = bool(instance.stack_id) and instance.account_id == account_id
    return StackInstanceFacts(
        account_id=instance.account_id,
        region=instance.region,
        status=instance.status,
        detailed_status=instance.detailed_status,
        status_reason=instance.status_reason,
        overrides=read_overrides(aws, set_name, instance, home_region),
        stack=_stack(aws, instance.stack_id, instance.region) if is_own else None,
        drift_status=instance.drift_status,
    )


def _stack_set(found: StackSet, instances: tuple[StackInstanceFacts, ...], operation: OperationSummary | None) -> StackSetFacts:
    return StackSetFacts(
        name=found.name,
        region=found.region,
        stack_set_id=found.stack_set_id,
        template_body=found.template_body,
        parameters=found.parameters,
        tags=found.tags,
        administration_role_arn=found.administration_role_arn,
        execution_role_name=found.execution_role_name,
        instances=instances,
        last_operation=OperationFacts(operation_id=operation.operation_id, action=operation.action, status=operation.status)
        if operation
        else None,
    )
