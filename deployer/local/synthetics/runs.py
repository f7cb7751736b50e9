"""Lets canaries run: each by its schedule, a few at a time, as the function `engine` made of it.

Seconds of schedules are divided by `time_scale`; a run takes the time it takes. A canary whose last run still goes on waits for its next
turn, as on AWS, and one of a Region that is not alive does not run.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from deployer.local import attach_synthetics
from deployer.local.synthetics import operations
from deployer.local.synthetics.canary import Canary, CanaryRun
from deployer.local.synthetics.schedule import next_run, schedule_of

# Each takes a process of its own for a moment, beside those that serve callers.
RUNS_AT_ONCE_MAX: Final = 2
# A run does not become faster by scaled time: no limit is cut below this.
LIMIT_SECONDS_MIN: Final = 20.0
_FIRST_RUN_SECONDS: Final = 1.0
_TICK_SECONDS: Final = 0.2
_RECORD: Final = ("failure", "reason", "artifacts")


@dataclass(frozen=True, slots=True, kw_only=True)
class CanarySurroundings:
    """The world that canaries see.

    `names` is the name server, `edges` each Region's edge, as (address, port). `alive(region)` says whether anything runs in a Region,
    `reachable(from_region, to_region)` whether a canary of the first gets to the second's edge (the two may be one), and
    `broken(name)` whether a canary fails by itself.
    """

    names: tuple[str, int]
    edges: Mapping[str, tuple[str, int]]
    alive: Callable[[str], bool] = lambda region: True
    reachable: Callable[[str, str], bool] = lambda from_region, to_region: True
    broken: Callable[[str], bool] = lambda name: False


class CanaryRuns:
    """All runs of all canaries. `run` works until it is cancelled."""

    def __init__(self, around: CanarySurroundings, *, time_scale: float = 1.0) -> None:
        self._around = around
        self._scale = time_scale
        self._threads = ThreadPoolExecutor(RUNS_AT_ONCE_MAX, thread_name_prefix="canary")

    async def run(self) -> None:
        """Begin each run when it is due."""
        loop = asyncio.get_running_loop()
        while True:
            now = time.time()
            for canary in operations.all_canaries():
                if self._is_due(canary, now):
                    canary.is_running, canary.last_due = True, now
                    loop.run_in_executor(self._threads, self._carry_out, canary)
            await asyncio.sleep(_TICK_SECONDS)

    def _is_due(self, canary: Canary, now: float) -> bool:
        if canary.state != "RUNNING" or canary.is_running or canary.started is None or not self._around.alive(canary.region):
            return False
        schedule = schedule_of(**_schedule(canary))
        # The clock of schedules: it ran as ours until the canary was started, and faster since.
        last = None if canary.last_due is None else self._scheduled(canary, canary.last_due)
        due = next_run(schedule, started=canary.started, last=last, next_of_cron=attach_synthetics.next_of_cron)
        if due is None:
            operations.finish(canary)
            return False
        first = _FIRST_RUN_SECONDS if canary.last_due is None else 0.0
        return self._scheduled(canary, now) >= due and now >= canary.started + first

    def _scheduled(self, canary: Canary, moment: float) -> float:
        started = canary.started or 0.0
        return started + (moment - started) * self._scale

    def _carry_out(self, canary: Canary) -> None:
        """Invoke the canary's function and record what came of it; runs on a thread."""
        run = CanaryRun(run_id=str(uuid.uuid4()), started=time.time())
        canary.runs.append(run)
        outcome = {"failure": "EXECUTION_FAILURE", "reason": "The run was given up"}
        try:
            outcome = _invoked(canary, self._event(canary))
        except (ClientError, BotoCoreError, ValueError) as error:
            outcome["reason"] = str(error)
        finally:
            canary.runs[-1] = run.ended_with(time.time(), **outcome)
            canary.is_running = False
        if outcome["failure"]:
            print(f"canary {canary.name} in {canary.region}: {outcome['reason']}", file=sys.stderr, flush=True)

    def _event(self, canary: Canary) -> dict[str, Any]:
        """Return what the runtime has to know of the run and of the world."""
        bucket, _, folder = str(canary.settings["ArtifactS3Location"]).removeprefix("s3://").partition("/")
        encryption = (canary.settings.get("ArtifactConfig") or {}).get("S3Encryption") or {}
        modes = {"SSE_S3": {"ServerSideEncryption": "AES256"}, "SSE_KMS": {"ServerSideEncryption": "aws:kms"}}
        arguments = dict(modes.get(encryption.get("EncryptionMode", ""), {}))
        if encryption.get("KmsKeyArn"):
            arguments["SSEKMSKeyId"] = encryption["KmsKeyArn"]
        prefix = f"{folder.rstrip('/')}/" if folder else ""
        return {
            "canary": canary.name,
            "handler": canary.settings["Code"]["Handler"],
            "limit_seconds": min(float(canary.timeout_seconds), max(LIMIT_SECONDS_MIN, canary.timeout_seconds / self._scale)),
            "artifacts": {
                "bucket": bucket,
                "prefix": f"{prefix}canary/{canary.region}/{canary.name}-{canary.canary_id}/",
                "arguments": arguments,
            },
            "names": list(self._around.names),
            "edges": [
                [address, port, self._around.reachable(canary.region, region)] for region, (address, port) in self._around.edges.items()
            ],
            "broken": "the canary is broken" if self._around.broken(canary.name) else "",
        }


def _schedule(canary: Canary) -> dict[str, Any]:
    schedule = canary.settings["Schedule"]
    return {"expression": str(schedule["Expression"]), "duration_seconds": int(schedule.get("DurationInSeconds") or 0)}


def _invoked(canary: Canary, event: dict[str, Any]) -> dict[str, str]:
    """Return what the runtime says of a run."""
    answer = _client(canary.region).invoke(FunctionName=canary.function_name, Payload=json.dumps(event).encode())
    told = json.loads(answer["Payload"].read() or b"null")
    if "FunctionError" in answer:
        error = told.get("errorMessage", "") if isinstance(told, dict) else ""
        return {"failure": "CANARY_FAILURE" if "timed out" in error else "EXECUTION_FAILURE", "reason": error}
    return {name: str(told[name]) for name in _RECORD}


@cache
def _client(region: str) -> Any:
    """Return a client that waits as long as a canary may take."""
    return botocore.session.Session().create_client(
        "lambda",
        region_name=region,
        endpoint_url=f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}",
        aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=os.environ["AWS_SECRET_ACCESS_KEY"],
        config=Config(connect_timeout=5, read_timeout=900, retries={"total_max_attempts": 1, "mode": "standard"}, proxies={}),
    )
