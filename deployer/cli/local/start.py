"""`deployer local start`."""

from __future__ import annotations

from pathlib import Path

import click

from deployer.cli.options import reporting_options
from deployer.cli.session import Session


@click.command()
@click.argument("params", metavar="[PARAMS]", required=False, type=click.Path(path_type=Path))
@reporting_options
@click.pass_obj
def start(session: Session, params: Path | None) -> None:
    """Start it, for the Regions of PARAMS when given."""
    from deployer.cli.embedded import embedded_view

    environment = session.rooms.load(params) if params else None
    regions = (environment.primary.name, environment.secondary.name) if environment else None
    with session.report.stage("local", "starting the embedded AWS"):
        state = session.rooms.start_embedded(regions)
    session.report.show(embedded_view(session, state))
