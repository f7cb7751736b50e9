"""What Lambda tries next of a batch: halves, the rest after a reported record, the same again, or nothing more."""

from __future__ import annotations

import json
from collections import deque
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.local.stream_attempts import Attempt, Policy, after_answer, after_error, discarded, policy_of, why_given_up
from deployer.local.stream_reader import as_in_events
from tests.support.audit import CHANGED_AT, a_record, sequence

POLICY = Policy(bisects=True, reports_items=True, retries_max=2, age_seconds_max=-1)


def an_attempt(*numbers: int, failures: int = 0) -> Attempt:
    """Return an attempt at these records."""
    return Attempt(records=tuple(a_record(number) for number in numbers), failures=failures)


def a_policy(**changed: Any) -> Policy:
    """Return a policy that halves and listens, but for what is changed."""
    given = {"bisects": True, "reports_items": True, "retries_max": 2, "age_seconds_max": -1} | changed
    return Policy(**given)


def report(*numbers: int) -> dict[str, Any]:
    """Return a function's answer that reports these records."""
    return {"batchItemFailures": [{"itemIdentifier": sequence(number)} for number in numbers]}


def numbers_of(attempts: tuple[Attempt, ...]) -> list[tuple[list[int], int]]:
    """Return what each attempt is at, and its failures."""
    return [([int(record["eventID"], 16) for record in one.records], one.failures) for one in attempts]


def test_a_failed_batch_is_halved_and_uses_up_no_retry() -> None:
    """The first half comes first."""
    assert numbers_of(after_error(an_attempt(1, 2, 3, failures=1), POLICY)) == [([1], 1), ([2, 3], 1)]


@pytest.mark.parametrize(("attempt", "policy"), [(an_attempt(1), POLICY), (an_attempt(1, 2), a_policy(bisects=False))])
def test_what_cannot_be_halved_is_tried_again(attempt: Attempt, policy: Policy) -> None:
    """And that is a retry."""
    assert after_error(attempt, policy) == (Attempt(records=attempt.records, failures=1),)


def test_the_lowest_reported_record_begins_the_rest() -> None:
    """What stands before it is passed."""
    assert numbers_of(after_answer(an_attempt(1, 2, 3, 4), report(4, 2), POLICY)) == [([2, 3, 4], 0)]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(report(1), id="the first record"),
        pytest.param({"batchItemFailures": [{"itemIdentifier": ""}]}, id="no identifier"),
        pytest.param({"batchItemFailures": [{"sequence": "1"}]}, id="another name"),
        pytest.param("done", id="no report at all"),
    ],
)
def test_an_answer_that_passes_nothing_is_a_failure_of_all(answer: Any) -> None:
    """Undivided."""
    assert numbers_of(after_answer(an_attempt(1, 2), answer, POLICY)) == [([1, 2], 1)]


@pytest.mark.parametrize("answer", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}, {"statusCode": 200}])
def test_an_answer_without_failures_passes_all(answer: Any) -> None:
    """As the guide lists them."""
    assert after_answer(an_attempt(1, 2), answer, POLICY) == ()


def test_a_mapping_that_does_not_listen_passes_all() -> None:
    """Reports are heard only with ReportBatchItemFailures: the records are lost."""
    assert after_answer(an_attempt(1, 2), report(2), a_policy(reports_items=False)) == ()


@pytest.mark.parametrize(
    ("failures", "policy", "age", "condition"),
    [
        (2, a_policy(), 0, None),
        (3, a_policy(), 0, "RetryAttemptsExhausted"),
        (99, a_policy(retries_max=-1), 0, None),
        (1, a_policy(retries_max=0), 0, "RetryAttemptsExhausted"),
        (0, a_policy(age_seconds_max=60), 60, None),
        (0, a_policy(age_seconds_max=60), 61, "MaximumRecordAgeExceeded"),
    ],
)
def test_a_batch_is_given_up_when_retries_or_age_run_out(failures: int, policy: Policy, age: int, condition: str | None) -> None:
    """-1 is without end."""
    assert why_given_up(an_attempt(1, failures=failures), policy, CHANGED_AT + age) == condition


@given(bad=st.sets(st.integers(0, 19)), size=st.integers(1, 20), retries=st.integers(0, 3))
def test_halving_gives_up_what_fails_and_nothing_else(bad: set[int], size: int, retries: int) -> None:
    """Whatever fails by itself is found, in the time it takes to halve."""
    policy, passed, lost = a_policy(retries_max=retries), [], []
    pending = deque([an_attempt(*range(size))])
    while pending:
        attempt = pending.popleft()
        [(numbers, _)] = numbers_of((attempt,))
        if why_given_up(attempt, policy, CHANGED_AT):
            lost += numbers
        elif bad & set(numbers):
            pending.extendleft(reversed(after_error(attempt, policy)))
        else:
            passed += numbers

    assert set(lost) == bad & set(range(size))
    assert passed == [number for number in range(size) if number not in bad]


def test_settings_are_read_as_the_api_and_as_templates_spell_them() -> None:
    """A template's values may be texts; what is not said is without end."""
    given = {"BisectBatchOnFunctionError": "true", "MaximumRetryAttempts": "3", "FunctionResponseTypes": ["ReportBatchItemFailures"]}

    assert policy_of(given) == a_policy(retries_max=3)
    assert policy_of({}) == Policy(bisects=False, reports_items=False, retries_max=-1, age_seconds_max=-1)


def test_word_of_a_discarded_batch_says_where_its_records_are() -> None:
    """Not what they are."""
    told = discarded(
        an_attempt(3, 4), "RetryAttemptsExhausted", function_arn="f", stream_arn="s", shard_id="shard", now="2026-11-22T00:00:00Z"
    )

    info = json.loads(told)["DDBStreamBatchInfo"]
    assert (info["startSequenceNumber"], info["endSequenceNumber"], info["batchSize"]) == (sequence(3), sequence(4), 2)
    assert "customer_id" not in told


def test_a_record_is_told_in_seconds_and_base64() -> None:
    """As an event holds it, and not as the stream's own API gives it."""
    record = {
        "dynamodb": {
            "ApproximateCreationDateTime": datetime(2026, 1, 1, tzinfo=UTC),
            "NewImage": {"b": {"B": b"\0"}, "l": {"L": [{"B": b"\1"}]}},
        }
    }

    assert as_in_events(record, "arn") == {
        "dynamodb": {"ApproximateCreationDateTime": 1767225600, "NewImage": {"b": {"B": "AA=="}, "l": {"L": [{"B": "AQ=="}]}}},
        "eventSourceARN": "arn",
    }
