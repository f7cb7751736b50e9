"""The real command line over a small system: the commands, the terminal, the signals and every AWS call are the deployer's own.

`python -m tests.support.small_deployer KIND WORDS…` is `deployer WORDS…` for a system of which only the templates are small: those of the
fault matrices, in place of a payment API that takes a minute. `KIND` is the version to roll out, `gated` for one whose regional stacks wait
until a test lets them go on.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import yaml

from deployer.cli import main
from deployer.cli.rooms import Rooms
from deployer.cli.session import Surroundings
from deployer.outside.view import Outside
from deployer.params.model import Environment
from deployer.planning.lint import Finding
from deployer.planning.plan import RolloutPlan
from deployer.planning.survey import Survey
from deployer.rendering.rendered import RenderedSystem
from deployer.vocabulary.names import name_of
from tests.faults.quick_gates import AlwaysWell, with_short_gates
from tests.faults.tiny_system import HOME, Version, an_environment
from tests.support.embedded import EmbeddedAws
from tests.support.rollout.troubled import TroubledSystem
from tests.support.source_tree import ROOT
from tests.support.stack_set_rules import StackSets
from tests.support.terminal import Terminal, at_terminal, heed_ctrl_c

GATED: Final = "gated"
_OUTPUT: Final = {"failoverDomain": {"Value": "api.pay.example.test"}}


class SmallRooms(Rooms):
    """The real rooms, with a small system rendered, nothing linted, and gates that one look is enough for."""

    def __init__(self, kind: str) -> None:
        """Render the system of this kind."""
        super().__init__()
        self._kind = kind

    def render(self, environment: Environment, *, source: Path, build: Path) -> RenderedSystem:
        """Return the small system."""
        build.mkdir(parents=True, exist_ok=True)
        return a_small_system(self._kind, environment.suffix, build)

    def lint(self, system: RenderedSystem, regions: tuple[str, ...]) -> tuple[Finding, ...]:
        """Find nothing."""
        return ()

    def plan_rollout(self, environment: Environment, system: RenderedSystem, survey: Survey, *, without_undo: bool = False) -> RolloutPlan:
        """Return the plan, its gates short."""
        return with_short_gates(super().plan_rollout(environment, system, survey, without_undo=without_undo))

    def outside(self, environment: Environment) -> Outside:
        """Return callers that are always answered."""
        return AlwaysWell()


def a_small_system(kind: str, suffix: str, folder: Path) -> RenderedSystem:
    """Return the system of a kind, with the output that a roll-out prints at its end."""
    troubled = TroubledSystem(embedded=None, folder=folder, suffix=suffix)  # type: ignore[arg-type]
    system = troubled.gated() if kind == GATED else troubled.system(version_of(kind))
    body = json.loads(system.global_.body)
    body["Outputs"] |= _OUTPUT
    return replace(system, global_=replace(system.global_, body=json.dumps(body)))


def version_of(kind: str) -> Version:
    """Return the word as a version; raises ValueError for any other."""
    for version in ("one", "two", "broken"):
        if kind == version:
            return version
    raise ValueError(kind)


@dataclass(frozen=True, slots=True)
class SmallProject:
    """A folder with a parameter file, whose system is on this embedded AWS under a suffix of its own."""

    embedded: EmbeddedAws
    folder: Path
    suffix: str = field(default_factory=lambda: f"s{uuid4().hex[:8]}")

    def __post_init__(self) -> None:
        """Write the parameter file."""
        (self.folder / "templates").mkdir()
        values = an_environment(self.suffix).model_dump(mode="json", exclude_unset=True)
        self.params.write_text(yaml.safe_dump(values), "utf-8")

    @property
    def params(self) -> Path:
        """The parameter file."""
        return self.folder / "small.yaml"

    @property
    def set_name(self) -> str:
        """The StackSet's name."""
        return name_of("stack set", suffix=self.suffix)

    @property
    def sets(self) -> StackSets:
        """Somebody else's way to StackSets."""
        return StackSets(aws=self.embedded, client=self.embedded.clients("cloudformation", HOME))

    def at_terminal(self, kind: str, *words: str) -> AbstractContextManager[Terminal]:
        """Start `deployer WORDS PARAMS` at a terminal."""
        return at_terminal(self._command(kind, words), ROOT, self._variables())

    @contextmanager
    def without_terminal(self, kind: str, *words: str) -> Iterator[subprocess.Popen[str]]:
        """Start `deployer WORDS PARAMS` as a pipeline does; end it on the way out."""
        process = subprocess.Popen(
            self._command(kind, words),
            cwd=ROOT,
            env=self._variables(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=heed_ctrl_c,
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    def run(self, kind: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Return how `deployer WORDS PARAMS` ended in a pipeline."""
        with self.without_terminal(kind, *words) as process:
            out, err = process.communicate(timeout=90)
            return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def events(self) -> list[dict[str, Any]]:
        """Return what the event log holds by now, in whole lines."""
        path = self.folder / "build" / self.suffix / "events.jsonl"
        lines = path.read_text("utf-8").split("\n")[:-1] if path.exists() else []
        return [json.loads(line) for line in lines]

    def outcomes(self) -> list[str]:
        """Return how each roll-out that the event log knows has ended."""
        return [event["outcome"] for event in self.events() if event["event"] == "rollout_ended"]

    def operations(self) -> list[str]:
        """Return the StackSet's operations, oldest first, as `ACTION STATUS`."""
        newest = self.sets.client.list_stack_set_operations(StackSetName=self.set_name)["Summaries"]
        return [f"{one['Action']} {one['Status']}" for one in reversed(newest)]

    def _command(self, kind: str, words: tuple[str, ...]) -> list[str]:
        command, *options = words
        return [sys.executable, "-m", "tests.support.small_deployer", kind, command, str(self.params), *options]

    def _variables(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return kept | {"DEPLOYER_LOCAL_HOME": str(self.embedded.home), "NO_COLOR": "1", "TERM": "xterm"}


if __name__ == "__main__":
    main(sys.argv[2:], obj=Surroundings(rooms=SmallRooms(sys.argv[1])), prog_name="deployer")
