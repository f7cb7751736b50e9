"""The audit log's bucket: whole objects of gzipped JSON lines, written in one request each and read line by line.

PutObject is all or nothing, and S3 checks the digest sent along before it keeps anything: an object is whole or not there.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

# Nothing is gained by a time in the header, and with it no two attempts would write the same bytes.
_GZIP_TIME: Final = 0
_EXISTS: Final = ("PreconditionFailed", "ConditionalRequestConflict")
_COLD: Final = frozenset({"GLACIER", "DEEP_ARCHIVE"})


class Unreadable(Exception):
    """An object that is there and cannot be read; `reason` is AWS's error code or what is wrong with the bytes."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class LogObject:
    """An object as a listing shows it. `cold`: in a storage class that has to be restored before it can be read."""

    key: str
    size_bytes: int
    etag: str
    cold: bool


class AuditBucket:
    """The bucket `name`, through an S3 client with bounded time-outs."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name

    def write(self, key: str, lines: Iterable[str]) -> None:
        """Write `lines` as the object `key`, whole, over what an earlier attempt may have left. Raises botocore's errors."""
        self._put(key, packed(lines))

    def add(self, key: str, lines: Iterable[str]) -> bool:
        """Write `lines` as the object `key` unless there is one; returns whether it was written. Raises botocore's errors."""
        try:
            self._put(key, packed(lines), IfNoneMatch="*")
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _EXISTS:
                return False
            raise
        return True

    def read(self, key: str) -> Iterator[dict[str, Any]]:
        """Yield the lines of `key` one after the other; raises Unreadable, also halfway."""
        try:
            body = self._client.get_object(Bucket=self._name, Key=key)["Body"]
        except ClientError as error:
            raise Unreadable(str(error.response.get("Error", {}).get("Code"))) from error
        try:
            with gzip.GzipFile(fileobj=body) as text:
                yield from map(json.loads, text)
        except (OSError, EOFError, zlib.error, ValueError) as error:  # cut short, or no gzip, or no JSON
            raise Unreadable(type(error).__name__) from error

    def objects(self, prefix: str) -> Iterator[LogObject]:
        """Yield what lies under `prefix`, in the order of the keys, a page of 1,000 a request."""
        more: dict[str, str] = {}
        while True:
            page = self._client.list_objects_v2(Bucket=self._name, Prefix=prefix, **more)
            for found in page.get("Contents") or ():
                cold = found.get("StorageClass") in _COLD
                yield LogObject(key=found["Key"], size_bytes=found["Size"], etag=found["ETag"], cold=cold)
            if not page.get("IsTruncated"):
                return
            more = {"ContinuationToken": page["NextContinuationToken"]}

    def _put(self, key: str, body: bytes, **condition: str) -> None:
        self._client.put_object(
            Bucket=self._name,
            Key=key,
            Body=body,
            ContentType="application/gzip",
            ChecksumSHA256=base64.b64encode(hashlib.sha256(body).digest()).decode(),
            **condition,
        )


def packed(lines: Iterable[str]) -> bytes:
    """Return `lines` as one gzipped text, each ended by a line feed; the same bytes for the same lines."""
    return gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=_GZIP_TIME)
