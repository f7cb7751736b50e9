"""`deployer summary`: the last run in an event log, for a job's page or a test report."""

from __future__ import annotations

from pathlib import Path

import click

from deployer.cli.options import reporting_options
from deployer.cli.session import Session


@click.command()
@click.argument("events", metavar="EVENTS", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--format", "form", type=click.Choice(["markdown", "junit"]), default="markdown", help="How to tell it.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write it to this file instead.")
@reporting_options
@click.pass_obj
def summary(session: Session, events: Path, form: str, out: Path | None) -> None:
    """Tell the last run in EVENTS, an events.jsonl, as Markdown or JUnit.

    A run that failed is told like any other and exits 0. Asks nothing of AWS.
    """
    from deployer.reporting.run_log import read_last_run
    from deployer.reporting.run_summary import run_junit, run_markdown

    run = read_last_run(events)
    text = run_junit(run) if form == "junit" else run_markdown(run)
    if out is None:
        session.report.text(text)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    session.report.note(f"Written to {out}", path=str(out))
