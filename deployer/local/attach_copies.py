"""Where the embedded AWS holds on to MiniStack's copies of S3 objects and secrets, which are made at once and always.

When a copy is made is `copies`'; here copies are made as MiniStack makes them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import Any, Final, Protocol

from deployer.local import attach

SEAMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (
        "ministack.services.s3",
        (
            *("_maybe_replicate", "_maybe_replicate_delete_marker", "_replication_rule_for", "_replication_rule_prefix"),
            *("_bucket_replication", "_buckets", "_object_versions", "_object_tags", "_in_account"),
        ),
    ),
    ("ministack.services.secretsmanager", ("_sync_replicas", "_secret_scope_from_arn")),
)


class MakeCopy(Protocol):
    """`copies.WaitingCopies.make`."""

    def __call__(self, source: str, target: str, copy: Callable[[], None], *, instead_of: Hashable = None) -> bool:
        """Make a copy from one Region in another, now or later; tell whether it was made."""


def divert_objects(make: MakeCopy) -> None:
    """Hand each copy of an object or a delete marker to another bucket to `make`; an object's status is PENDING until it is made.

    Source: "Getting replication status information", Amazon S3 User Guide.
    """
    from ministack.services import s3

    replicate, replicate_marker = s3._maybe_replicate, s3._maybe_replicate_delete_marker

    def divert(bucket: str, key: str, found: dict[str, Any], data: Any, tags: dict[str, str] | None = None) -> None:
        rule, _ = s3._replication_rule_for(bucket, key, tags)
        if rule is None:
            return
        # The copy sets COMPLETED or FAILED.
        found["replication_status"] = "PENDING"
        make(*_way(bucket, rule), partial(_copy_object, replicate, attach.current_account(), (bucket, key, found, data, tags)))

    def divert_marker(bucket: str, key: str) -> None:
        rules = (s3._bucket_replication.get(bucket) or {}).get("Rules", [])
        meant = [rule for rule in rules if rule.get("Status") == "Enabled" and key.startswith(s3._replication_rule_prefix(rule))]
        if meant:
            make(*_way(bucket, meant[0]), partial(_copy_marker, replicate_marker, attach.current_account(), bucket, key))

    s3._maybe_replicate, s3._maybe_replicate_delete_marker = divert, divert_marker


def divert_secrets(make: MakeCopy) -> None:
    """Hand each replica's taking over of a secret's state to `make`; the primary's status for it is InProgress until it is made.

    What takes `_sync_replicas`' place returns the Regions whose replicas wait. Source: ReplicationStatusType, AWS Secrets Manager API
    Reference.
    """
    from ministack.services import secretsmanager

    synchronise = secretsmanager._sync_replicas

    def divert(secret: dict[str, Any]) -> tuple[str, ...]:
        scope = secretsmanager._secret_scope_from_arn(secret["ARN"])
        waiting = []
        for status in secret.get("ReplicationStatus", ()) if scope else ():
            region = str(status["Region"])
            status["Status"] = "InProgress"
            copy = partial(_copy_secret, synchronise, secret, status)
            if not make(scope[0].region, region, copy, instead_of=(secret["ARN"], region)):
                waiting.append(region)
        return tuple(waiting)

    secretsmanager._sync_replicas = divert


def _way(bucket: str, rule: dict[str, Any]) -> tuple[str, str]:
    """Return the Regions of a bucket and of a rule's destination; that of one which is gone is taken for the bucket's own."""
    from ministack.services import s3

    source = str(s3._buckets[bucket].get("region") or attach.current_region())
    destination = s3._buckets.get(str(rule.get("Destination", {}).get("Bucket", "")).rpartition(":")[2]) or {}
    return source, str(destination.get("region") or source)


def _copy_object(replicate: Callable[..., None], account_id: str, written: tuple[Any, ...]) -> None:
    from ministack.services import s3

    bucket, key, found, _, tags = written
    with attach.scope(account_id, attach.current_region()):
        replicate(*written)
        # Of a copy that was made late, the version stands already, and its tags.
        for version in s3._object_versions.get((bucket, key), ()):
            if version["version_id"] == found.get("version_id"):
                version["replication_status"] = found["replication_status"]
        if tags and found.get("_replica"):
            name, version_id, owner = found["_replica"]
            with s3._in_account(owner):
                s3._object_tags[name, key, version_id] = dict(tags)


def _copy_marker(replicate_marker: Callable[..., None], account_id: str, bucket: str, key: str) -> None:
    with attach.scope(account_id, attach.current_region()):
        replicate_marker(bucket, key)


def _copy_secret(synchronise: Callable[..., None], secret: dict[str, Any], status: dict[str, Any]) -> None:
    synchronise({**secret, "ReplicationStatus": [status]})
    status["Status"] = "InSync"
