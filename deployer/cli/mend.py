"""`deployer mend`: stacks led out of a status that takes no update, by what CloudFormation offers for it."""

from __future__ import annotations

from pathlib import Path

import click

from deployer.cli.consent import agree_to_mend
from deployer.cli.job import Job
from deployer.cli.options import params_argument, reporting_options
from deployer.cli.session import Session
from deployer.vocabulary.errors import InputRefused, Mistake, RolloutBusy


@click.command()
@params_argument
@click.option("--yes", is_flag=True, help="Do not ask; for CI.")
@reporting_options
@click.pass_obj
def mend(session: Session, params: Path, yes: bool) -> None:
    """Continue failed rollbacks and delete what was never finished, so that a roll-out can go on.

    Nothing is skipped, and nothing that a template keeps is left behind. Afterwards run `deployer roll-out`.
    """
    from deployer.reporting.mending_view import MendingView
    from deployer.rollout.mending import plan_of

    job = Job(session, params)
    mending = session.rooms.plan_mending(job.aws, job.environment, job.survey())
    session.report.show(MendingView(mending=mending))
    if not mending.mends:
        return
    if mending.objections:
        first = mending.objections[0]
        if all(one.is_busy for one in mending.objections):
            raise RolloutBusy("Nothing was mended", first.summary, first.hint)
        mistakes = tuple(Mistake(place="in the way", sentence=f"{one.summary}. {one.hint}") for one in mending.objections)
        raise InputRefused("Nothing was mended", mistakes, "Remove what is in the way, then run the same command.")
    agree_to_mend(mending, session.asker, yes=yes)
    with session.report.performing(plan_of(mending)) as listener:
        session.rooms.mend(mending, job.aws, listener, session.clock)
    session.report.note(f"Mended; now run `deployer roll-out {params}`.", mended=len(mending.mends))
