"""What `fail-over` and `fail-back` have in common: look, show now and then, refuse, ask, move, say how long it took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.cli.consent import agree_to_move
from deployer.cli.job import Job

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.cli.session import Session
    from deployer.planning.traffic import Intent

NO_REASON = "no reason given"


def move_traffic(session: Session, params: Path, intent: Intent, *, reason: str = NO_REASON, yes: bool, force: bool) -> None:
    """Move traffic, or find nothing to do; every event is kept in the build folder's `events.jsonl`."""
    from deployer.reporting.event_log import both, logged_to
    from deployer.reporting.move_view import MoveEndView, MoveView

    job = Job(session, params)
    move = session.rooms.plan_move(intent, job.traffic(), job.environment)
    session.report.show(MoveView(move=move))
    outcome, took_seconds = "nothing_to_do", 0.0
    if not move.is_nothing:
        session.rooms.refuse_objections(move, force=force)
        if move.changes_hold:
            agree_to_move(move, session.asker, yes=yes)
        with logged_to(job.build / "events.jsonl") as log:
            result = session.rooms.perform_move(
                move, job.aws, job.outside, both(log, session.report.moving()), session.clock, reason=reason
            )
        outcome, took_seconds = result.outcome, result.took_seconds
    ttl_seconds = job.environment.failover.record_ttl_seconds
    session.report.show(MoveEndView(move=move, outcome=outcome, took_seconds=took_seconds, ttl_seconds=ttl_seconds))
