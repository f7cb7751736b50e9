"""`deployer local status`."""

from __future__ import annotations

import click

from deployer.cli.options import reporting_options
from deployer.cli.session import Session


@click.command()
@reporting_options
@click.pass_obj
def status(session: Session) -> None:
    """Show how to reach it, and what it only records.

    A resource that is only recorded was checked against its schema and has no behaviour.
    """
    from deployer.cli.embedded import embedded_view
    from deployer.reporting.embedded_view import NoEmbeddedView

    state = session.rooms.running_embedded()
    session.report.show(NoEmbeddedView() if state is None else embedded_view(session, state))
