"""A command line for tests: the real commands with rooms that answer from memory, a person who says what a test lets them say."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from deployer.cli import main
from deployer.cli.rooms import Rooms
from deployer.cli.session import Surroundings
from deployer.local.state import LocalState
from deployer.planning.drift import DriftReport
from deployer.planning.lint import Finding
from deployer.planning.mending import Mending
from deployer.planning.plan import RolloutPlan
from deployer.planning.preview import Preview
from deployer.planning.survey import Survey
from deployer.planning.traffic import Move, Traffic
from deployer.rendering.rendered import RenderedSystem, RenderedTemplate
from deployer.rollout.holding import MoveResult
from deployer.rollout.result import RetainedResource, RolloutResult
from deployer.vocabulary.clock import Clock
from deployer.vocabulary.errors import DeployerError
from deployer.vocabulary.events import Listener, RolloutEnded, RolloutStarted, TrafficMoved
from tests.support.drift import a_report
from tests.support.mending import a_mending
from tests.support.plans import ACCOUNT_ID, AT, a_plan, a_survey
from tests.support.traffic import a_traffic

INERT = {"logical_id": "WebAcl", "type": "AWS::WAFv2::WebACL", "stack": "s", "region": "us-east-1", "physical_id": "acl"}
PARAMS = Path(__file__).parents[2] / "params" / "local.yaml"


class StillClock:
    """A clock that stands at one moment and sleeps in no time."""

    def now(self) -> datetime:
        """Return the same moment, always."""
        return datetime.fromisoformat(AT).astimezone(UTC)

    def monotonic_seconds(self) -> float:
        """Return the same second, always."""
        return 0.0

    def sleep(self, seconds: float) -> None:
        """Return at once."""


@dataclass(slots=True)
class FakeAsker:
    """A person with prepared answers, or nobody; keeps the questions."""

    answers: list[str | bool] = field(default_factory=list)
    is_there: bool = False
    questions: list[str] = field(default_factory=list)

    def yes(self, question: str) -> bool:
        """Return the next answer."""
        self.questions.append(question)
        return bool(self.answers.pop(0))

    def typed(self, question: str) -> str:
        """Return the next answer."""
        self.questions.append(question)
        return str(self.answers.pop(0))


class FakeRooms(Rooms):
    """Rooms that answer what a test puts there, and keep what was asked of them in `asked`."""

    def __init__(
        self,
        *,
        plan: RolloutPlan | None = None,
        survey: Survey | None = None,
        findings: tuple[Finding, ...] = (),
        fails_with: Exception | None = None,
        retained: tuple[RetainedResource, ...] = (),
        embedded: LocalState | None = None,
        bodies: str = "Resources: {}\n",
        traffic: Traffic | None = None,
        preview: Preview | None = None,
    ) -> None:
        self.previewed = preview or Preview(columns=(), rows=(), words=())
        self.plan, self.standing, self.findings, self.fails_with = plan or a_plan(), survey or a_survey(), findings, fails_with
        self.retained, self.embedded, self.bodies = retained, embedded, bodies
        self.where_traffic_goes = traffic or a_traffic()
        self.drift_found = a_report()
        self.mending = a_mending()
        self.asked: list[str] = []
        self.reasons: list[str] = []
        self.faults: tuple[dict[str, Any], ...] = ()
        self.lag_seconds = 0.5

    def render(self, environment: Any, *, source: Path, build: Path) -> RenderedSystem:
        """Return three templates with the same small body."""
        self.asked.append("render")
        kinds: tuple[Any, ...] = ("bootstrap", "regional", "global")
        bootstrap, regional, global_ = (RenderedTemplate(kind=kind, body=self.bodies, parameters=()) for kind in kinds)
        return RenderedSystem(bootstrap=bootstrap, regional=regional, global_=global_, packages=())

    def lint(self, system: RenderedSystem, regions: tuple[str, ...]) -> tuple[Finding, ...]:
        """Return the prepared findings."""
        self.asked.append("lint")
        return self.findings

    def aws(self, environment: Any) -> Any:
        """Return nothing that could be called."""
        self.asked.append("aws")
        return None

    def survey(self, aws: Any, environment: Any, packages: Any, *, count_buckets: bool, in_a_hurry: bool = False) -> Survey:
        """Return the prepared survey, or fail as prepared when there is no time."""
        self.asked.append("survey")
        if in_a_hurry and self.fails_with:
            raise self.fails_with
        return self.standing

    def outputs(self, aws: Any, environment: Any) -> tuple[tuple[str, str], ...]:
        """Return those of the prepared survey."""
        self.asked.append("outputs")
        return self.standing.global_.outputs if self.standing.global_ else ()

    def drift(self, aws: Any, environment: Any, survey: Any, clock: Clock) -> DriftReport:
        """Return the prepared drift."""
        self.asked.append("drift")
        return self.drift_found

    def await_turn(self, aws: Any, environment: Any, system: Any, clock: Clock, *, wait: bool, tell: Callable[[str], None]) -> None:
        """Have the turn at once."""
        self.asked.append("wait for the turn" if wait else "look for the turn")

    def plan_mending(self, aws: Any, environment: Any, survey: Any) -> Mending:
        """Return the prepared mending."""
        return self.mending

    def mend(self, mending: Mending, aws: Any, listener: Listener, clock: Clock) -> None:
        """Keep that it was asked for."""
        self.asked.append("mend")

    def plan_rollout(self, environment: Any, system: Any, survey: Any, *, without_undo: bool = False) -> RolloutPlan:
        """Return the prepared plan."""
        if without_undo:
            self.asked.append("plan without undo")
        return self.plan

    def preview(self, aws: Any, plan: RolloutPlan, survey: Survey, clock: Clock, tell: Callable[[str], None]) -> Preview:
        """Return the prepared preview."""
        self.asked.append("preview")
        return self.previewed

    def plan_tear_down(self, environment: Any, survey: Any) -> RolloutPlan:
        """Return the prepared plan."""
        return self.plan

    def perform(
        self, plan: RolloutPlan, aws: Any, outside: Any, listener: Listener, clock: Clock, *, on_interrupt: Callable[[], Any]
    ) -> RolloutResult:
        """Tell that it began and ended, or fail as prepared."""
        self.asked.append("perform")
        listener(RolloutStarted(at=AT, plan_id=plan.plan_id, suffix=plan.suffix, intent=plan.intent, steps_count=len(plan.steps_to_do)))
        if self.fails_with:
            raise self.fails_with
        listener(RolloutEnded(at=AT, plan_id=plan.plan_id, intent=plan.intent, outcome="done", took_seconds=1.5))
        return RolloutResult(plan_id=plan.plan_id, outcome="done", took_seconds=1.5, retained=self.retained)

    def outside(self, environment: Any) -> Any:
        """Return nothing that could be looked at."""
        return None

    def traffic(self, aws: Any, environment: Any, outside: Any) -> Traffic:
        """Return the prepared traffic."""
        self.asked.append("traffic")
        return self.where_traffic_goes

    def perform_move(self, move: Move, aws: Any, outside: Any, listener: Listener, clock: Clock, *, reason: str) -> MoveResult:
        """Tell that traffic moved, or fail as prepared."""
        self.asked.append(f"perform {move.intent}")
        self.reasons.append(reason)
        if self.fails_with:
            raise self.fails_with
        listener(TrafficMoved(at=AT, name=move.name, region=move.region, took_seconds=17.5))
        return MoveResult(move=move, outcome="done", hold=None, answers=(), took_seconds=17.5)

    def api_key(self, aws: Any, environment: Any) -> str:
        """Return a key."""
        return "key-1"

    def start_embedded(self, regions: tuple[str, ...] | None = None) -> LocalState:
        """Return an embedded AWS that runs from now on."""
        self.asked.append("start")
        self.embedded = an_embedded()
        return self.embedded

    def running_embedded(self) -> LocalState | None:
        """Return the embedded AWS if one was prepared or started."""
        return self.embedded

    def stop_embedded(self) -> bool:
        """Forget the embedded AWS."""
        ran, self.embedded = self.embedded is not None, None
        return ran

    def shell_environment(self, state: LocalState) -> tuple[tuple[str, str], ...]:
        """Return two variables, one of which needs quotes in a shell."""
        return (("AWS_ENDPOINT_URL", state.endpoint), ("CURL_HOME", "/a folder/home"))

    def served_names(self, state: LocalState) -> tuple[str, ...]:
        """Return the names of one system."""
        return ("api.pay.example.test", "us-east-1.api.pay.example.test", "us-east-2.api.pay.example.test")

    def inert_resources(self, state: LocalState) -> tuple[dict[str, str], ...]:
        """Return one resource without behaviour."""
        return (INERT,)

    def inject_fault(self, state: LocalState, record: dict[str, Any]) -> str:
        """Keep a fault."""
        self.faults = (*self.faults, {**record, "fault_id": f"fault-{len(self.faults) + 1}"})
        return str(self.faults[-1]["fault_id"])

    def active_faults(self, state: LocalState) -> tuple[dict[str, Any], ...]:
        """Return the faults that were kept."""
        return self.faults

    def heal_fault(self, state: LocalState, fault_id: str | None) -> None:
        """Forget a fault, or all."""
        self.faults = tuple(fault for fault in self.faults if fault_id not in (None, fault["fault_id"]))

    def replication(self, state: LocalState) -> dict[str, Any]:
        """Return the lag that was set."""
        return {"lag_seconds": (("us-east-1", self.lag_seconds),), "write_conflict_rate": 0.0, "backlogs": (), "behind": ()}

    def set_lag(self, state: LocalState, seconds: float, region: str | None) -> None:
        """Keep the lag."""
        self.lag_seconds = seconds

    def log_lines(self, *, follow: bool) -> Iterator[str]:
        """Yield two lines."""
        yield from ("first line", "second line")


def an_embedded() -> LocalState:
    """Return the state of an embedded AWS that nobody started."""
    return LocalState(
        home="/home/.deployer/local",
        pid=4321,
        endpoint="http://127.0.0.1:4566",
        account_id=ACCOUNT_ID,
        access_key_id="AKIAEXAMPLE",
        secret_access_key="not shown",
        ca_bundle="/home/.deployer/local/ca.pem",
        edges={"us-east-1": "127.0.1.1:8443", "us-east-2": "127.0.2.1:8443"},
        dns="127.0.0.1:5300",
        started_at=AT,
    )


@dataclass(frozen=True, slots=True)
class CommandLine:
    """Runs commands in a folder of their own."""

    folder: Path

    def run(self, *words: object, rooms: Rooms | None = None, asker: FakeAsker | None = None) -> Result:
        """Return how `deployer WORDS` ended: exit_code, stdout, stderr."""
        surroundings = Surroundings(rooms=rooms or FakeRooms(), asker=asker or FakeAsker(), clock=StillClock())
        return CliRunner(env={"NO_COLOR": "1"}).invoke(main, [str(word) for word in words], obj=surroundings, prog_name="deployer")

    @property
    def params(self) -> Path:
        """Return a sound parameter file whose project is the folder."""
        path = self.folder / "params" / "local.yaml"
        if not path.exists():
            (self.folder / "templates").mkdir()
            path.parent.mkdir()
            path.write_text(PARAMS.read_text())
        return path


def records(result: Result) -> list[dict[str, Any]]:
    """Return standard output as records; fails when a line of it is not JSON."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def refused() -> DeployerError:
    """Return an error with all three parts."""
    return DeployerError("It did not work", "because of that", "Do this instead.")
