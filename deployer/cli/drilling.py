"""Drills of one environment, one after the other: perform, judge, leave the report, show the verdict. `drill` and `rehearse` share it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from deployer.cli.job import Job
    from deployer.cli.session import Session
    from deployer.drill.history import DrillRecord, Lookup, Mark, PaymentRequest, Sample, Verdict
    from deployer.drill.traffic import History
    from deployer.params.scenario import Scenario
    from deployer.reporting.drill_live import DrillMoment, DrillProgress
    from deployer.reporting.drill_view import VerdictView

EXIT_LOST: Final = 9
WINDOW_SECONDS: Final = 3.0
RECENT_COUNT: Final = 2_000


@dataclass(frozen=True, slots=True)
class Telling:
    """Tells what a drill does as it does it, in plain facts: reporting knows no drill."""

    progress: DrillProgress

    def marked(self, mark: Mark) -> None:
        """Tell a deed."""
        self.progress.marked(mark.at_seconds, mark.phase.value, mark.text)

    def sampled(self, sample: Sample, history: History) -> None:
        """Tell how things stand, and what the last seconds' attempts came to."""
        self.progress.sampled(moment_of(sample, history))

    def told(self, sentence: str) -> None:
        """Tell what takes seconds."""
        self.progress.told(sentence)


def moment_of(sample: Sample, history: History) -> DrillMoment:
    """Return a sample with the rates of the attempts that ended in the WINDOW_SECONDS before it."""
    from deployer.drill.history import Outcome
    from deployer.reporting.drill_live import DrillMoment

    # The traffic goes on adding to the history meanwhile; the end of it is all that is needed.
    recent: tuple[PaymentRequest | Lookup, ...] = (*history.requests[-RECENT_COUNT:], *history.lookups[-RECENT_COUNT:])
    since = sample.at_seconds - WINDOW_SECONDS
    attempts = [one for request in recent for one in request.attempts if one.ended_seconds >= since]
    good = Counter(one.region for one in attempts if one.outcome is Outcome.ACKNOWLEDGED and one.region)
    return DrillMoment(
        at_seconds=sample.at_seconds,
        answer_region=sample.answer_region,
        held=sample.held,
        answered=tuple((region, count / WINDOW_SECONDS) for region, count in sorted(good.items())),
        unanswered_per_second=(len(attempts) - good.total()) / WINDOW_SECONDS,
        checks=sample.checks,
        faults=sample.faults,
    )


def drill_all(session: Session, job: Job, scenarios: tuple[Scenario, ...], out: Path) -> bool:
    """Drill each scenario, its report in a folder of its name below `out`; tell whether every limit was kept.

    Raises what keeps a drill from being carried through; those before it have been told by then, several of them side by side.
    """
    from deployer.reporting.drill_view import DrillsView

    verdicts: list[VerdictView] = []
    try:
        for scenario in scenarios:
            verdicts.append(_drill(session, job, scenario, out))
            session.report.show(verdicts[-1])
    finally:
        if len(verdicts) > 1:
            session.report.show(DrillsView(verdicts=tuple(verdicts)))
    return all(one.passed for one in verdicts)


def _drill(session: Session, job: Job, scenario: Scenario, out: Path) -> VerdictView:
    from deployer.drill.report import write_report
    from deployer.drill.verdict import judge

    session.report.note(f"{scenario.name}: {scenario.purpose}", scenario=scenario.name, purpose=scenario.purpose)
    aws = job.aws
    with session.report.drilling(scenario.name) as progress:
        record = session.rooms.drill(aws, job.environment, scenario, Telling(progress), session.clock)
    verdict = judge(record, scenario.limits)
    files = write_report(record, verdict, out / scenario.name)
    return _view(record, verdict, tuple(str(path) for path in files))


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
