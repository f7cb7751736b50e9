"""`deployer local heal`."""

from __future__ import annotations

import click

from deployer.cli.embedded import require_running
from deployer.cli.options import reporting_options
from deployer.cli.session import Session


@click.command()
@click.argument("fault_id", metavar="[ID]", required=False)
@reporting_options
@click.pass_obj
def heal(session: Session, fault_id: str | None) -> None:
    """Mend one fault of the embedded AWS, or all of them."""
    session.rooms.heal_fault(require_running(session), fault_id)
    session.report.note(f"{fault_id} is mended." if fault_id else "All is mended.", healed=fault_id or "all")
