"""Plans, steps and surveys for tests of what is made from them: builders with everything filled in but what a test is about."""

from __future__ import annotations

from typing import Any

from deployer.planning.plan import (
    ArtifactUpload,
    Blocker,
    Bounds,
    BucketEmptying,
    ResourceChange,
    RolloutPlan,
    StackApply,
    StackRemoval,
    StackSetRollout,
    Step,
)
from deployer.planning.survey import OperationFacts, StackFacts, StackInstanceFacts, StackSetFacts, Survey
from deployer.vocabulary.events import GateSampled
from deployer.vocabulary.values import OutputOf, StackParameter

ACCOUNT_ID = "111122223333"
AT = "2026-03-04T05:06:07.890+00:00"
DIGEST = "0123456789abcdef" * 4


def added(*logical_ids: str, resource_type: str = "AWS::IAM::Role") -> tuple[ResourceChange, ...]:
    """Return resources to add."""
    return tuple(ResourceChange(action="Add", logical_id=name, resource_type=resource_type) for name in logical_ids)


def sampled(check: str, *, good: bool = True, detail: str = "seen", region: str = "us-east-2") -> GateSampled:
    """Return that a gate looked at a Region."""
    return GateSampled(at=AT, phase="gate", region=region, check=check, is_good=good, detail=detail, took_seconds=0.1)


def a_bootstrap(region: str = "us-east-2", **fields: Any) -> StackApply:
    """Return the step that makes one Region's bootstrap stack."""
    given: dict[str, Any] = {
        "phase": "bootstrap",
        "action": "create",
        "stack_name": "payment-bootstrap-local",
        "region": region,
        "template_digest": DIGEST,
        "parameters": (),
        "tags": (),
        "changes": added("ArtifactBucket"),
        "reason": "there is no such stack",
    }
    return StackApply(**given | fields)


def an_upload(name: str = "payment", region: str = "us-east-2", **fields: Any) -> ArtifactUpload:
    """Return the step that uploads one package."""
    given: dict[str, Any] = {
        "phase": "artifacts",
        "action": "create",
        "region": region,
        "bucket": f"payment-artifacts-local-{ACCOUNT_ID}-{region}",
        "key": f"packages/{name}-{DIGEST}.zip",
        "path": f"build/packages/{name}.zip",
        "digest": DIGEST,
        "reason": "it is not there",
    }
    return ArtifactUpload(**given | fields)


def a_regional_rollout(**fields: Any) -> StackSetRollout:
    """Return the step that rolls the StackSet out to both Regions."""
    given: dict[str, Any] = {
        "phase": "regional",
        "action": "create",
        "stack_set_name": "payment-regional-local",
        "region": "us-east-2",
        "accounts": (ACCOUNT_ID,),
        "wave": "1 of 1",
        "regions": ("us-east-2", "us-east-1"),
        "earlier_regions": (),
        "new_regions": ("us-east-2", "us-east-1"),
        "template_digest": DIGEST,
        "parameters": (
            StackParameter(name="Zone", value="pay.example.test"),
            StackParameter(
                name="HostedZoneId", value=OutputOf(stack_name="payment-bootstrap-local", region="us-east-2", output="HostedZoneId")
            ),
        ),
        "tags": (),
        "administration_role_arn": f"arn:aws:iam::{ACCOUNT_ID}:role/admin",
        "execution_role_name": "execution",
        "operation_id": "operation-1",
        "changes": added("PaymentRole", "HealthRole"),
        "reason": "there is no such stack set",
    }
    return StackSetRollout(**given | fields)


def an_emptying(bucket: str = "payment-audit-logs-primary-local", objects_count: int = 3, **fields: Any) -> BucketEmptying:
    """Return the step that empties a bucket."""
    given: dict[str, Any] = {
        "phase": "regional",
        "action": "delete",
        "region": "us-east-1",
        "bucket": bucket,
        "objects_count": objects_count,
        "reason": "",
    }
    return BucketEmptying(**given | fields)


def a_removal(**fields: Any) -> StackRemoval:
    """Return the step that deletes the global stack."""
    given: dict[str, Any] = {
        "phase": "global",
        "action": "delete",
        "stack_name": "payment-global-local",
        "region": "us-east-2",
        "reason": "",
    }
    return StackRemoval(**given | fields)


def a_plan(*steps: Step, intent: Any = "roll-out", blockers: tuple[Blocker, ...] = (), plan_id: str = "ab" * 32) -> RolloutPlan:
    """Return a plan with these steps."""
    return RolloutPlan(
        plan_id=plan_id,
        intent=intent,
        suffix="local",
        account_id=ACCOUNT_ID,
        home_region="us-east-2",
        steps=steps,
        blockers=blockers,
        templates=((DIGEST, "Resources: {}\n"),),
        bounds=Bounds(operation_seconds_max=60.0, poll_seconds=1.0),
    )


def a_stack(name: str = "payment-global-local", region: str = "us-east-2", status: str = "CREATE_COMPLETE", **fields: Any) -> StackFacts:
    """Return a stack that stands."""
    given: dict[str, Any] = {
        "name": name,
        "region": region,
        "stack_id": f"arn:aws:cloudformation:{region}:{ACCOUNT_ID}:stack/{name}/1",
        "status": status,
        "status_reason": "",
        "template_body": "",
        "parameters": (),
        "tags": (),
        "outputs": (),
        "termination_protection": False,
    }
    return StackFacts(**given | fields)


def an_instance(region: str, status: str = "CURRENT", detailed_status: str = "SUCCEEDED", **fields: Any) -> StackInstanceFacts:
    """Return a stack instance whose stack stands and is live."""
    given: dict[str, Any] = {
        "account_id": ACCOUNT_ID,
        "region": region,
        "status": status,
        "detailed_status": detailed_status,
        "status_reason": "",
        "overrides": (),
        "stack": a_stack("StackSet-payment-regional-local-1", region, parameters=(("Activation", "Live"),)),
    }
    return StackInstanceFacts(**given | fields)


def a_survey(*instances: StackInstanceFacts, **fields: Any) -> Survey:
    """Return a survey of a whole system, its instances as given or both of them sound."""
    stack_set = StackSetFacts(
        name="payment-regional-local",
        region="us-east-2",
        stack_set_id="payment-regional-local:1",
        template_body="",
        parameters=(),
        tags=(),
        administration_role_arn="",
        execution_role_name="",
        instances=instances or (an_instance("us-east-2"), an_instance("us-east-1")),
        last_operation=OperationFacts(operation_id="operation-1", action="UPDATE", status="SUCCEEDED"),
    )
    given: dict[str, Any] = {
        "account_id": ACCOUNT_ID,
        "bootstrap": tuple(a_stack("payment-bootstrap-local", region) for region in ("us-east-1", "us-east-2")),
        "stack_set": stack_set,
        "global_": a_stack(),
        "artifacts": frozenset(),
        "buckets": (),
    }
    return Survey(**given | fields)


def an_empty_survey() -> Survey:
    """Return a survey of an account in which nothing stands."""
    return a_survey(bootstrap=(), stack_set=None, global_=None)
