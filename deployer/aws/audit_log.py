"""The audit log of one Region's bucket: what lies there, and the payments an object tells of.

The layout is `functions/audit_log`'s: gzipped JSON lines below `payments/date=<day>/`, each with the payment's id and its item.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from typing import Final

from deployer.aws.calls import asking
from deployer.aws.session import Aws
from deployer.vocabulary.errors import DeployerError

OBJECT_BYTES_MAX: Final = 64_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditObject:
    """One object: its key, and the digest that changes when it is written anew."""

    key: str
    etag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One line: a payment and who paid it."""

    transaction_id: str
    customer_id: str


def objects_of_day(aws: Aws, *, bucket: str, region: str, day: str) -> tuple[AuditObject, ...]:
    """Return what lies in the log of a day (`2026-11-22`, UTC), in the order of the keys. Raises AwsRefused."""
    pages = iter(aws.client("s3", region).get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"payments/date={day}/"))
    found: list[AuditObject] = []
    while True:
        with asking("s3", "ListObjectsV2", region):
            page = next(pages, None)
        if page is None:
            return tuple(found)
        found += [AuditObject(key=one["Key"], etag=one["ETag"]) for one in page.get("Contents", [])]


def entries_in(aws: Aws, *, bucket: str, region: str, key: str) -> tuple[AuditEntry, ...]:
    """Return the lines of an object, in their order. Raises AwsRefused; DeployerError for what is no object of the log."""
    with asking("s3", "GetObject", region):
        body = aws.client("s3", region).get_object(Bucket=bucket, Key=key)["Body"].read(OBJECT_BYTES_MAX)
    try:
        lines = [json.loads(line) for line in gzip.decompress(body).splitlines()]
        return tuple(AuditEntry(transaction_id=line["id"], customer_id=line["item"]["customer_id"]["S"]) for line in lines)
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise DeployerError(
            f"{key} in {bucket} ({region}) is no object of the audit log", f"{type(error).__name__}: {error}", "See docs/audit.md."
        ) from error
