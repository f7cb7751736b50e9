"""`deployer roll-out`: from one parameter file to two Regions taking payments."""

from __future__ import annotations

from pathlib import Path

import click

from deployer.cli.consent import agree_to_roll_out
from deployer.cli.job import Job, refuse_blocked, turn_of
from deployer.cli.options import params_argument, reporting_options, without_undo_option
from deployer.cli.session import Session


@click.command("roll-out")
@params_argument
@click.option(
    "--plan", "plan_file", type=click.Path(path_type=Path), help="Perform exactly this plan of `plan --out`, or refuse when it is stale."
)
@click.option("--yes", is_flag=True, help="Do not ask; for CI.")
@click.option("--wait", is_flag=True, help="Wait for another roll-out of the same system to end, instead of exit 7.")
@without_undo_option
@reporting_options
@click.pass_obj
def roll_out(session: Session, params: Path, plan_file: Path | None, yes: bool, wait: bool, without_undo: bool) -> None:
    """Show the plan, ask, perform it, print the outputs.

    Run again, it goes on where it stopped, or finds nothing to do. A failure is undone (exit 5) where what stood was whole. Every event
    is kept in build/SUFFIX/events.jsonl.
    """
    job, turn = Job(session, params), turn_of(wait=wait)
    if plan_file is None:
        plan = job.plan_rollout(without_undo=without_undo, turn=turn)
    else:
        plan = job.plan_as_reviewed(plan_file, without_undo=without_undo, turn=turn)
    job.show_plan(plan)
    refuse_blocked(plan)
    if plan.steps_to_do:
        agree_to_roll_out(plan, session.asker, yes=yes)
        job.perform(plan)
    outputs = job.outputs()
    job.show_way_in()
    session.report.show(outputs)
