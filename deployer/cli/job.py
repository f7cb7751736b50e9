"""One environment's work, stage by stage: load, render, lint, survey, plan, perform; every command is a few of these.

Each stage tells the report that it began, so that nothing that takes seconds is silent.
"""

from __future__ import annotations

from dataclasses import dataclass
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
    from deployer.planning.plan_origin import Origin
    from deployer.planning.preview import Preview
    from deployer.planning.survey import Survey
    from deployer.planning.traffic import Traffic
    from deployer.rendering.rendered import RenderedSystem
    from deployer.reporting.fact_views import OutputsView
    from deployer.reporting.standing import Standing

Turn = Literal["not asked", "refuse", "wait"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A roll-out that was planned: what is performed, what it does to every resource, and what it was made from."""

    plan: RolloutPlan
    preview: Preview
    origin: Origin


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
        regions = (self.environment.primary.name, self.environment.secondary.name, *self.environment.spares.region_names)
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
        system, survey = self._gathered(turn)
        return self._rooms.plan_rollout(self.environment, system, survey, without_undo=without_undo)

    def plan_and_preview(self, *, may_go: tuple[str, ...] = (), without_undo: bool = False, turn: Turn = "not asked") -> Planned:
        """Return the plan as `plan_rollout` does, and what it would do to every resource; `may_go` are the stateful ones that may give way.

        What would be replaced or removed otherwise is in the plan's way. Raises InputRefused for a name in `may_go` that stays anyway.
        """
        from deployer.planning.plan_origin import origin_of
        from deployer.planning.stateful import judged

        system, survey = self._gathered(turn)
        plan, aws = self._rooms.plan_rollout(self.environment, system, survey, without_undo=without_undo), self.aws
        with self._session.report.stage("preview", "asking CloudFormation what would change"):
            preview = self._rooms.preview(aws, plan, survey, self._session.clock, self._session.report.note)
        return Planned(plan=judged(plan, preview, may_go), preview=preview, origin=origin_of(self.environment, system, survey))

    def _gathered(self, turn: Turn) -> tuple[RenderedSystem, Survey]:
        system = self.render()
        self.lint(system)
        if turn != "not asked":
            aws, tell = self.aws, self._tell_whom_it_waits_for
            self._rooms.await_turn(aws, self.environment, system, self._session.clock, wait=turn == "wait", tell=tell)
        return system, self.survey(system)

    def _tell_whom_it_waits_for(self, whom: str) -> None:
        self._session.report.note(f"Waiting for another roll-out: {whom}", waiting_for=whom)

    def plan_tear_down(self) -> RolloutPlan:
        """Survey, and return the plan that takes everything down; raises RolloutBusy while somebody is rolling out."""
        aws = self.aws
        self._rooms.await_turn(aws, self.environment, None, self._session.clock, wait=False, tell=self._tell_whom_it_waits_for)
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
                on_interrupt=lambda: after_interrupt(self._session.asker, may_ask=not self._session.told_to_end.is_set()),
            )
        if result.retained:
            kept = ((resource.resource_type, resource.physical_id, resource.region) for resource in result.retained)
            self._session.report.show(RetainedView(resources=tuple(kept)))

    def plan_as_reviewed(
        self, plan_file: Path, *, without_undo: bool = False, turn: Turn = "not asked"
    ) -> tuple[RolloutPlan, Preview | None]:
        """Return the plan that was written to `plan_file`, and its preview; raises InputRefused with all that has moved since.

        Where the packages lie on this machine is no difference: a plan is reviewed in one checkout and performed in another. What stands
        may have moved by this roll-out itself, when it began and did not end.
        """
        from deployer.planning.plan_origin import is_own_roll_out, moved, origin_of, other_steps

        reviewed = self._rooms.read_plan_file(plan_file)
        refuse_blocked(reviewed.plan)
        system, survey = self._gathered(turn)
        now = self._rooms.plan_rollout(self.environment, system, survey, without_undo=without_undo)
        is_own, origin = is_own_roll_out(reviewed.plan, survey), origin_of(self.environment, system, survey)
        said = moved(reviewed.origin, origin, is_own_roll_out=is_own) if reviewed.origin else ()
        if not said and not is_own:
            said = other_steps(reviewed.plan, now)
        if said:
            raise InputRefused(
                f"{plan_file} is stale: what it was made from has moved",
                tuple(Mistake(place="moved", sentence=sentence) for sentence in said),
                f"Run `deployer plan {self.params} --out {plan_file}`, review it, then roll out again.",
            )
        return now, None if is_own else reviewed.preview

    def render_files(self) -> tuple[tuple[str, str], ...]:
        """Render, and return (path, SHA-256) of every template written."""
        system = self.render()
        templates = (system.bootstrap, system.regional, system.global_)
        return tuple((str(self.build / f"{template.kind}.yaml"), template.digest) for template in templates)

    def show_plan(self, plan: RolloutPlan, preview: Preview | None = None) -> None:
        """Show the plan, and what it would do to every resource."""
        from deployer.reporting.plan_view import PlanView
        from deployer.reporting.preview_view import PreviewView

        self._session.report.show(PlanView(plan=plan, matrix_follows=preview is not None))
        if preview is not None:
            self._session.report.show(PreviewView(preview=preview))

    def show_planned(self, planned: Planned, form: str) -> None:
        """Show what was planned: `table` for a person, `json` or `markdown` as a text of its own."""
        from deployer.reporting.preview_markdown import comment_markdown

        match form:
            case "json":
                self._session.report.text(self.plan_text(planned))
            case "markdown":
                self._session.report.text(comment_markdown(planned.plan, planned.preview))
            case _:
                self.show_plan(planned.plan, planned.preview)

    def plan_text(self, planned: Planned) -> str:
        """Return what was planned as a plan file's text."""
        return self._rooms.plan_text(planned.plan, planned.preview, planned.origin)

    def outputs(self) -> OutputsView:
        """Return the outputs as they are in AWS now; raises InputRefused when nothing is deployed."""
        from deployer.reporting.fact_views import OutputsView
        from deployer.reporting.outputs import promised_outputs

        aws = self.aws
        with self._session.report.stage("outputs", "reading the outputs"):
            outputs = promised_outputs(self._rooms.outputs(aws, self.environment))
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
