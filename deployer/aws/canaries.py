"""Synthetics canaries: which of them keep their results in a bucket, how the newest run of one ended, and stopping one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from deployer.aws.calls import asking
from deployer.aws.session import Aws
from deployer.vocabulary.errors import AwsRefused

_PAGES_MAX: Final = 100
_RUNS_READ_MAX: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryFacts:
    """A canary by its name, and what Synthetics says it is: RUNNING, STOPPING, STOPPED, READY, …"""

    name: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryRun:
    """A run that has ended: its id, when it began, whether it passed, and Synthetics' words about a failure."""

    run_id: str
    started: datetime
    passed: bool
    reason: str


def newest_run(aws: Aws, name: str, region: str) -> CanaryRun | None:
    """Return the canary's newest run that has ended, None when there is none or no such canary. Raises AwsRefused.

    Source: GetCanaryRuns, CloudWatch Synthetics API Reference; its answer is not said to be in order, and the newest run may go on.
    """
    try:
        with asking("synthetics", "GetCanaryRuns", region):
            runs = aws.client("synthetics", region).get_canary_runs(Name=name, MaxResults=_RUNS_READ_MAX)["CanaryRuns"]
    except AwsRefused as refused:
        if refused.code == "ResourceNotFoundException":
            return None
        raise
    ended = [run for run in runs if run["Status"]["State"] in ("PASSED", "FAILED")]
    if not ended:
        return None
    newest = max(ended, key=lambda run: run["Timeline"]["Started"])
    status = newest["Status"]
    return CanaryRun(
        run_id=newest["Id"],
        started=newest["Timeline"]["Started"],
        passed=status["State"] == "PASSED",
        reason=status.get("StateReason", ""),
    )


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
