"""When a canary runs: `rate(5 minutes)`, `rate(0 minute)` for once, or `cron(…)`.

Pure. Source: CanaryScheduleInput, CloudWatch Synthetics API Reference; "Scheduling canary runs using cron", CloudWatch User Guide.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

_RATE: Final = re.compile(r"rate\((?:(?P<count>[01]) (?P<unit>minute|hour)|(?P<minutes>[2-9]|[1-5][0-9]|60) minutes)\)")
# A cron expression and a moment -> the next moment it names; None when there is none. Raises ValueError.
NextOfCron = Callable[[str, datetime], datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Every `rate_seconds` (0: once), or whenever `cron` says; for `duration_seconds` from the start on, 0 for ever."""

    rate_seconds: int = 0
    cron: str = ""
    duration_seconds: int = 0


def schedule_of(expression: str, duration_seconds: int = 0) -> Schedule:
    """Return the schedule an expression means; raises ValueError in words for whoever wrote it."""
    if expression.startswith("cron("):
        return Schedule(cron=expression, duration_seconds=duration_seconds)
    rate = _RATE.fullmatch(expression)
    if rate is None:
        raise ValueError(f"Schedule expression {expression!r} is neither rate(1 minute), rate(2 to 60 minutes), rate(1 hour) nor cron(…)")
    seconds = int(rate["minutes"]) * 60 if rate["minutes"] else int(rate["count"]) * (3600 if rate["unit"] == "hour" else 60)
    return Schedule(rate_seconds=seconds, duration_seconds=duration_seconds)


def next_run(schedule: Schedule, *, started: float, last: float | None, next_of_cron: NextOfCron) -> float | None:
    """Return when a canary started at `started` runs next after its run at `last` (None: it has not run yet), None for never again.

    All in seconds since the epoch, of the clock that schedules go by.
    """
    due: float | None
    if schedule.cron:
        following = next_of_cron(schedule.cron, datetime.fromtimestamp(started if last is None else last, UTC))
        due = following.timestamp() if following else None
    elif last is None:
        due = started
    else:
        due = last + schedule.rate_seconds if schedule.rate_seconds else None
    over = schedule.duration_seconds and due is not None and due >= started + schedule.duration_seconds
    return None if over else due
