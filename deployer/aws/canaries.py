"""Synthetics canaries: which of them keep their results in a bucket, and stopping one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from deployer.aws.calls import asking
from deployer.aws.session import Aws
from deployer.vocabulary.errors import AwsRefused

_PAGES_MAX: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryFacts:
    """A canary by its name, and what Synthetics says it is: RUNNING, STOPPING, STOPPED, READY, …"""

    name: str
    state: str


def canaries_writing_to(aws: Aws, bucket: str, region: str) -> tuple[CanaryFacts, ...]:
    """Return the canaries of a Region that keep their results in `bucket`. Raises AwsRefused.

    Source: DescribeCanaries, CloudWatch Synthetics API Reference.
    """
    found: list[CanaryFacts] = []
    token: dict[str, str] = {}
    for _ in range(_PAGES_MAX):
        with asking("synthetics", "DescribeCanaries", region):
            page = aws.client("synthetics", region).describe_canaries(**token)
        found += [
            CanaryFacts(name=canary["Name"], state=canary["Status"]["State"])
            for canary in page["Canaries"]
            if f"{canary.get('ArtifactS3Location', '')}/".removeprefix("s3://").startswith(f"{bucket}/")
        ]
        if not page.get("NextToken"):
            break
        token = {"NextToken": page["NextToken"]}
    return tuple(found)


def stop_canary(aws: Aws, name: str, region: str) -> None:
    """Let a canary begin no further run; one that runs no more, or is gone, is stopped. Raises AwsRefused."""
    try:
        with asking("synthetics", "StopCanary", region):
            aws.client("synthetics", region).stop_canary(Name=name)
    except AwsRefused as refused:
        if refused.code not in ("ConflictException", "ResourceNotFoundException"):
            raise
