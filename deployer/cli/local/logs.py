"""`deployer local logs`."""

from __future__ import annotations

import click

from deployer.cli.options import reporting_options
from deployer.cli.session import Session


@click.command()
@click.option("--follow", "-f", is_flag=True, help="Go on with new lines until Ctrl-C.")
@reporting_options
@click.pass_obj
def logs(session: Session, follow: bool) -> None:
    """Print its log, that of the last run when it has stopped."""
    for line in session.rooms.log_lines(follow=follow):
        session.report.text(line)
