"""`deployer plan`: what a roll-out would change, and nothing changed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from deployer.cli.job import Job, refuse_blocked
from deployer.cli.options import params_argument, replace_option, reporting_options, without_undo_option
from deployer.cli.session import Session

EXIT_CHANGES: Final = 10


@click.command()
@params_argument
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Keep the plan in this file for `roll-out --plan`.")
@click.option("--format", "form", type=click.Choice(["table", "json", "markdown"]), default="table", help="How to show it.")
@click.option("--exit-code", is_flag=True, help="Exit 10 when there is something to do.")
@replace_option
@without_undo_option
@reporting_options
@click.pass_obj
def plan(session: Session, params: Path, out: Path | None, form: str, exit_code: bool, may_go: tuple[str, ...], without_undo: bool) -> int:
    """Show what a roll-out would change, resource by resource in each Region, and change nothing."""
    job = Job(session, params)
    planned = job.plan_and_preview(may_go=may_go, without_undo=without_undo)
    job.show_planned(planned, form)
    if out is not None:
        out.write_text(job.plan_text(planned), encoding="utf-8")
    refuse_blocked(planned.plan)
    return EXIT_CHANGES if exit_code and planned.plan.steps_to_do else 0
