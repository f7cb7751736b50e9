"""`deployer drift`: what differs from what was rolled out, resource by resource, both Regions and the global stack side by side."""

from __future__ import annotations

from pathlib import Path

import click

from deployer.cli.job import Job
from deployer.cli.options import params_argument, reporting_options
from deployer.cli.session import Session
from deployer.vocabulary.errors import InputRefused


@click.command()
@params_argument
@reporting_options
@click.pass_obj
def drift(session: Session, params: Path) -> None:
    """Show resources that drifted from their stacks, outdated instances and diverged Regions.

    Changes nothing. Exits 8 when anything drifted, is outdated or has diverged.
    """
    from deployer.planning.drift import objection_to
    from deployer.reporting.drift_view import DriftView

    job = Job(session, params)
    survey = job.survey()
    if survey.stack_set is None and survey.global_ is None:
        raise InputRefused(f"{job.environment.suffix} is not deployed, so nothing can drift", hint=f"Run `deployer roll-out {params}`.")
    with session.report.stage("drift", "comparing every resource with its stack"):
        report = session.rooms.drift(job.aws, job.environment, survey, session.clock)
    session.report.show(DriftView(report=report))
    objection = objection_to(report, str(params))
    if objection is not None:
        raise objection
