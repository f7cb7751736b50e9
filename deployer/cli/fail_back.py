"""`deployer fail-back`: payments let go that are held in the standby."""

from __future__ import annotations

from pathlib import Path

import click

from deployer.cli.moving import move_traffic
from deployer.cli.options import params_argument, reporting_options
from deployer.cli.session import Session


@click.command("fail-back")
@params_argument
@click.option("--yes", is_flag=True, help="Do not ask; for CI.")
@click.option("--force", is_flag=True, help="Let go though the primary is not healthy.")
@reporting_options
@click.pass_obj
def fail_back(session: Session, params: Path, yes: bool, force: bool) -> None:
    """Let payments go that a fail-over, or the latch, holds in the standby.

    Says who held them and why. Returns once every name server leads to the primary; exits 4 when they do not follow.
    """
    move_traffic(session, params, "fail-back", yes=yes, force=force)
