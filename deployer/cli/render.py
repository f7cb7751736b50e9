"""`deployer render`: the templates as AWS will see them."""

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
def render(session: Session, params: Path) -> None:
    """Write the finished templates to build/SUFFIX.

    The same input gives the same bytes.
    """
    from deployer.reporting.fact_views import FilesView

    session.report.show(FilesView(files=Job(session, params).render_files()))
