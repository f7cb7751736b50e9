"""`deployer local api-key`."""

from __future__ import annotations

from pathlib import Path

import click

from deployer.cli.embedded import require_running
from deployer.cli.options import params_argument, reporting_options
from deployer.cli.session import Session
from deployer.vocabulary.errors import InputRefused


@click.command("api-key")
@params_argument
@reporting_options
@click.pass_obj
def api_key(session: Session, params: Path) -> None:
    """Print the key that the header x-api-key has to carry.

    For example: key=$(deployer local api-key params/local.yaml)
    """
    environment = session.rooms.load(params)
    if environment.target != "local":
        raise InputRefused(
            f"{params} is not for the embedded AWS, and this command shows no key of a real account",
            hint="Read the secret payment-api-secret-SUFFIX in Secrets Manager, with rights of your own.",
        )
    require_running(session)
    session.report.text(session.rooms.api_key(session.rooms.aws(environment), environment))
