"""`deployer local faults`."""

from __future__ import annotations

import click

from deployer.cli.embedded import require_running
from deployer.cli.options import reporting_options
from deployer.cli.session import Session


@click.command()
@reporting_options
@click.pass_obj
def faults(session: Session) -> None:
    """Show what is broken now."""
    from deployer.reporting.fault_list_view import FaultListView

    session.report.show(FaultListView(faults=session.rooms.active_faults(require_running(session))))
