"""`deployer rehearse`: everything up from nothing, rolled out, drilled, and all down again: the gate before a real roll-out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from deployer.cli.drill import DRILLS, USUAL, every_scenario
from deployer.cli.drilling import EXIT_LOST, drill_all
from deployer.cli.job import Job, refuse_blocked
from deployer.cli.options import params_argument, reporting_options
from deployer.cli.rehearsal_rooms import left_out
from deployer.cli.rooms import require_local_extra
from deployer.cli.session import Session
from deployer.vocabulary.errors import DeployerError, InputRefused

if TYPE_CHECKING:
    from deployer.params.scenario import Scenario
    from deployer.planning.plan import RolloutPlan
    from deployer.rendering.rendered import RenderedSystem

REHEARSAL: Final = "rehearsal"


@click.command()
@params_argument
@click.option(
    "--plan", "plan_file", type=click.Path(path_type=Path), help="A plan of `plan --out`: refuse when its templates are others by now."
)
@click.option("--scenario", "words", multiple=True, metavar="NAME|FILE", help="What to drill; may be given more than once.")
@click.option("--every-scenario", "every", is_flag=True, help="Drill every scenario of drills/ that needs no people.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder of the reports; else build/SUFFIX/rehearsal.")
@click.option(
    "--time-scale",
    type=click.FloatRange(1, 5),
    default=1.0,
    show_default=True,
    help="How many times faster the seconds of checks, TTLs and canaries pass.",
)
@reporting_options
@click.pass_obj
def rehearse(
    session: Session, params: Path, plan_file: Path | None, words: tuple[str, ...], every: bool, out: Path | None, time_scale: float
) -> int:
    """Roll PARAMS out to an embedded AWS of its own, drill it there, and take all down.

    Touches neither AWS nor an embedded AWS that runs already. Exits 0 when everything held, 9 when a drill broke a limit, 4 when the
    roll-out failed.
    """
    from deployer.params.scenario_load import load_scenario

    require_local_extra()
    require_local_extra(("aiohttp", "dns", "plotly"))
    asked = Job(session, params)
    folder = asked.project.root / DRILLS
    usual = () if every else (USUAL["local"],)
    scenarios = (*(every_scenario(folder) if every else ()), *(load_scenario(word, folder) for word in words or usual))
    if plan_file is not None:
        _refuse_other_templates(session.rooms.read_plan(plan_file), asked.render(), plan_file)
    for place in left_out(asked.environment):
        session.report.note(f"{place} names what only the account has; rehearsed without it", left_out=place)
    rooms = session.rooms.rehearsal(time_scale)
    try:
        return _rehearse(replace(session, rooms=rooms), params, scenarios, out)
    finally:
        with session.report.stage("local", "taking the rehearsal's AWS down"):
            rooms.stop_embedded()


def _rehearse(session: Session, params: Path, scenarios: tuple[Scenario, ...], out: Path | None) -> int:
    job = Job(session, params)
    # Beside what was rendered for the real target, never over it.
    job.build = job.build / REHEARSAL
    plan = job.plan_rollout()
    refuse_blocked(plan)
    job.perform(plan)
    again = job.plan_rollout()
    if again.steps_to_do:
        raise DeployerError(
            "What was rolled out is not what was planned",
            "; ".join(f"{step.title}: {step.reason}" for step in again.steps_to_do),
            "A second roll-out would change it again and again: find what the plan reads otherwise than it wrote.",
        )
    return 0 if drill_all(session, job, scenarios, out or job.build) else EXIT_LOST


def _refuse_other_templates(reviewed: RolloutPlan, system: RenderedSystem, plan_file: Path) -> None:
    """Return when the plan carries the bodies that are rendered now; raises InputRefused with the ones that it does not."""
    carried = {digest for digest, _ in reviewed.templates}
    other = [template.kind for template in (system.bootstrap, system.regional, system.global_) if template.digest not in carried]
    if other:
        raise InputRefused(
            f"{plan_file} is stale: {' and '.join(other)} {'is' if len(other) == 1 else 'are'} rendered otherwise by now",
            hint="Plan again and have it reviewed; a rehearsal of other templates would prove nothing about it.",
        )
