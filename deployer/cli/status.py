"""`deployer status`: what stands, both Regions side by side, and where traffic goes."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from deployer.cli.job import Job
from deployer.cli.options import params_argument, reporting_options
from deployer.cli.session import Session

EXIT_UNSOUND: Final = 8


@click.command()
@params_argument
@reporting_options
@click.pass_obj
def status(session: Session, params: Path) -> int:
    """Show what stands, both Regions side by side, and who takes payments.

    Exits 8 when a part is outdated, failed or missing.
    """
    standing = Job(session, params).show_standing()
    return 0 if standing.is_sound else EXIT_UNSOUND
