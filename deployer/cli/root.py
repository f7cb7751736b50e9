"""`deployer`: the list of its commands, in the order a person meets them."""

from __future__ import annotations

import click

from deployer import __version__
from deployer.cli.check import check
from deployer.cli.cost import cost
from deployer.cli.drift import drift
from deployer.cli.drill import drill
from deployer.cli.fail_back import fail_back
from deployer.cli.fail_over import fail_over
from deployer.cli.local import local
from deployer.cli.mend import mend
from deployer.cli.outputs import outputs
from deployer.cli.plan import plan
from deployer.cli.rehearse import rehearse
from deployer.cli.render import render
from deployer.cli.roll_out import roll_out
from deployer.cli.running import Root
from deployer.cli.simulate import simulate
from deployer.cli.status import status
from deployer.cli.summary import summary
from deployer.cli.tear_down import tear_down


@click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="deployer")
def main() -> None:
    """Roll one payment API out to two AWS Regions, from one parameter file.

    PARAMS is a parameter file such as params/local.yaml. Exit codes: 0 done or nothing to do, 2 bad input, 3 AWS refused,
    4 roll-out failed, 7 someone else is rolling out, 8 drifted or diverged, 9 a drill broke a limit,
    10 `plan --exit-code` found changes.
    """


for command in (
    check,
    render,
    cost,
    plan,
    roll_out,
    status,
    drift,
    mend,
    outputs,
    fail_over,
    fail_back,
    drill,
    rehearse,
    simulate,
    summary,
    tear_down,
    local,
):
    main.add_command(command)
