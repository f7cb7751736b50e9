"""One environment's work, stage by stage: load, render, lint, survey, plan, perform; every command is a few of these.

Each stage tells the report that it began, so that nothing that takes seconds is silent.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from deployer.cli.consent import after_interrupt
from deployer.cli.embedded import way_in
from deployer.cli.lint_gate import lint_once
from deployer.cli.project import project_of
from deployer.vocabulary.errors import AwsRefused, InputRefused, Mistake, RolloutBusy

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.aws.session import Aws
    from deployer.cli.session import Session
    from deployer.outside.view import Outside
    from deployer.planning.plan import RolloutPlan
    from deployer.planning.survey import Survey
    from deployer.planning.traffic import Traffic
    from deployer.rendering.rendered import RenderedSystem
    from deployer.reporting.fact_views import OutputsView
    from deployer.reporting.standing import Standing

Turn = Literal["not asked", "refuse", "wait"]


class Job:
    """The work on one parameter file. Making one reads the file; raises InputRefused with every mistake in it."""

    def __init__(self, session: Session, params: Path) -> None:
        self._session, self._rooms, self.params = session, session.rooms, params
        self.environment = session.rooms.load(params)
        self.project = project_of(params)
        self.build = self.project.build_of(self.environment.suffix)

    def render(self) -> RenderedSystem:
        """Render the templates, build the packages, and leave the templates where a person can read them."""
        with self._session.report.stage("render", "rendering templates and building packages"):
            system = self._rooms.render(self.environment, source=self.project.root, build=self.project.build)
            self._rooms.write_templates(system, self.build)
        return system

    def lint(self, system: RenderedSystem) -> tuple[str, ...]:
        """Return cfn-lint's remarks on the templates; raises InputRefused when one of them is an error."""
        regions = (self.environment.primary.name, self.environment.secondary.name)
        with self._session.report.stage("lint", "checking templates with cfn-lint"):
            return lint_once(self._rooms, system, regions, self.build)

    def survey(self, system: RenderedSystem | None = None, *, count_buckets: bool = False, in_a_hurry: bool = False) -> Survey:
        """Look at what stands in AWS; with `system` also at which of its packages lie there already, and what buckets hold."""
        aws, packages = self.aws, system.packages if system else ()
        with self._session.report.stage("survey", "looking at what stands"):
            return self._rooms.survey(aws, self.environment, packages, count_buckets=count_buckets, in_a_hurry=in_a_hurry)

    def plan_rollout(self, *, without_undo: bool = False, turn: Turn = "not asked") -> RolloutPlan:
        """Render, lint and survey, and return the plan that follows from them.

        `turn` says what becomes of somebody else's roll-out: waited for, refused (RolloutBusy), or none of a plan's business.
        """
        system = self.render()
        self.lint(system)
        if turn != "not asked":
            aws, tell = self.aws, self._tell_whom_it_waits_for
            self._rooms.await_turn(aws, self.environment, system, self._session.clock, wait=turn == "wait", tell=tell)
        return self._rooms.plan_rollout(self.environment, system, self.survey(system), without_undo=without_undo)

    def _tell_whom_it_waits_for(self, whom: str) -> None:
        self._session.report.note(f"Waiting for another roll-out: {whom}", waiting_for=whom)

    def plan_tear_down(self) -> RolloutPlan:
        """Survey, and return the plan that takes everything down."""
        return self._rooms.plan_tear_down(self.environment, self.survey(count_buckets=True))

    def perform(self, plan: RolloutPlan) -> None:
        """Perform the plan with its progress shown, and logged to `events.jsonl` in the build folder; show what outlived it."""
        from deployer.reporting.event_log import both, logged_to
        from deployer.reporting.fact_views import RetainedView

        with logged_to(self.build / "events.jsonl") as log, self._session.report.performing(plan) as shown:
            result = self._rooms.perform(
                plan,
                self.aws,
                self.outside,
                both(log, shown),
                self._session.clock,
                on_interrupt=lambda: after_interrupt(self._session.asker),
            )
        if result.retained:
            kept = ((resource.resource_type, resource.physical_id, resource.region) for resource in result.retained)
            self._session.report.show(RetainedView(resources=tuple(kept)))

    def plan_as_reviewed(self, plan_file: Path, *, without_undo: bool = False, turn: Turn = "not asked") -> RolloutPlan:
        """Return the plan that was written to `plan_file`; raises InputRefused when a plan made now would be another.

        Where the packages lie on this machine is no difference: a plan is reviewed in one checkout and performed in another.
        """
        reviewed, now = self._rooms.read_plan(plan_file), self.plan_rollout(without_undo=without_undo, turn=turn)
        if without_paths(reviewed) != without_paths(now):
            raise InputRefused(
                f"{plan_file} is stale: what it was made from has moved",
                hint=f"Run `deployer plan {self.params} --out {plan_file}`, review it, then roll out again.",
            )
        return now

    def render_files(self) -> tuple[tuple[str, str], ...]:
        """Render, and return (path, SHA-256) of every template written."""
        system = self.render()
        templates = (system.bootstrap, system.regional, system.global_)
        return tuple((str(self.build / f"{template.kind}.yaml"), template.digest) for template in templates)

    def show_plan(self, plan: RolloutPlan, form: str = "table") -> None:
        """Show the plan: `table` for a person, `json` or `markdown` as a text of its own."""
        from deployer.reporting.plan_markdown import plan_markdown
        from deployer.reporting.plan_view import PlanView

        match form:
            case "json":
                self._session.report.text(self._rooms.plan_text(plan))
            case "markdown":
                self._session.report.text(plan_markdown(plan))
            case _:
                self._session.report.show(PlanView(plan=plan))

    def outputs(self) -> OutputsView:
        """Return the outputs as they are in AWS now; raises InputRefused when nothing is deployed."""
        from deployer.reporting.fact_views import OutputsView
        from deployer.reporting.outputs import outputs_of

        outputs = outputs_of(self.survey())
        if not outputs:
            raise InputRefused(
                f"{self.environment.suffix} is not deployed, so it has no outputs", hint=f"Run `deployer roll-out {self.params}`."
            )
        return OutputsView(outputs=outputs)

    def show_way_in(self) -> None:
        """Say how to talk to an embedded system; a real one needs no telling."""
        if self.environment.target == "local":
            line = way_in(f"api.{self.environment.zone.name}")
            self._session.report.note(f"Talk to it: {line}", command=line)

    def show_standing(self) -> Standing:
        """Show what stands and where traffic goes; return what stands. Raises AwsRefused, traffic shown all the same."""
        from deployer.reporting.standing import judge_standing
        from deployer.reporting.status_view import StatusView
        from deployer.reporting.traffic_view import TrafficView

        traffic = self.traffic()
        try:
            survey = self.survey(in_a_hurry=True)
        except AwsRefused:
            # With a Region gone nobody can say what stands there, and everybody asks who takes payments.
            self._session.report.show(TrafficView(traffic=traffic))
            raise
        primary, secondary = self.environment.primary, self.environment.secondary
        standing = judge_standing(
            survey,
            suffix=self.environment.suffix,
            regions=((primary.name, primary.role), (secondary.name, secondary.role)),
            home_region=self.environment.home_region,
        )
        self._session.report.show(StatusView(standing=standing, traffic=None if standing.is_absent else traffic))
        return standing

    def traffic(self) -> Traffic:
        """Look at where traffic goes: the hold, the name servers, each Region's health."""
        aws, outside = self.aws, self.outside
        with self._session.report.stage("traffic", "looking at where traffic goes"):
            return self._rooms.traffic(aws, self.environment, outside)

    @cached_property
    def outside(self) -> Outside:
        """The environment as its callers see it."""
        return self._rooms.outside(self.environment)

    @cached_property
    def aws(self) -> Aws:
        """AWS as the environment's target says, the embedded one started when none runs."""
        if self.environment.target == "aws" or self._rooms.running_embedded():
            return self._rooms.aws(self.environment)
        with self._session.report.stage("local", "starting the embedded AWS"):
            return self._rooms.aws(self.environment)


def turn_of(*, wait: bool) -> Turn:
    """Return what a roll-out does about somebody else's."""
    return "wait" if wait else "refuse"


def refuse_blocked(plan: RolloutPlan) -> None:
    """Return when nothing stands in the plan's way; raises RolloutBusy when only other operations do, else InputRefused."""
    if not plan.blockers:
        return
    summary = f"This {plan.intent} of {plan.suffix} cannot be performed; nothing was changed"
    if all(blocker.is_busy for blocker in plan.blockers):
        blocker = plan.blockers[0]
        raise RolloutBusy(summary, blocker.summary, blocker.hint)
    mistakes = tuple(Mistake(place="in the way", sentence=f"{blocker.summary}. {blocker.hint}") for blocker in plan.blockers)
    raise InputRefused(summary, mistakes, "Remove what is in the way, then run the same command.")


def without_paths(plan: RolloutPlan) -> RolloutPlan:
    """Return the plan without what depends on the folder it was made in."""
    from deployer.planning.plan import ArtifactUpload

    steps = (replace(step, path="") if isinstance(step, ArtifactUpload) else step for step in plan.steps)
    return replace(plan, plan_id="", steps=tuple(steps))
