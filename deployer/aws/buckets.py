"""Versioned buckets: how much lies in one, and emptying it of every version and delete marker.

CloudFormation cannot delete a bucket that holds anything, old versions included (fact 5.9).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from deployer.aws.calls import asking
from deployer.aws.session import Aws
from deployer.vocabulary.errors import AwsRefused

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import ObjectIdentifierTypeDef

# DeleteObjects takes at most 1,000 keys [S3 API reference].
_BATCH_OBJECTS_MAX: Final = 1000


def count_objects(aws: Aws, bucket: str, region: str) -> int | None:
    """Return how many versions and delete markers `bucket` holds, None when there is no such bucket. Raises AwsRefused."""
    try:
        return sum(len(page) for page in _version_pages(aws, bucket, region))
    except AwsRefused as refused:
        if refused.code == "NoSuchBucket":
            return None
        raise


def empty_bucket(aws: Aws, bucket: str, region: str) -> int:
    """Delete every version and delete marker in `bucket`, 1,000 at a time; return how many; 0 when there is no such bucket.

    Raises AwsRefused, also when S3 keeps a single object back, with S3's code for the first of them.
    """
    deleted = 0
    try:
        for page in _version_pages(aws, bucket, region):
            for start in range(0, len(page), _BATCH_OBJECTS_MAX):
                _delete(aws, bucket, region, page[start : start + _BATCH_OBJECTS_MAX])
            deleted += len(page)
    except AwsRefused as refused:
        if refused.code == "NoSuchBucket":
            return deleted
        raise
    return deleted


def _version_pages(aws: Aws, bucket: str, region: str) -> Iterator[list[ObjectIdentifierTypeDef]]:
    """Yield the (key, version) pairs of one page at a time, so that a bucket of any size fits."""
    paginator = aws.client("s3", region).get_paginator("list_object_versions")
    pages = iter(paginator.paginate(Bucket=bucket))
    while True:
        with asking("s3", "ListObjectVersions", region):
            page = next(pages, None)
        if page is None:
            return
        listed = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if listed:
            yield [{"Key": item["Key"], "VersionId": item["VersionId"]} for item in listed]


def _delete(aws: Aws, bucket: str, region: str, objects: list[ObjectIdentifierTypeDef]) -> None:
    with asking("s3", "DeleteObjects", region):
        answer = aws.client("s3", region).delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
    kept_back = answer.get("Errors", [])
    if kept_back:
        first = kept_back[0]
        raise AwsRefused(
            service="s3",
            operation="DeleteObjects",
            region=region,
            code=first.get("Code", "Unknown"),
            message=f"{first.get('Key', '')}: {first.get('Message', '')} (and {len(kept_back) - 1} more in {bucket})",
            hint="An object under a retention lock can only go when the lock ends; otherwise give the caller s3:DeleteObjectVersion.",
        )
