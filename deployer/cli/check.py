"""`deployer check`: every mistake there is to find without AWS."""

from __future__ import annotations

from pathlib import Path

import click

from deployer.cli.job import Job
from deployer.cli.options import params_argument, reporting_options
from deployer.cli.session import Session


@click.command()
@params_argument
@reporting_options
@click.pass_obj
def check(session: Session, params: Path) -> None:
    """Find every mistake in PARAMS and the templates.

    Shows the failover arithmetic too. Asks nothing of AWS.
    """
    from deployer.params.failover import worst_case_move, worst_case_recovery
    from deployer.reporting.fact_views import CheckedView

    job = Job(session, params)
    remarks = job.lint(job.render())
    failover = job.environment.failover
    recovery, move = worst_case_recovery(failover), worst_case_move(failover)
    session.report.show(
        CheckedView(
            path=str(params),
            recovery_sentence=recovery.sentence,
            recovery_seconds=recovery.worst_case_seconds,
            recovery_seconds_max=failover.recovery_seconds_max,
            move_sentence=move.sentence,
            move_seconds=move.worst_case_seconds,
            findings=remarks,
        )
    )
