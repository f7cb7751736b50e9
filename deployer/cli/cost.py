"""`deployer cost`: what the system of a parameter file costs in a month, line by line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from deployer.cli.job import Job
from deployer.cli.options import params_argument, reporting_options
from deployer.cli.session import Session

if TYPE_CHECKING:
    from deployer.costing.bill import Bill
    from deployer.params.model import Environment
    from deployer.rendering.rendered import RenderedSystem


@click.command()
@params_argument
@click.option(
    "--payments", "payments_count", type=click.IntRange(min=0), default=1_000_000, show_default=True, help="Payments in the month."
)
@click.option("--each", is_flag=True, help="Show every line too: what each resource uses, and its price.")
@reporting_options
@click.pass_obj
def cost(session: Session, params: Path, payments_count: int, each: bool) -> None:
    """Show what the system costs in an idle month and with payments.

    Reckoned from the rendered templates and a dated price table. Asks nothing of AWS.
    """
    from deployer.reporting.cost_view import CostView

    job = Job(session, params)
    environment = job.environment
    bill = bill_of(environment, job.render(), payments_count)
    budget = float(environment.budget.monthly_usd_max)
    session.report.show(CostView(environment=environment.suffix, bill=bill, budget_usd=budget, each=each))


def bill_of(environment: Environment, system: RenderedSystem, payments_count: int) -> Bill:
    """Return the bill of a rendered system; raises DeployerError for a resource that nobody has said the price of."""
    from deployer.costing.bill import make_bill
    from deployer.costing.deployed import deployed_stacks
    from deployer.costing.prices import PRICES
    from deployer.planning.template_text import read_template
    from deployer.planning.template_values import with_values

    stacks = deployed_stacks(environment, system, lambda body, values: with_values(read_template(body), values)["Resources"])
    return make_bill(stacks, primary=environment.primary.name, payments_count=payments_count, prices=PRICES)
