"""`deployer simulate`: the loss of the primary Region, thousands of times, under loads that no laptop can make."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from deployer.cli.options import params_argument, reporting_options
from deployer.cli.rooms import require_local_extra
from deployer.cli.session import Session

if TYPE_CHECKING:
    from deployer.drill.simulation.study import Case
    from deployer.drill.simulation.world import FaultKind
    from deployer.params.model import Environment
    from deployer.reporting.simulation_view import SimulationRow


@click.command()
@params_argument
@click.option("--fault", type=click.Choice(["dead", "black-hole"]), default="black-hole", show_default=True, help="How it is lost.")
@click.option(
    "--payments-per-second",
    "loads",
    type=click.FloatRange(min=0.1, max=100_000),
    multiple=True,
    default=(10.0, 1_000.0, 100_000.0),
    show_default=True,
    help="A load to try; may be given more than once.",
)
@click.option("--trials", type=click.IntRange(1, 100_000), default=2_000, show_default=True, help="How often it is lost.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="What decides every chance.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("build"), show_default=True, help="Folder of the page."
)
@reporting_options
@click.pass_obj
def simulate(session: Session, params: Path, fault: FaultKind, loads: tuple[float, ...], trials: int, seed: int, out: Path) -> None:
    """Lose the primary Region of PARAMS thousands of times, as a model.

    Health checkers, resolvers, retrying clients and the standby's limits, fed by PARAMS. Asks nothing of AWS.
    """
    require_local_extra(("numpy", "plotly"))
    from deployer.drill.simulation.page import write_page
    from deployer.drill.simulation.study import Question, study
    from deployer.reporting.simulation_view import SimulationView

    environment = session.rooms.load(params)
    question = Question(fault=fault, payments_per_second=loads, trials=trials, seed=seed)
    cases = tuple(study(environment, question, session.report.stage))
    page = out / environment.suffix / f"simulation-{fault}.html"
    bound = environment.failover.recovery_seconds_max
    write_page(cases, title=f"{environment.suffix}: {trials:,} simulated losses ({fault})", recovery_seconds_max=bound, path=page)
    session.report.show(
        SimulationView(
            environment=environment.suffix,
            fault=fault,
            trials=trials,
            seed=seed,
            recovery_seconds_max=bound,
            rows=tuple(_row(case, environment) for case in cases),
            page=str(page),
        )
    )


def _row(case: Case, environment: Environment) -> SimulationRow:
    from deployer.reporting.simulation_view import SimulationRow

    simulation, capacity = case.simulation, case.simulation.world.capacity
    raised = f"raised: {capacity.requests_per_second_max:,.0f}/s, {capacity.environments_max:,} environments"
    recovery = simulation.recovery
    return SimulationRow(
        payments_per_second=simulation.world.payments_per_second,
        limits=raised if case.raised else f"as {environment.suffix} has them",
        median_seconds=recovery.median,
        p95_seconds=recovery.p95,
        p99_seconds=recovery.p99,
        worst_seconds=recovery.worst,
        given_up_share=sum(simulation.failed) / max(1, sum(simulation.due)),
        unrecovered_count=simulation.unrecovered_count,
    )
