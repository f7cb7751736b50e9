"""`deployer drill`: steady traffic, a fault, and whether every promise was kept."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from deployer.cli.consent import agree_to_drill
from deployer.cli.drilling import EXIT_LOST, drill_all
from deployer.cli.embedded import require_running
from deployer.cli.job import Job
from deployer.cli.options import params_argument, reporting_options
from deployer.cli.rooms import require_local_extra
from deployer.cli.session import Session

# The hardest loss to notice, and on AWS what needs no fault.
USUAL: Final = {"local": "primary-black-hole", "aws": "operator-evacuation"}
DRILLS: Final = "drills"


@click.command()
@params_argument
@click.option(
    "--scenario", "words", multiple=True, metavar="NAME|FILE", help="A scenario of drills/, or a file; may be given more than once."
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder of the reports; else build/SUFFIX/drills.")
@click.option("--list", "only_list", is_flag=True, help="Show the scenarios of drills/ and end.")
@click.option("--yes", is_flag=True, help="Do not ask before traffic at AWS is moved; for CI.")
@reporting_options
@click.pass_obj
def drill(session: Session, params: Path, words: tuple[str, ...], out: Path | None, only_list: bool, yes: bool) -> int:
    """Break something under steady traffic, and judge.

    Reports recovery as clients saw it, lost and duplicated payments, and what three witnesses say. Exits 9 when a limit is broken.
    """
    from deployer.params.scenario_load import load_scenario, scenario_names
    from deployer.reporting.drill_view import ScenarioListView

    job = Job(session, params)
    folder = job.project.root / DRILLS
    if only_list:
        known = [load_scenario(name, folder) for name in scenario_names(folder)]
        session.report.show(ScenarioListView(scenarios=tuple((one.name, one.purpose, one.seconds) for one in known)))
        return 0
    environment = job.environment
    scenarios = tuple(load_scenario(word, folder) for word in words or (USUAL[environment.target],))
    require_local_extra(("aiohttp", "dns", "plotly"))
    if environment.target == "local":
        require_running(session)
    else:
        agree_to_drill(environment.suffix, scenarios, session.asker, yes=yes)
    return 0 if drill_all(session, job, scenarios, out or job.build / DRILLS) else EXIT_LOST
