"""`deployer local env`."""

from __future__ import annotations

import click

from deployer.cli.embedded import require_running
from deployer.cli.options import reporting_options
from deployer.cli.session import Session


@click.command()
@reporting_options
@click.pass_obj
def env(session: Session) -> None:
    """Print what a shell needs: eval "$(deployer local env)".

    Then the AWS CLI, boto3 and curl talk to the embedded AWS.
    """
    from deployer.reporting.embedded_view import ShellView

    state = require_running(session)
    session.report.show(ShellView(variables=session.rooms.shell_environment(state)))
