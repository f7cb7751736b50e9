"""Packages and long templates in a Region's artifact bucket, checked by their SHA-256.

S3 verifies the checksum before it stores the object [S3 user guide: Checking object integrity].
"""

from __future__ import annotations

from base64 import b64encode
from typing import Final

from deployer.aws.calls import asking
from deployer.aws.session import Aws
from deployer.vocabulary.errors import AwsRefused

_ABSENT: Final = ("404", "NoSuchKey", "NotFound", "NoSuchBucket")
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


def upload_object(aws: Aws, content: bytes, *, bucket: str, key: str, digest: str, region: str) -> None:
    """Store `content`, whose SHA-256 is `digest` (hexadecimal), as `key` in `bucket`. Raises AwsRefused."""
    with asking("s3", "PutObject", region):
        aws.client("s3", region).put_object(
            Bucket=bucket, Key=key, Body=content, ChecksumSHA256=_as_checksum(digest), Metadata={_DIGEST: digest}
        )


def ensure_object(aws: Aws, content: bytes, *, bucket: str, key: str, digest: str, region: str) -> bool:
    """Store `content` unless it lies there already; return whether it was stored. Raises AwsRefused."""
    if object_present(aws, bucket=bucket, key=key, digest=digest, region=region):
        return False
    upload_object(aws, content, bucket=bucket, key=key, digest=digest, region=region)
    return True


def _as_checksum(digest: str) -> str:
    return b64encode(bytes.fromhex(digest)).decode()
