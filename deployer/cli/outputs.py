"""`deployer outputs`: where the system answers."""

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
def outputs(session: Session, params: Path) -> None:
    """Print where the system answers."""
    session.report.show(Job(session, params).outputs())
