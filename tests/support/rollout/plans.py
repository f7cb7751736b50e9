"""Hand-made plans and steps: every builder gives a whole one; a test names only what it is about."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Any

from deployer.planning.plan import (
    Blocker,
    Bounds,
    BucketEmptying,
    Intent,
    RolloutPlan,
    StackApply,
    StackRemoval,
    StackSetRemoval,
    StackSetRollout,
    Step,
)
from tests.support.rollout.fake_aws import ACCOUNT_ID

HOME, PEER = "us-east-2", "us-east-1"
SUFFIX = "test"


def digest(body: str) -> str:
    """Return the SHA-256 a plan refers to a template by."""
    return sha256(body.encode()).hexdigest()


def a_stack_apply(body: str, **different: Any) -> StackApply:
    """Return a step that brings the global stack to `body`."""
    step = StackApply(
        phase="global",
        action="create",
        stack_name="payment-global-test",
        region=HOME,
        template_digest=digest(body),
        parameters=(),
        tags=(("owner", "payments"),),
        changes=(),
        reason="not there yet",
    )
    return replace(step, **different)


def a_stack_set_rollout(body: str, **different: Any) -> StackSetRollout:
    """Return a step that brings the regional StackSet to `body`, both Regions in one wave, secondary first."""
    step = StackSetRollout(
        phase="regional",
        action="create",
        stack_set_name="payment-regional-test",
        region=HOME,
        accounts=(ACCOUNT_ID,),
        wave="1 of 1",
        regions=(HOME, PEER),
        earlier_regions=(),
        new_regions=(HOME, PEER),
        template_digest=digest(body),
        parameters=(),
        tags=(("owner", "payments"),),
        administration_role_arn=f"arn:aws:iam::{ACCOUNT_ID}:role/payment-stackset-administration-test",
        execution_role_name="payment-stackset-execution-test",
        operation_id="rollout-0001",
        changes=(),
        reason="not there yet",
    )
    return replace(step, **different)


def a_stack_set_removal(**different: Any) -> StackSetRemoval:
    """Return a step that removes the regional StackSet, primary first."""
    step = StackSetRemoval(
        phase="regional",
        action="delete",
        stack_set_name="payment-regional-test",
        region=HOME,
        account_id=ACCOUNT_ID,
        regions=(PEER, HOME),
        operation_id="rollout-0002",
        reason="tear-down",
    )
    return replace(step, **different)


def a_stack_removal(**different: Any) -> StackRemoval:
    """Return a step that removes the global stack."""
    step = StackRemoval(phase="global", action="delete", stack_name="payment-global-test", region=HOME, reason="tear-down")
    return replace(step, **different)


def a_bucket_emptying(bucket: str, region: str = HOME, *, objects_count: int = 1) -> BucketEmptying:
    """Return a step that empties `bucket`, which held `objects_count` versions when a person consented."""
    return BucketEmptying(phase="regional", action="delete", region=region, bucket=bucket, objects_count=objects_count, reason="tear-down")


def a_plan(*steps: Step, bodies: tuple[str, ...] = (), intent: Intent = "roll-out", **different: Any) -> RolloutPlan:
    """Return a plan of these steps that carries these template bodies."""
    plan = RolloutPlan(
        plan_id=digest("".join((*bodies, *(step.title for step in steps)))),
        intent=intent,
        suffix=SUFFIX,
        account_id=ACCOUNT_ID,
        home_region=HOME,
        steps=steps,
        blockers=(),
        templates=tuple((digest(body), body) for body in bodies),
        bounds=Bounds(operation_seconds_max=60, poll_seconds=1),
    )
    return replace(plan, **different)


def a_blocker(summary: str) -> Blocker:
    """Return a blocker with a way out."""
    return Blocker(summary=summary, hint="Do something about it.")
