"""A roll-out's record: one object in the home Region's artifact bucket that says who is rolling out what, and what stood before.

There is at most one: it is put only where none lies (`If-None-Match: *`) and put again only over the version that was read (`If-Match`),
so that of two deployers S3 lets one through [S3 user guide: How to prevent object overwrites with conditional writes].
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from deployer.aws.calls import asking
from deployer.aws.session import Aws
from deployer.vocabulary.errors import AwsRefused, DeployerError

KEY: Final = "rollouts/current.json"
SCHEMA: Final = 1

_ABSENT: Final = ("NoSuchKey", "NoSuchBucket", "404")
# The condition did not hold, or another conditional put of the same key was faster [S3 API reference: PutObject errors].
_MOVED: Final = ("PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey", "412", "409")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who rolls out: the caller's ARN, the machine and the process there."""

    arn: str
    host: str
    pid: int

    def __str__(self) -> str:
        return f"{self.arn} (process {self.pid} on {self.host})"


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutRecord:
    """What the object says.

    `content_digest` tells what is rolled out; `is_held` turns False when the holder ended with the roll-out unfinished; `began_at` and
    `renewed_at` are ISO 8601 in UTC; `before` is the restore point as a JSON document, None when there is nothing to go back to;
    `undoing` is the failure (summary, detail, hint) that is being undone, None while the roll-out goes forward.
    """

    content_digest: str
    holder: Holder
    is_held: bool
    began_at: str
    renewed_at: str
    before: dict[str, Any] | None
    undoing: tuple[str, str, str] | None = None

    @property
    def renewed(self) -> datetime:
        """The moment somebody was last heard of."""
        return datetime.fromisoformat(self.renewed_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPlace:
    """Where a system's record lies: the home Region and its artifact bucket."""

    bucket: str
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """A record as it was read or put, with the tag that the next put has to name."""

    record: RolloutRecord
    tag: str


def read_rollout_record(aws: Aws, place: RecordPlace) -> StoredRecord | None:
    """Return the record, None when there is none or not even a bucket. Raises AwsRefused."""
    try:
        with asking("s3", "GetObject", place.region):
            answer = aws.client("s3", place.region).get_object(Bucket=place.bucket, Key=KEY)
            content = answer["Body"].read()
    except AwsRefused as refused:
        if refused.code in _ABSENT:
            return None
        raise
    return StoredRecord(record=record_from_text(content.decode()), tag=answer["ETag"])


def put_rollout_record(aws: Aws, place: RecordPlace, record: RolloutRecord, *, over: StoredRecord | None) -> StoredRecord | None:
    """Store the record where none lies, or over the one that was read; return it stored, None when somebody was faster.

    Raises AwsRefused.
    """
    condition = {"IfMatch": over.tag} if over else {"IfNoneMatch": "*"}
    body = record_text(record).encode()
    try:
        with asking("s3", "PutObject", place.region):
            answer = aws.client("s3", place.region).put_object(
                Bucket=place.bucket,
                Key=KEY,
                Body=body,
                ContentType="application/json",
                **condition,  # type: ignore[arg-type]
            )
    except AwsRefused as refused:
        if refused.code in _MOVED:
            return None
        raise
    return StoredRecord(record=record, tag=answer["ETag"])


def delete_rollout_record(aws: Aws, place: RecordPlace) -> None:
    """Delete the record; one that is gone is no error. Raises AwsRefused."""
    with asking("s3", "DeleteObject", place.region):
        aws.client("s3", place.region).delete_object(Bucket=place.bucket, Key=KEY)


def record_text(record: RolloutRecord) -> str:
    """Return the record as the object's JSON text."""
    return json.dumps({"schema": SCHEMA, **asdict(record)}, indent=1, sort_keys=True) + "\n"


def record_from_text(text: str) -> RolloutRecord:
    """Return the record that an object's text holds; raises DeployerError for a text that is none of this version's."""
    try:
        fields = json.loads(text)
        schema, undoing, holder = fields.pop("schema"), fields.pop("undoing"), Holder(**fields.pop("holder"))
        record = RolloutRecord(**fields, holder=holder, undoing=tuple(undoing) if undoing else None)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unreadable(f"{type(error).__name__}: {error}") from error
    if schema != SCHEMA:
        raise _unreadable(f"it has version {schema!r}; this deployer reads version {SCHEMA}")
    return record


def _unreadable(reason: str) -> DeployerError:
    return DeployerError(
        f"{KEY}, the record of the roll-out that is open, cannot be read",
        reason,
        "Finish that roll-out with the version of the deployer that began it.",
    )
