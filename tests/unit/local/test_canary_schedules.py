"""When a canary runs next, by what its schedule says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.local.synthetics.schedule import Schedule, next_run, schedule_of

STARTED = 1_000_000.0


def at_the_next_hour(expression: str, after: datetime) -> datetime | None:
    """Stand in for a cron expression that names full hours."""
    return after.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def following(schedule: Schedule, last: float | None) -> float | None:
    """Return when a canary started at STARTED runs next."""
    return next_run(schedule, started=STARTED, last=last, next_of_cron=at_the_next_hour)


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [("rate(1 minute)", 60), ("rate(5 minutes)", 300), ("rate(60 minutes)", 3600), ("rate(1 hour)", 3600), ("rate(0 hour)", 0)],
)
def test_rate_is_read_as_synthetics_reads_it(expression: str, seconds: int) -> None:
    """One minute is singular; an hour is the most."""
    assert schedule_of(expression).rate_seconds == seconds


@pytest.mark.parametrize(
    "expression", ["rate(61 minutes)", "rate(1 minutes)", "rate(2 minute)", "rate(2 hour)", "rate(-1 minute)", "daily"]
)
def test_expression_that_synthetics_does_not_know_is_refused(expression: str) -> None:
    """The message holds what was given."""
    with pytest.raises(ValueError, match="Schedule expression") as refused:
        schedule_of(expression)

    assert expression in str(refused.value)


@given(minutes=st.integers(2, 60), runs=st.integers(0, 50))
def test_runs_follow_each_other_by_the_rate(minutes: int, runs: int) -> None:
    """The first at once, then one an interval."""
    schedule, last = schedule_of(f"rate({minutes} minutes)"), following(schedule_of(f"rate({minutes} minutes)"), None)
    assert last == STARTED

    for _ in range(runs):
        last = following(schedule, last)

    assert last == STARTED + runs * minutes * 60


def test_rate_of_nought_runs_once() -> None:
    """Then never again."""
    once = schedule_of("rate(0 minute)")

    assert following(once, None) == STARTED
    assert following(once, STARTED) is None


def test_cron_waits_for_its_first_moment() -> None:
    """A canary started in between does not run at once."""
    due = following(schedule_of("cron(0 * * * ? *)"), None)

    assert due == at_the_next_hour("", datetime.fromtimestamp(STARTED, UTC)).timestamp()  # type: ignore[union-attr]


def test_schedule_ends_with_its_duration() -> None:
    """Counted from the start; nought is for ever."""
    assert following(schedule_of("rate(1 minute)", duration_seconds=90), STARTED) == STARTED + 60
    assert following(schedule_of("rate(1 minute)", duration_seconds=90), STARTED + 60) is None
    assert following(schedule_of("rate(1 minute)"), STARTED + 10**6) == STARTED + 10**6 + 60
