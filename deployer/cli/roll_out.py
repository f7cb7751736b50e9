"""`deployer roll-out`: from one parameter file to two Regions taking payments."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from deployer.cli.consent import agree_to_roll_out
from deployer.cli.job import Job, refuse_blocked, turn_of
from deployer.cli.options import params_argument, replace_option, reporting_options, without_undo_option
from deployer.cli.session import Session

if TYPE_CHECKING:
    from deployer.planning.preview import Preview


@click.command("roll-out")
@params_argument
@click.option(
    "--plan", "plan_file", type=click.Path(path_type=Path), help="Perform exactly this plan of `plan --out`, or refuse when it is stale."
)
@click.option("--yes", is_flag=True, help="Do not ask; for CI.")
@click.option("--wait", is_flag=True, help="Wait for another roll-out of the same system to end, instead of exit 7.")
@replace_option
@without_undo_option
@reporting_options
@click.pass_obj
def roll_out(
    session: Session, params: Path, plan_file: Path | None, yes: bool, wait: bool, may_go: tuple[str, ...], without_undo: bool
) -> None:
    """Show the plan, ask, perform it, print the outputs.

    Run again, it goes on where it stopped, or finds nothing to do. A failure is undone (exit 5) where what stood was whole. Every event
    is kept in build/SUFFIX/events.jsonl.
    """
    job, turn = Job(session, params), turn_of(wait=wait)
    preview: Preview | None
    if plan_file is None:
        planned = job.plan_and_preview(may_go=may_go, without_undo=without_undo, turn=turn)
        plan, preview = planned.plan, planned.preview
    else:
        if may_go:
            raise click.UsageError("--replace belongs to `deployer plan`: what may go stands in the plan that was reviewed.")
        plan, preview = job.plan_as_reviewed(plan_file, without_undo=without_undo, turn=turn)
    job.show_plan(plan, preview)
    refuse_blocked(plan)
    if plan.steps_to_do:
        agree_to_roll_out(plan, session.asker, yes=yes)
        job.perform(plan)
    outputs = job.outputs()
    job.show_way_in()
    session.report.show(outputs)
