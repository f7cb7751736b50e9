"""The gate's check `canary`: what pays in the Region from the Region itself still can.

A run tells of one moment, so a failed one is one look that was not good: it begins the burn-in anew. Whether the next run fails too is
told by the canary's own alarm, which asks for two runs of three.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from deployer.aws.canaries import CanaryRun, newest_run
from deployer.aws.session import Aws
from deployer.planning.gates import GatedRegion
from deployer.rollout.gate_finding import Finding, not_seen
from deployer.vocabulary.errors import AwsRefused


def look_at_canaries(gated: GatedRegion, aws: Aws, *, since: datetime, seen: set[str]) -> Finding:
    """Return how the newest runs ended that began at `since` or later; those that failed are added to `seen`.

    Raises AwsRefused when the caller may not ask.
    """
    try:
        runs = [run for run in (newest_run(aws, name, gated.region) for name in gated.canary_names) if run and run.started >= since]
    except AwsRefused as refused:
        return not_seen(refused)
    finding = judge_runs(runs, seen)
    seen.update(run.run_id for run in runs if not run.passed)
    return finding


def judge_runs(runs: Collection[CanaryRun], seen: Collection[str]) -> Finding:
    """Return whether none of these runs failed but those that were `seen` before."""
    for run in runs:
        if not run.passed and run.run_id in seen:
            return Finding(is_good=True, detail=f"no run has ended since the one of {run.started:%H:%M:%SZ} that failed")
        if not run.passed:
            return Finding(is_good=False, detail=f"the run of {run.started:%H:%M:%SZ} failed: {run.reason}".rstrip(": "))
    return Finding(is_good=True, detail="its newest run passed" if runs else "no run has ended since the roll-out began")
