"""The runs that a system's life is made of, each as a deployer that is a process of its own and can be killed.

A run is what a command does: survey, plan, refuse what blocks it, perform. It is performed in a forked child of a warm process, so
that thousands of them cost little more than their AWS calls.
"""

from __future__ import annotations

import json
import os
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final, Literal

from deployer.aws.session import ATTEMPTS_MAX, Aws, AwsAccess
from deployer.cli.job import refuse_blocked
from deployer.local.state import LocalState
from deployer.planning.plan import RolloutPlan
from deployer.planning.planner import plan_rollout
from deployer.planning.survey_taking import take_survey
from deployer.planning.tear_down_planner import plan_tear_down
from deployer.rollout.runner import roll_out
from deployer.vocabulary.clock import SystemClock
from deployer.vocabulary.errors import DeployerError, RolloutUndone
from deployer.vocabulary.events import Event
from tests.faults.calls import Call, Calls
from tests.faults.quick_gates import AlwaysWell, with_short_gates
from tests.faults.tiny_system import HOME, PEER, Version, a_system, an_environment

RunName = Literal["first roll-out", "update", "undo", "tear-down"]

SECONDS_MAX: Final = 90.0
DEFECT: Final = 1
_SERVICES: Final = ("sts", "cloudformation", "s3", "cloudwatch", "synthetics")
_LOOK_SECONDS: Final = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a life: the version it rolls out, None to tear down; `exit_code` is how it ends when nothing disturbs it."""

    name: RunName
    version: Version | None
    exit_code: int = 0


LIFE: Final = (
    Run(name="first roll-out", version="one"),
    Run(name="update", version="two"),
    Run(name="undo", version="broken", exit_code=RolloutUndone.exit_code),
    Run(name="tear-down", version=None),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a child ended: its exit code, negative when a signal ended it; what it said, and the way out it named; the calls it made,
    none when it was killed."""

    exit_code: int
    said: str
    hint: str
    seen: tuple[Call, ...]
    took_seconds: float

    @property
    def was_killed(self) -> bool:
        """Whether it ended by SIGKILL."""
        return self.exit_code == -signal.SIGKILL


@dataclass(kw_only=True)
class _Told:
    """What a child tells of itself before it leaves."""

    code: int
    said: str = ""
    hint: str = ""
    seen: list[Call] = field(default_factory=list)


@dataclass
class World:
    """Where children are forked from: everything imported, every client made, no connection open."""

    server: LocalState
    folder: Path
    attempts_max: int = ATTEMPTS_MAX
    _aws: Aws = field(init=False)

    def __post_init__(self) -> None:
        """Make the clients, so that no child has to."""
        server = self.server
        access = AwsAccess(endpoint_url=server.endpoint, access_key_id=server.access_key_id, secret_access_key=server.secret_access_key)
        self._aws = Aws(access, attempts_max=self.attempts_max)
        for service in _SERVICES:
            for region in (HOME, PEER):
                self._aws.client(service, region)  # type: ignore[call-overload]

    def perform(self, run: Run, suffix: str, disturbing: Callable[[], Calls] = Calls) -> Ending:
        """Perform a run in a child; `disturbing` makes, in the child, what its calls go through."""
        began = time.monotonic()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _be_a_deployer(lambda: self._run(run, suffix, disturbing()), writing)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            code = _end_of(child)
            told = json.loads(pipe.read() or b"{}")
        return Ending(
            exit_code=code,
            said=told.get("said", ""),
            hint=told.get("hint", ""),
            seen=tuple(Call(**call) for call in told.get("seen", ())),
            took_seconds=time.monotonic() - began,
        )

    def _run(self, run: Run, suffix: str, calls: Calls) -> _Told:
        aws = calls.through(self._aws)
        code, said, hint = 0, "", ""
        try:
            plan = self._plan(run, suffix, aws)
            refuse_blocked(plan)
            if plan.steps_to_do:
                roll_out(plan, aws, _silence, SystemClock(), outside=AlwaysWell())
        except DeployerError as error:
            code, said, hint = error.exit_code, str(error), error.hint
        return _Told(code=code, said=said, hint=hint, seen=calls.seen)

    def _plan(self, run: Run, suffix: str, aws: Aws) -> RolloutPlan:
        environment = an_environment(suffix)
        if run.version is None:
            return plan_tear_down(environment, take_survey(aws, environment, ()))
        system = a_system(environment, run.version, self.folder)
        survey = take_survey(aws, environment, system.packages, count_buckets=False)
        return with_short_gates(plan_rollout(environment, system, survey))


def _silence(event: Event) -> None:
    """Listen to nothing."""


def _be_a_deployer(work: Callable[[], _Told], writing: int) -> None:
    """Do the work, tell how it ended, and leave the process, whatever happens."""
    try:
        told = work()
    except BaseException:
        told = _Told(code=DEFECT, said=traceback.format_exc())
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(json.dumps(asdict(told)).encode())
    os._exit(told.code)


def _end_of(child: int) -> int:
    """Wait for a child; return its exit code, negative for a signal. One that will not end in time is killed."""
    deadline = time.monotonic() + SECONDS_MAX
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise TimeoutError(f"a run did not end within {SECONDS_MAX:.0f} s")
        time.sleep(_LOOK_SECONDS)
