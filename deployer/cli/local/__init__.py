"""`deployer local`: the embedded AWS by hand."""

from __future__ import annotations

import click

from deployer.cli.local.api_key import api_key
from deployer.cli.local.env import env
from deployer.cli.local.fault import fault
from deployer.cli.local.faults import faults
from deployer.cli.local.heal import heal
from deployer.cli.local.lag import lag
from deployer.cli.local.logs import logs
from deployer.cli.local.start import start
from deployer.cli.local.status import status
from deployer.cli.local.stop import stop
from deployer.cli.options import OrderedGroup


@click.group(cls=OrderedGroup)
def local() -> None:
    """Start, stop and look at the embedded AWS of this folder."""


for command in (start, stop, status, env, logs, api_key, fault, faults, heal, lag):
    local.add_command(command)
