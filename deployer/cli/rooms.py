"""The library's rooms as the commands see them: one function each, nothing imported before its first use.

That keeps `deployer --help` quick and lets everything but `target: local` work without the `local` extra. Tests put a class of
their own in its place. This is also the only place that decides how AWS is reached: the embedded AWS for `target: local`,
whatever boto3 finds by itself for `target: aws`.
"""

from __future__ import annotations

from dataclasses import asdict
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from deployer.vocabulary.errors import InputRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from deployer.aws.session import Aws, Observer
    from deployer.drill.failover_drill import Watcher
    from deployer.drill.history import DrillRecord
    from deployer.local.state import LocalState
    from deployer.outside.view import Outside
    from deployer.params.model import Environment
    from deployer.params.scenario import Scenario
    from deployer.planning.drift import DriftReport
    from deployer.planning.lint import Finding
    from deployer.planning.mending import Mending
    from deployer.planning.plan import RolloutPlan
    from deployer.planning.plan_file import PlanFile
    from deployer.planning.plan_origin import Origin
    from deployer.planning.preview import Preview
    from deployer.planning.survey import Survey
    from deployer.planning.traffic import Intent, Move, Traffic
    from deployer.rendering.rendered import Package, RenderedSystem
    from deployer.reporting.report import Report
    from deployer.rollout.holding import MoveResult
    from deployer.rollout.interruption import Choice
    from deployer.rollout.result import RolloutResult
    from deployer.vocabulary.clock import Clock
    from deployer.vocabulary.events import Listener

LOCAL_MODULES: Final = ("ministack", "hypercorn", "trustme", "cryptography")

# A roll-out waited for has at most so many operations of the longest kind before it: two waves, the global stack, two waves more.
OTHERS_OPERATIONS_MAX: Final = 5

_HURRIED_SURVEY_SECONDS_MAX: Final = 10.0


class Rooms:
    """The real rooms; each method is documented where it leads to. `observer` hears of every AWS call before it is made."""

    def __init__(self, observer: Observer | None = None) -> None:
        self._observer = observer

    def report(self, clock: Clock, *, json: bool) -> Report:
        """Return where words go: JSON lines for a program, words for a person."""
        from deployer.reporting.report import HumanReport, JsonReport

        return JsonReport(clock=clock) if json else HumanReport(clock=clock)

    def load(self, path: Path) -> Environment:
        """`params.load.load_environment`."""
        from deployer.params.load import load_environment

        return load_environment(path)

    def render(self, environment: Environment, *, source: Path, build: Path) -> RenderedSystem:
        """`rendering.render.render_system`."""
        from deployer.rendering.render import render_system

        return render_system(environment, source=source, build=build)

    def write_templates(self, system: RenderedSystem, folder: Path) -> tuple[Path, ...]:
        """`rendering.render.write_templates`."""
        from deployer.rendering.render import write_templates

        return write_templates(system, folder)

    def lint(self, system: RenderedSystem, regions: tuple[str, ...]) -> tuple[Finding, ...]:
        """`planning.lint.lint_system`."""
        from deployer.planning.lint import lint_system

        return lint_system(system, regions)

    def aws(self, environment: Environment) -> Aws:
        """Return AWS for this environment, the embedded one started when none runs."""
        from deployer.aws.session import Aws, AwsAccess

        units = environment.spares.organizational_units
        if environment.target == "aws":
            return Aws(AwsAccess(organizational_units=units), observer=self._observer)
        state = self.start_embedded((environment.primary.name, environment.secondary.name))
        access = AwsAccess(
            endpoint_url=state.endpoint,
            access_key_id=state.access_key_id,
            secret_access_key=state.secret_access_key,
            organizational_units=units,
        )
        return Aws(access, observer=self._observer)

    def survey(
        self, aws: Aws, environment: Environment, packages: tuple[Package, ...], *, count_buckets: bool, in_a_hurry: bool = False
    ) -> Survey:
        """`planning.survey_taking.take_survey`; in a hurry, a Region that does not answer ends it within seconds."""
        from deployer.planning.survey_taking import take_survey

        asked = aws.in_a_hurry(_HURRIED_SURVEY_SECONDS_MAX) if in_a_hurry else aws
        return take_survey(asked, environment, packages, count_buckets=count_buckets)

    def outputs(self, aws: Aws, environment: Environment) -> tuple[tuple[str, str], ...]:
        """`planning.outputs_taking.take_outputs`."""
        from deployer.planning.outputs_taking import take_outputs

        return take_outputs(aws, environment)

    def drift(self, aws: Aws, environment: Environment, survey: Survey, clock: Clock) -> DriftReport:
        """`planning.drift_taking.take_drift`."""
        from deployer.planning.drift_taking import take_drift

        return take_drift(aws, environment, survey, clock)

    def await_turn(
        self, aws: Aws, environment: Environment, system: RenderedSystem | None, clock: Clock, *, wait: bool, tell: Callable[[str], None]
    ) -> None:
        """`rollout.rollout_record.await_turn`, for as long as the other's operations may take; without a system any is another."""
        from deployer.aws.rollout_records import RecordPlace
        from deployer.planning.record_steps import content_digest
        from deployer.rollout.rollout_record import await_turn
        from deployer.vocabulary.names import name_of

        region = environment.home_region
        bucket = name_of("artifact bucket", suffix=environment.suffix, account_id=aws.account_id(region), region=region)
        place, content = RecordPlace(bucket=bucket, region=region), content_digest(environment, system) if system is not None else ""
        seconds_max = environment.rollout.operation_minutes_max * 60.0 * OTHERS_OPERATIONS_MAX if wait else 0.0
        await_turn(aws, place, content, clock, wait_seconds_max=seconds_max, tell=tell)

    def plan_mending(self, aws: Aws, environment: Environment, survey: Survey) -> Mending:
        """`planning.mending.plan_mending`, of what still stands of stacks that were never finished."""
        from deployer.aws.stack_mending import standing_resources
        from deployer.planning.mending import plan_mending, unfinished

        standing = {stack.stack_id: standing_resources(aws, stack.stack_id, stack.region) for stack in unfinished(survey)}
        return plan_mending(environment, survey, standing)

    def mend(self, mending: Mending, aws: Aws, listener: Listener, clock: Clock) -> None:
        """`rollout.mending.mend`."""
        from deployer.rollout.mending import mend

        mend(mending, aws, listener, clock)

    def plan_rollout(self, environment: Environment, system: RenderedSystem, survey: Survey, *, without_undo: bool = False) -> RolloutPlan:
        """`planning.planner.plan_rollout`."""
        from deployer.planning.planner import plan_rollout

        return plan_rollout(environment, system, survey, without_undo=without_undo)

    def plan_tear_down(self, environment: Environment, survey: Survey) -> RolloutPlan:
        """`planning.tear_down_planner.plan_tear_down`."""
        from deployer.planning.tear_down_planner import plan_tear_down

        return plan_tear_down(environment, survey)

    def preview(self, aws: Aws, plan: RolloutPlan, survey: Survey, clock: Clock, tell: Callable[[str], None]) -> Preview:
        """`planning.preview_taking.take_preview`."""
        from deployer.planning.preview_taking import take_preview

        return take_preview(aws, plan, survey, clock, tell)

    def plan_text(self, plan: RolloutPlan, preview: Preview | None = None, origin: Origin | None = None) -> str:
        """`planning.plan_file.plan_text`."""
        from deployer.planning.plan_file import plan_text

        return plan_text(plan, preview, origin)

    def read_plan_file(self, path: Path) -> PlanFile:
        """`planning.plan_file.read_plan_file`."""
        from deployer.planning.plan_file import read_plan_file

        return read_plan_file(path)

    def read_plan(self, path: Path) -> RolloutPlan:
        """`planning.plan_file.read_plan`."""
        from deployer.planning.plan_file import read_plan

        return read_plan(path)

    def perform(
        self, plan: RolloutPlan, aws: Aws, outside: Outside, listener: Listener, clock: Clock, *, on_interrupt: Callable[[], Choice]
    ) -> RolloutResult:
        """`rollout.runner.roll_out`."""
        from deployer.rollout.runner import roll_out

        return roll_out(plan, aws, listener, clock, outside=outside, on_interrupt=on_interrupt)

    def outside(self, environment: Environment) -> Outside:
        """Return where to look at this environment from as its callers do: the embedded AWS's names and edges, or the internet."""
        from deployer.outside.names import NameServer
        from deployer.outside.view import Outside

        if environment.target == "aws":
            return Outside()
        state = self.start_embedded((environment.primary.name, environment.secondary.name))
        address, _, port = (state.dns or "").rpartition(":")
        return Outside(
            name_servers=(NameServer(address=address, port=int(port)),) if address else (),
            edges={region: (place.rpartition(":")[0], int(place.rpartition(":")[2])) for region, place in state.edges.items()},
            ca_bundle=state.ca_bundle,
        )

    def traffic(self, aws: Aws, environment: Environment, outside: Outside) -> Traffic:
        """`planning.traffic_taking.take_traffic`."""
        from deployer.planning.traffic_taking import take_traffic

        return take_traffic(aws, environment, outside)

    def plan_move(self, intent: Intent, traffic: Traffic, environment: Environment) -> Move:
        """`planning.move_planner.plan_fail_over` or `plan_fail_back`."""
        from deployer.planning.move_planner import plan_fail_back, plan_fail_over

        return (plan_fail_over if intent == "fail-over" else plan_fail_back)(traffic, environment)

    def refuse_objections(self, move: Move, *, force: bool) -> None:
        """`rollout.holding.refuse_objections`."""
        from deployer.rollout.holding import refuse_objections

        refuse_objections(move, force=force)

    def perform_move(self, move: Move, aws: Aws, outside: Outside, listener: Listener, clock: Clock, *, reason: str) -> MoveResult:
        """`rollout.holding.perform_move`."""
        from deployer.rollout.holding import perform_move

        return perform_move(move, aws, outside, listener, clock, reason=reason)

    def drill(self, aws: Aws, environment: Environment, scenario: Scenario, watcher: Watcher, clock: Clock) -> DrillRecord:
        """`drill.failover_drill.run_drill`, on the embedded AWS of this folder or on AWS."""
        from deployer.drill.failover_drill import run_drill
        from deployer.drill.reach import hands_of, target_of

        state = self.running_embedded() if environment.target == "local" else None
        return run_drill(
            scenario,
            target_of(environment, self.api_key(aws, environment), state),
            hands_of(aws, environment, self.outside(environment), clock, state),
            environment=environment.suffix,
            consistency=environment.table.consistency.upper(),
            clock=clock,
            watcher=watcher,
        )

    def api_key(self, aws: Aws, environment: Environment) -> str:
        """Return the key that `x-api-key` has to carry, from the replicated secret."""
        from deployer.aws.secrets import read_secret_field
        from deployer.vocabulary.names import name_of

        name = name_of("secret", suffix=environment.suffix)
        return read_secret_field(aws, region=environment.primary.name, name=name, field="api_key")

    def start_embedded(self, regions: tuple[str, ...] | None = None) -> LocalState:
        """Return the embedded AWS of this folder, started when none runs; raises InputRefused without the `local` extra."""
        require_local_extra()
        from deployer.local import control

        return control.start(control.default_home(), regions or control.DEFAULT_REGIONS)

    def running_embedded(self) -> LocalState | None:
        """Return the embedded AWS of this folder if one runs."""
        from deployer.local import control

        return control.status(control.default_home())

    def stop_embedded(self) -> bool:
        """End the embedded AWS of this folder; tell whether one ran."""
        from deployer.local import control

        return control.stop(control.default_home())

    def rehearsal(self, time_scale: float) -> Rooms:
        """Return rooms with an embedded AWS of their own, gone for good when it is stopped."""
        from deployer.cli.rehearsal_rooms import RehearsalRooms

        return RehearsalRooms(time_scale)

    def shell_environment(self, state: LocalState) -> tuple[tuple[str, str], ...]:
        """`local.shell.shell_environment`."""
        from deployer.local.shell import shell_environment

        return shell_environment(state)

    def served_names(self, state: LocalState) -> tuple[str, ...]:
        """Return the custom domains that the embedded AWS serves now, sorted."""
        from deployer.local.shell import edge_of_each_domain

        return tuple(name for name, _ in edge_of_each_domain(state))

    def inert_resources(self, state: LocalState) -> tuple[dict[str, str], ...]:
        """`local.shell.inert_resources`."""
        from deployer.local.shell import inert_resources

        return inert_resources(state)

    def inject_fault(self, state: LocalState, record: dict[str, Any]) -> str:
        """`local.fault_control.inject`, of a fault as JSON holds it."""
        from deployer.local import fault_control
        from deployer.local.faults import fault_of

        return fault_control.inject(state, fault_of(record))

    def active_faults(self, state: LocalState) -> tuple[dict[str, Any], ...]:
        """`local.fault_control.active`, as JSON holds them."""
        from deployer.local import fault_control

        return tuple(fault.record() for fault in fault_control.active(state))

    def heal_fault(self, state: LocalState, fault_id: str | None) -> None:
        """`local.fault_control.heal`."""
        from deployer.local import fault_control

        fault_control.heal(state, fault_id)

    def replication(self, state: LocalState) -> dict[str, Any]:
        """`local.fault_control.replication`, as JSON holds it."""
        from deployer.local import fault_control

        return asdict(fault_control.replication(state))

    def set_lag(self, state: LocalState, seconds: float, region: str | None) -> None:
        """`local.fault_control.set_lag`."""
        from deployer.local import fault_control

        fault_control.set_lag(state, seconds, region)

    def log_lines(self, *, follow: bool) -> Iterator[str]:
        """`local.shell.log_lines`."""
        from deployer.local import control
        from deployer.local.shell import log_lines

        return log_lines(control.default_home(), follow)


def require_local_extra(modules: tuple[str, ...] = LOCAL_MODULES) -> None:
    """Return when the embedded AWS's modules are installed; raises InputRefused with the way to install them."""
    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        raise InputRefused(
            f"`target: local` needs the embedded AWS, and {', '.join(missing)} is not installed",
            hint="Run: pip install 'payment-deployer[local]' (in a clone: pip install -e '.[local]')",
        )
