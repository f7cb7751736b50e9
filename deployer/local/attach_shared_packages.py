"""Where the embedded AWS lets Lambda take a package from another account's bucket, when that bucket's policy lets this account read it.

MiniStack looks for a package among the caller's own buckets alone; on AWS a bucket's name is one of all the world. Source: "Deploying
Lambda functions as .zip file archives", AWS Lambda Developer Guide: the bucket can be in another account.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from deployer.local import attach, attach_organizations

SEAMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("ministack.core.iam_evaluator", ("EvalContext", "evaluate_resource_policy")),
    ("ministack.services.s3", ("_bucket_owner_account", "_bucket_policies", "_get_object_data")),
)


def take_shared_packages() -> None:
    """Let services that take an object as their input, as Lambda does its packages, take it from the account that owns the bucket."""
    from ministack.services import s3

    read: Callable[..., bytes | None] = s3._get_object_data

    def read_from_owner(bucket_name: str, key: str, version_id: str | None = None) -> bytes | None:
        if not may_read(bucket_name, key):
            return None
        with attach.scope(owner_of(bucket_name), attach.current_region()):
            return read(bucket_name, key, version_id)

    s3._get_object_data = read_from_owner


def owner_of(bucket: str) -> str:
    """Return the account that owns a bucket, the running one when there is no such bucket."""
    from ministack.services import s3

    return str(s3._bucket_owner_account(bucket) or attach.current_account())


def may_read(bucket: str, key: str) -> bool:
    """Return whether the running account may read an object: it owns the bucket, or the bucket's policy allows it."""
    from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
    from ministack.services import s3

    caller, owner = attach.current_account(), owner_of(bucket)
    if owner == caller:
        return True
    policy = s3._bucket_policies.get_scoped(owner, None, bucket)
    if not policy:
        return False
    path = attach_organizations.organization_path(caller)
    context: Mapping[str, Any] = {"aws:principalorgpaths": [path]} if path else {}
    asked = EvalContext(
        principal_arn=f"arn:aws:iam::{caller}:root",
        principal_type="Root",
        principal_account=caller,
        action="s3:GetObject",
        resource_arn=f"arn:aws:s3:::{bucket}/{key}",
        region=attach.current_region(),
        secure_transport=True,  # Lambda asks S3 as AWS's services do
        service_context=dict(context),
    )
    return bool(evaluate_resource_policy(policy, asked).decision == "Allow")
