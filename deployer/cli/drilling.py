"""Drills of one environment, one after the other: perform, judge, leave the report, show the verdict. `drill` and `rehearse` share it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from deployer.cli.job import Job
    from deployer.cli.session import Session
    from deployer.drill.history import DrillRecord, Mark, Sample, Verdict
    from deployer.drill.traffic import History
    from deployer.params.scenario import Scenario
    from deployer.reporting.drill_view import VerdictView
    from deployer.reporting.report import Report

EXIT_LOST: Final = 9


@dataclass(frozen=True, slots=True)
class Telling:
    """Tells what a drill does as it does it."""

    report: Report

    def marked(self, mark: Mark) -> None:
        """Tell a mark."""
        self.report.note(
            f"{mark.at_seconds:7.1f} s  {mark.phase.value:9}  {mark.text}",
            at_seconds=round(mark.at_seconds, 1),
            phase=mark.phase.value,
            deed=mark.text,
        )

    def sampled(self, sample: Sample, history: History) -> None:
        """Keep quiet: what a sample shows is in the report."""

    def told(self, sentence: str) -> None:
        """Tell what takes seconds."""
        self.report.note(f"{'':11}{sentence}", step=sentence)


def drill_all(session: Session, job: Job, scenarios: tuple[Scenario, ...], out: Path) -> bool:
    """Drill each scenario, its report in a folder of its name below `out`; tell whether every limit was kept.

    Raises what keeps a drill from being carried through; those before it have been told by then.
    """
    from deployer.drill.report import write_report
    from deployer.drill.verdict import judge

    kept = True
    for scenario in scenarios:
        session.report.note(f"{scenario.name}: {scenario.purpose}", scenario=scenario.name, purpose=scenario.purpose)
        record = session.rooms.drill(job.aws, job.environment, scenario, Telling(session.report), session.clock)
        verdict = judge(record, scenario.limits)
        files = write_report(record, verdict, out / scenario.name)
        session.report.show(_view(record, verdict, tuple(str(path) for path in files)))
        kept = kept and verdict.passed
    return kept


def _view(record: DrillRecord, verdict: Verdict, files: tuple[str, ...]) -> VerdictView:
    from deployer.reporting.drill_view import FindingRow, VerdictView

    return VerdictView(
        scenario=record.scenario,
        environment=record.environment,
        time_scale=record.time_scale,
        recovery_seconds=verdict.recovery_seconds,
        findings=tuple(
            FindingRow(rule=one.rule, sentence=one.sentence, measured=one.measured, limit=one.limit, broken=one.broken, detail=one.detail)
            for one in verdict.findings
        ),
        files=files,
    )
