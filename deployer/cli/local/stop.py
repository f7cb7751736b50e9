"""`deployer local stop`."""

from __future__ import annotations

import click

from deployer.cli.options import reporting_options
from deployer.cli.session import Session


@click.command()
@reporting_options
@click.pass_obj
def stop(session: Session) -> None:
    """Stop it; everything in it goes."""
    stopped = session.rooms.stop_embedded()
    session.report.note("The embedded AWS has stopped." if stopped else "No embedded AWS runs in this folder.", stopped=stopped)
