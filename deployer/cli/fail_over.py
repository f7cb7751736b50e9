"""`deployer fail-over`: payments held in the standby, whatever the primary says of itself."""

from __future__ import annotations

from pathlib import Path

import click

from deployer.cli.moving import NO_REASON, move_traffic
from deployer.cli.options import params_argument, reporting_options
from deployer.cli.session import Session


@click.command("fail-over")
@params_argument
@click.option("--reason", default=NO_REASON, metavar="TEXT", help="Why, for whoever asks later who moved traffic.")
@click.option("--yes", is_flag=True, help="Do not ask; for CI.")
@click.option("--force", is_flag=True, help="Move traffic though the standby is not healthy.")
@reporting_options
@click.pass_obj
def fail_over(session: Session, params: Path, reason: str, yes: bool, force: bool) -> None:
    """Hold payments in the standby until a fail-back.

    Asks nothing of the primary Region, which may be gone. Returns once every name server leads to the standby; exits 4 when they do
    not follow, and says what stands.
    """
    move_traffic(session, params, "fail-over", reason=reason, yes=yes, force=force)
