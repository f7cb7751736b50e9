"""A record as what charts are made of: nothing is counted twice, no stretch of time is left out."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.drill.course import traffic_of
from deployer.drill.report import series
from deployer.drill.report.series import Span
from tests.support.drill_records import FAULT_SECONDS, HEAL_SECONDS, MOVED_SECONDS, PRIMARY, SECONDARY, a_record
from tests.support.drill_reports import FAULT, a_whole_record


def test_every_attempt_is_counted_once_in_the_second_it_ended() -> None:
    """By the Region that acknowledged it, or by what became of it."""
    record = a_whole_record()

    counts = series.attempts_a_second(record)

    assert set(counts) == {f"acknowledged in {PRIMARY}", f"acknowledged in {SECONDARY}", "unanswered", "failed", "refused"}
    assert sum(map(sum, counts.values())) == sum(len(one.attempts) for one in traffic_of(record))
    assert counts["failed"][30] == 1
    assert sum(counts[f"acknowledged in {SECONDARY}"][: int(MOVED_SECONDS)]) == 0


def test_a_wait_counts_from_when_the_request_was_due_over_all_its_attempts() -> None:
    """Due at second 20, answered by the survivor at 50.6."""
    waits = dict(series.waits(a_record()))

    assert waits[FAULT_SECONDS] == pytest.approx(MOVED_SECONDS + 0.6 - FAULT_SECONDS)
    assert waits[0.0] == pytest.approx(0.1)


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=40))
def test_spans_follow_each_other_without_a_gap_and_differ_from_their_neighbours(states: list[str]) -> None:
    """And say of every moment what was seen then."""
    found = series.spans([(float(at), state) for at, state in enumerate(states)], end=float(len(states)))

    assert (found[0].begin_seconds, found[-1].end_seconds) == (0.0, float(len(states)))
    assert all(one.end_seconds == other.begin_seconds and one.state != other.state for one, other in pairwise(found))
    for at, state in enumerate(states):
        assert [one.state for one in found if one.begin_seconds <= at < one.end_seconds] == [state]


def test_where_the_name_led_and_whether_the_hold_was_set() -> None:
    """Both change when traffic moves; what could not be asked is a state of its own."""
    record = a_record()
    silent = replace(record, samples=(replace(record.samples[0], answer_region=None, held=None), *record.samples[1:]))

    assert [(one.state, one.begin_seconds) for one in series.answer_spans(record)] == [(PRIMARY, 0), (SECONDARY, MOVED_SECONDS)]
    assert [one.state for one in series.hold_spans(record)] == ["clear", "set"]
    assert series.answer_spans(silent)[0] == Span(begin_seconds=0, end_seconds=1, state="no answer")
    assert series.hold_spans(silent)[0].state == "no answer"


def test_faults_and_checks_are_told_for_as_long_as_they_lasted() -> None:
    """Route 53 notices later than the fault began, and later than it was healed."""
    record = a_whole_record()

    assert series.fault_spans(record) == (Span(begin_seconds=FAULT_SECONDS, end_seconds=HEAL_SECONDS, state=FAULT),)
    assert [(one.state, one.begin_seconds) for one in series.check_spans(record)["primary endpoint"]] == [
        ("healthy", 0),
        ("unhealthy", 41),
        ("healthy", 110),
    ]


def test_the_share_of_checkers_falls_one_by_one() -> None:
    """Three of them, four seconds apart."""
    (shares,) = series.checker_rows(a_whole_record()).values()

    assert [round(3 * (share or 0)) for share in shares[28:42]] == [3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0]
