"""`deployer local lag`."""

from __future__ import annotations

import click

from deployer.cli.embedded import require_running
from deployer.cli.options import reporting_options
from deployer.cli.session import Session


@click.command()
@click.argument("seconds", type=float)
@click.option("--region", metavar="REGION", help="The Region whose writes take that long; all when none is named.")
@reporting_options
@click.pass_obj
def lag(session: Session, seconds: float, region: str | None) -> None:
    """Set how long writes of eventual global tables are under way.

    Writes that are under way already are meant too; strong tables have no lag.
    """
    session.rooms.set_lag(require_running(session), seconds, region)
    session.report.note(f"Writes of {region or 'every Region'} are under way for {seconds:g} s.", lag_seconds=seconds, region=region)
