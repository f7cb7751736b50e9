"""`deployer tear-down`: everything gone, after the person has typed what goes."""

from __future__ import annotations

from pathlib import Path

import click

from deployer.cli.consent import agree_to_tear_down
from deployer.cli.job import Job, refuse_blocked
from deployer.cli.options import params_argument, reporting_options
from deployer.cli.session import Session


@click.command("tear-down")
@params_argument
@click.option("--confirm", metavar="SUFFIX", help="The environment's suffix, typed here instead of when asked.")
@click.option(
    "--empty-bucket",
    "empty_buckets",
    metavar="NAME",
    multiple=True,
    help="A bucket whose every object version may be deleted; once for each bucket.",
)
@reporting_options
@click.pass_obj
def tear_down(session: Session, params: Path, confirm: str | None, empty_buckets: tuple[str, ...]) -> None:
    """Take everything down, after what goes was named.

    Asks for the suffix and for the name of each bucket that is not empty. Without a terminal both stand on the command line.
    """
    job = Job(session, params)
    plan = job.plan_tear_down()
    job.show_plan(plan)
    refuse_blocked(plan)
    if plan.steps_to_do:
        agree_to_tear_down(plan, session.asker, confirm=confirm, empty_buckets=empty_buckets)
        job.perform(plan)
