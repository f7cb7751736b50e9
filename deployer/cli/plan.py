"""`deployer plan`: what a roll-out would change, and nothing changed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from deployer.cli.job import Job, refuse_blocked
from deployer.cli.options import params_argument, reporting_options, without_undo_option
from deployer.cli.session import Session

EXIT_CHANGES: Final = 10


@click.command()
@params_argument
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Keep the plan in this file for `roll-out --plan`.")
@click.option("--format", "form", type=click.Choice(["table", "json", "markdown"]), default="table", help="How to show it.")
@click.option("--exit-code", is_flag=True, help="Exit 10 when there is something to do.")
@without_undo_option
@reporting_options
@click.pass_obj
def plan(session: Session, params: Path, out: Path | None, form: str, exit_code: bool, without_undo: bool) -> int:
    """Show what a roll-out would change, and change nothing."""
    job = Job(session, params)
    made = job.plan_rollout(without_undo=without_undo)
    job.show_plan(made, form)
    if out is not None:
        out.write_text(session.rooms.plan_text(made), encoding="utf-8")
    refuse_blocked(made)
    return EXIT_CHANGES if exit_code and made.steps_to_do else 0
