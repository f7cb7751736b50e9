"""What is known of a canary and of its runs, and how Synthetics' API shows both.

Source: Canary and CanaryRun, CloudWatch Synthetics API Reference.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import Any, Final

RUNS_KEPT_MAX: Final = 100
# Lambda's names have 64 characters at most.
_FUNCTION_NAME_CHARACTERS: Final = 21
_SHOWN: Final = (
    *("ExecutionRoleArn", "Schedule", "RunConfig", "SuccessRetentionPeriodInDays", "FailureRetentionPeriodInDays"),
    *("ArtifactS3Location", "RuntimeVersion", "VpcConfig", "ProvisionedResourceCleanup", "Tags", "ArtifactConfig"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryRun:
    """One run: times in seconds since the epoch, `ended` None while it goes on; `failure` is CANARY_FAILURE, EXECUTION_FAILURE or ""."""

    run_id: str
    started: float
    ended: float | None = None
    failure: str = ""
    reason: str = ""
    artifacts: str = ""

    def ended_with(self, ended: float, *, failure: str, reason: str, artifacts: str = "") -> CanaryRun:
        """Return the run as it ended."""
        return replace(self, ended=ended, failure=failure, reason=reason, artifacts=artifacts)


@dataclass(slots=True, kw_only=True)
class Canary:
    """One canary; `settings` is what CreateCanary and UpdateCanary were given, code aside. Times are in seconds since the epoch."""

    account_id: str
    region: str
    name: str
    canary_id: str
    settings: dict[str, Any]
    created: float
    modified: float
    state: str = "READY"
    version: int = 1
    started: float | None = None
    stopped: float | None = None
    # When it ran last by the clock that schedules go by; None before its first run since it was started.
    last_due: float | None = None
    is_running: bool = False
    runs: deque[CanaryRun] = field(default_factory=lambda: deque(maxlen=RUNS_KEPT_MAX))

    @property
    def arn(self) -> str:
        """The canary's ARN."""
        return f"arn:aws:synthetics:{self.region}:{self.account_id}:canary:{self.name}"

    @property
    def function_name(self) -> str:
        """The function it runs as."""
        return f"cwsyn-{self.name[:_FUNCTION_NAME_CHARACTERS]}-{self.canary_id}"

    @property
    def source_arn(self) -> str:
        """Where its code is said to lie: a layer's version."""
        return f"arn:aws:lambda:{self.region}:{self.account_id}:layer:{self.function_name}:{self.version}"

    @property
    def variables(self) -> dict[str, str]:
        """Its environment variables, which the API never shows."""
        return dict((self.settings.get("RunConfig") or {}).get("EnvironmentVariables") or {})

    @property
    def timeout_seconds(self) -> int:
        """How long a run may take; Synthetics' own default is the time to the next, 840 s at the most."""
        return int((self.settings.get("RunConfig") or {}).get("TimeoutInSeconds") or 840)


def shown(canary: Canary) -> dict[str, Any]:
    """Return a canary as GetCanary shows it."""
    settings = {name: canary.settings[name] for name in _SHOWN if canary.settings.get(name) is not None}
    if "RunConfig" in settings:
        settings["RunConfig"] = {name: value for name, value in settings["RunConfig"].items() if name != "EnvironmentVariables"}
    times = {"Created": canary.created, "LastModified": canary.modified, "LastStarted": canary.started, "LastStopped": canary.stopped}
    return {
        **settings,
        "Id": canary.canary_id,
        "Name": canary.name,
        "Code": {"SourceLocationArn": canary.source_arn, "Handler": canary.settings["Code"]["Handler"]},
        "Status": {"State": canary.state},
        "Timeline": {name: value for name, value in times.items() if value is not None},
        "EngineArn": f"arn:aws:lambda:{canary.region}:{canary.account_id}:function:{canary.function_name}:{canary.version}",
    }


def shown_run(canary: Canary, run: CanaryRun) -> dict[str, Any]:
    """Return a run as GetCanaryRuns shows it."""
    if run.ended is None:
        status = {"State": "RUNNING", "TestResult": "UNKNOWN"}
    elif run.failure:
        result = "FAILED" if run.failure == "CANARY_FAILURE" else "UNKNOWN"
        status = {"State": "FAILED", "StateReason": run.reason, "StateReasonCode": run.failure, "TestResult": result}
    else:
        status = {"State": "PASSED", "TestResult": "PASSED"}
    ended = {} if run.ended is None else {"Completed": run.ended}
    return {
        "Id": run.run_id,
        "ScheduledRunId": run.run_id,
        "RetryAttempt": 0,
        "Name": canary.name,
        "Status": status,
        "Timeline": {"Started": run.started, **ended, "MetricTimestampForRunAndRetries": run.started},
        "ArtifactS3Location": run.artifacts,
    }
