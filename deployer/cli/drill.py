"""`deployer drill`: steady traffic, a fault, and whether every promise was kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from deployer.cli.consent import agree_to_drill
from deployer.cli.drilling import EXIT_LOST, drill_all
from deployer.cli.embedded import require_running
from deployer.cli.job import Job
from deployer.cli.options import params_argument, reporting_options
from deployer.cli.rooms import require_local_extra
from deployer.cli.session import Session

if TYPE_CHECKING:
    from deployer.params.scenario import Scenario

# The hardest loss to notice, and on AWS what needs no fault.
USUAL: Final = {"local": "primary-black-hole", "aws": "operator-evacuation"}
DRILLS: Final = "drills"
SEEDS_MAX: Final = 10_000


def seeds_between(context: click.Context, parameter: click.Parameter, value: str | None) -> tuple[int, ...]:
    """Return the seeds of `FIRST-LAST` or of one number; wrong usage is click's to tell."""
    if value is None:
        return ()
    first, dash, last = value.partition("-")
    if not first.isdigit() or (dash and not last.isdigit()):
        raise click.BadParameter(f"{value} is neither a number nor FIRST-LAST, such as 1-100")
    seeds = tuple(range(int(first), int(last or first) + 1))
    if not 1 <= len(seeds) <= SEEDS_MAX:
        raise click.BadParameter(f"{value} has to be 1 to {SEEDS_MAX} seeds, the smallest first")
    return seeds


def every_scenario(folder: Path) -> tuple[Scenario, ...]:
    """Return the scenarios of a folder in which a drill breaks everything itself."""
    from deployer.params.scenario_load import load_scenario, scenario_names

    found = (load_scenario(name, folder) for name in scenario_names(folder))
    return tuple(one for one in found if not any(action.kind == "by-hand" for action in one.actions))


def by_chance(seeds: tuple[int, ...]) -> tuple[Scenario, ...]:
    """Return the scenarios of these seeds, as many in one as fit."""
    from deployer.drill import chance

    return tuple(chance.scenario_by_chance(seeds[at : at + chance.SEEDS_MAX]) for at in range(0, len(seeds), chance.SEEDS_MAX))


@click.command()
@params_argument
@click.option(
    "--scenario", "words", multiple=True, metavar="NAME|FILE", help="A scenario of drills/, or a file; may be given more than once."
)
@click.option(
    "--by-chance",
    "seeds",
    metavar="FIRST-LAST",
    callback=seeds_between,
    help="Faults drawn by these seeds, up to 25 schedules in a drill; for example 1-100.",
)
@click.option(
    "--every-scenario",
    "every",
    is_flag=True,
    help="Every scenario of drills/ that needs no people, one after the other, and a table in the end.",
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder of the reports; else build/SUFFIX/drills.")
@click.option("--list", "only_list", is_flag=True, help="Show the scenarios of drills/ and end.")
@click.option("--yes", is_flag=True, help="Do not ask before traffic at AWS is moved; for CI.")
@reporting_options
@click.pass_obj
def drill(
    session: Session,
    params: Path,
    words: tuple[str, ...],
    seeds: tuple[int, ...],
    every: bool,
    out: Path | None,
    only_list: bool,
    yes: bool,
) -> int:
    """Break something under steady traffic, and judge.

    Reports recovery as clients saw it, lost and duplicated payments, and what three witnesses say. Exits 9 when a limit is broken.
    """
    from deployer.params.scenario_load import load_scenario, scenario_names
    from deployer.reporting.drill_view import ScenarioListView

    job = Job(session, params)
    folder = job.project.root / DRILLS
    if only_list:
        listed = [load_scenario(name, folder) for name in scenario_names(folder)]
        session.report.show(ScenarioListView(scenarios=tuple((one.name, one.purpose, one.seconds) for one in listed)))
        return 0
    environment = job.environment
    usual = () if seeds or every else (USUAL[environment.target],)
    known = every_scenario(folder) if every else ()
    scenarios = (*known, *(load_scenario(word, folder) for word in words or usual), *by_chance(seeds))
    require_local_extra(("aiohttp", "dns", "plotly"))
    if environment.target == "local":
        require_running(session)
    else:
        agree_to_drill(environment.suffix, scenarios, session.asker, yes=yes)
    return 0 if drill_all(session, job, scenarios, out or job.build / DRILLS) else EXIT_LOST
