"""A StackSet operation that did not do what was planned, in words: the root cause first, then what stands where."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Final

from deployer.aws.stack_set_operations import Operation, RegionResult
from deployer.aws.stack_sets import StackInstance, list_instances
from deployer.planning.plan import StackSetRemoval
from deployer.rollout.operation_watch import OperationWatch
from deployer.rollout.stack_settling import sentence_of
from deployer.rollout.stuck_stack import stuck_words
from deployer.rollout.ways_out import RUN_AGAIN, way_out_of
from deployer.vocabulary.errors import OperationStopped, RolloutFailed
from deployer.vocabulary.places import Place, place_name

STANDING: Final = "What stands where now:"


def operation_failed(watch: OperationWatch, operation: Operation) -> RolloutFailed:
    """Return the error for an operation that ended FAILED or STOPPED, or left an instance failed. Raises AwsRefused."""
    if operation.status == "STOPPED":
        return OperationStopped(
            f"{watch.step.stack_set_name}: operation {operation.operation_id} was stopped from outside",
            _what_stands_where(watch),
            "Find out who stopped it and why, then run the same command again.",
        )
    first = watch.failed[0] if watch.failed else None
    where = f" in {_name(watch, first.place)}" if first else ""
    cause, reason = _root_cause(watch, operation, first)
    return RolloutFailed(
        f"{watch.step.stack_set_name} failed{where} (operation {operation.operation_id})",
        cause,
        way_out_of(reason) if reason else RUN_AGAIN,
        standing=_what_stands_where(watch),
    )


def operation_still_running(watch: OperationWatch, operation: Operation, took_seconds: float) -> RolloutFailed:
    """Return the error for an operation that outlasted the plan's patience. Raises AwsRefused."""
    step = watch.step
    return RolloutFailed(
        f"{step.stack_set_name}: operation {operation.operation_id} is still {operation.status} after {took_seconds:.0f} s",
        f"rollout.operation_minutes_max allows {watch.context.plan.bounds.operation_seconds_max:.0f} s",
        "Run the same command again to go on watching, or stop it with `aws cloudformation stop-stack-set-operation "
        f"--stack-set-name {step.stack_set_name} --operation-id {operation.operation_id} --region {step.region}`.",
        standing=_what_stands_where(watch),
    )


def _root_cause(watch: OperationWatch, operation: Operation, first: RegionResult | None) -> tuple[str, str]:
    """Return (sentence, CloudFormation's own reason)."""
    if first is None:
        reason = operation.status_reason or "CloudFormation gave no reason"
        return reason, reason
    stack, name = watch.stacks.get(first.place), _name(watch, first.place)
    cause = stack.root_cause() if stack is not None else None
    if cause is not None:
        return f"{name}: {sentence_of(cause)}", cause.reason
    reason = first.reason or operation.status_reason or "CloudFormation gave no reason"
    return f"{name}: {reason}", reason


def _what_stands_where(watch: OperationWatch) -> str:
    instances = list_instances(watch.context.aws, watch.step.stack_set_name, watch.step.region)
    standing = {
        _name(watch, instance.place): f"{_standing(instance)}{stuck_words(instance, watch.context) or _version(watch, instance)}"
        for instance in instances
    }
    accounts = () if isinstance(watch.step, StackSetRemoval) else watch.step.accounts
    own = [_name(watch, place) for place in product(accounts or (watch.context.plan.account_id,), watch.step.regions)]
    return standing_block(f"{name}: {standing.get(name, 'no instance')}" for name in dict.fromkeys((*own, *sorted(standing))))


def standing_block(lines: Iterable[str]) -> str:
    """Return what stands, a line a Region, under its heading; nothing where nothing is known."""
    told = "\n".join(f"  {line}" for line in lines)
    return f"{STANDING}\n{told}" if told else ""


def _name(watch: OperationWatch, place: Place) -> str:
    return place_name(*place, watch.context.plan.account_id)


def _standing(instance: StackInstance) -> str:
    return f"{instance.status} ({instance.detailed_status})" if instance.detailed_status else instance.status


def _version(watch: OperationWatch, instance: StackInstance) -> str:
    """Return whether a Region runs what is being rolled out: AWS's words for that are none for a bad night (fact 4.16)."""
    if isinstance(watch.step, StackSetRemoval):
        return ""
    return {"CURRENT": ", runs this version", "OUTDATED": ", does not run this version"}.get(instance.status, "")
