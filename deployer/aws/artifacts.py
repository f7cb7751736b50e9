"""Packages and long templates in a Region's artifact bucket, checked by their SHA-256.

S3 verifies the checksum before it stores the object [S3 user guide: Checking object integrity].
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any, Final

from deployer.aws.calls import asking
from deployer.aws.session import Aws
from deployer.vocabulary.errors import AwsRefused

_ABSENT: Final = ("404", "NoSuchKey", "NotFound", "NoSuchBucket")
# The second: another conditional request for the key is under way.
_TAKEN: Final = ("PreconditionFailed", "ConditionalRequestConflict")
_DIGEST: Final = "sha256"


def object_present(aws: Aws, *, bucket: str, key: str, digest: str, region: str) -> bool:
    """Return whether `key` lies in `bucket` with this SHA-256 (hexadecimal); False when there is no such bucket or object.

    Raises AwsRefused for any other answer.
    """
    try:
        with asking("s3", "HeadObject", region):
            answer = aws.client("s3", region).head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
    except AwsRefused as refused:
        if refused.code in _ABSENT:
            return False
        raise
    checksum = answer.get("ChecksumSHA256", "")
    return checksum == _as_checksum(digest) if checksum else answer.get("Metadata", {}).get(_DIGEST) == digest


def key_present(aws: Aws, *, bucket: str, key: str, region: str) -> bool:
    """Return whether anything lies as `key` in `bucket`. Raises AwsRefused for any other answer than yes or no."""
    try:
        with asking("s3", "HeadObject", region):
            aws.client("s3", region).head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
    except AwsRefused as refused:
        if refused.code in _ABSENT:
            return False
        raise
    return True


def upload_object(aws: Aws, content: bytes, *, bucket: str, key: str, digest: str, region: str, **condition: Any) -> None:
    """Store `content`, whose SHA-256 is `digest` (hexadecimal), as `key` in `bucket`, under S3's `condition` if one is given.

    Raises AwsRefused.
    """
    with asking("s3", "PutObject", region):
        aws.client("s3", region).put_object(
            Bucket=bucket, Key=key, Body=content, ChecksumSHA256=_as_checksum(digest), Metadata={_DIGEST: digest}, **condition
        )


def ensure_object(aws: Aws, content: bytes, *, bucket: str, key: str, digest: str, region: str) -> bool:
    """Store `content` unless it lies there already; return whether it had to be stored. Raises AwsRefused.

    It is stored where nothing lies, so a request sent twice, for its answer was lost, makes one version [S3 user guide: Conditional
    writes]. Something else under the key is replaced.
    """
    place: dict[str, Any] = {"bucket": bucket, "key": key, "digest": digest, "region": region}
    if object_present(aws, **place):
        return False
    try:
        upload_object(aws, content, **place, IfNoneMatch="*")
    except AwsRefused as refused:
        if refused.code not in _TAKEN:
            raise
        if not object_present(aws, **place):
            upload_object(aws, content, **place)
    return True


def _as_checksum(digest: str) -> str:
    return b64encode(bytes.fromhex(digest)).decode()
