"""The canary's steps, against recorded answers: what it asks, and what it does not let pass."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from payment_path import CERTIFICATE_DAYS_MIN, CanaryFailed, check_certificate, walk_payment_path

from tests.support.canary_answers import CERTIFICATE_ENDS, KEY, NOW, RecordedRegion, a_watch, recorded, sound_answers


def test_whole_path_is_walked_in_order():
    """Health, payment, the same again, and a look at it."""
    region = RecordedRegion()

    transaction_id = walk_payment_path(region.send, a_watch(), api_key=KEY)

    assert transaction_id == "856bc502-5ce4-55f9-80c7-c68ee5149669"
    assert [(method, path) for method, path, _headers, _body in region.asked] == [
        ("GET", "/health"),
        ("POST", "/payment"),
        ("POST", "/payment"),
        ("GET", f"/payment/{transaction_id}"),
    ]


def test_payment_is_marked_as_a_canarys():
    """Whoever reads the ledger can leave it out, and sees who made it."""
    region = RecordedRegion()
    walk_payment_path(region.send, a_watch(), api_key=KEY)
    _method, _path, headers, body = region.asked[1]

    assert json.loads(str(body)) == {"amount": 0.01, "currency": "USD", "customerId": "canary-secondary"}
    assert headers["Idempotency-Key"] == "canary-secondary-us-east-1-20261122T1611Z"
    assert region.asked[2] == region.asked[1]


def test_key_is_shown_to_no_open_route():
    """Health needs none, so it gets none."""
    region = RecordedRegion()
    walk_payment_path(region.send, a_watch(), api_key=KEY)

    assert [headers.get("x-api-key") for _method, _path, headers, _body in region.asked] == [None, KEY, KEY, KEY]


@pytest.mark.parametrize(
    ("step", "changes", "words"),
    [
        pytest.param("health", {"status": 503, "document": {"status": "fail"}}, "health: answered 503 (fail)", id="unhealthy"),
        pytest.param("health", {"document": {"region": "us-east-2"}}, "health: region is 'us-east-2'", id="another Region answers"),
        pytest.param(
            "payment", {"status": 403, "document": {"status": 403, "detail": "No."}}, "payment: answered 403 (No.)", id="key refused"
        ),
        pytest.param("payment", {"status": 200}, "payment: answered 200", id="another status"),
        pytest.param("payment", {"document": {"status": "pending"}}, "payment: status is 'pending'", id="not accepted"),
        pytest.param("payment", {"document": {"region": "us-east-2"}}, "payment: region is 'us-east-2'", id="taken elsewhere"),
        pytest.param("payment", {"document": {"customerId": "test-123"}}, "payment: customerId is 'test-123'", id="another customer"),
        pytest.param("replay", {"headers": {"idempotent-replayed": "false"}}, "replay: Idempotent-Replayed", id="taken twice"),
        pytest.param("replay", {"document": {"transactionId": "another"}}, "replay: payment is", id="another payment"),
        pytest.param("read", {"status": 404}, "read: answered 404", id="not found"),
        pytest.param("read", {"document": {"amount": 1}}, "read: payment is", id="another amount"),
    ],
)
def test_wrong_answer_fails_the_run_and_says_where(step: str, changes: dict[str, Any], words: str):
    """The message begins with the step: whoever is woken knows where to look."""
    answers = sound_answers()
    base = {
        "health": ("health", {}),
        "payment": ("payment", {}),
        "replay": ("payment", {"idempotent-replayed": "true"}),
        "read": ("payment", {}),
    }
    name, headers = base[step]
    own = {"status": 200} if step == "read" else {}
    answers[step] = recorded(name, **(own | {"headers": headers} | changes))

    with pytest.raises(CanaryFailed) as failed:
        walk_payment_path(RecordedRegion(answers).send, a_watch(), api_key=KEY)

    assert words in str(failed.value)
    assert KEY not in str(failed.value)


def test_certificate_about_to_end_fails_the_run():
    """It still works today, which is why nobody would notice."""
    answers = sound_answers() | {"health": recorded("health", certificate_ends=NOW + timedelta(days=CERTIFICATE_DAYS_MIN - 1))}

    with pytest.raises(CanaryFailed, match="certificate: ends in 13 days"):
        walk_payment_path(RecordedRegion(answers).send, a_watch(), api_key=KEY)


@given(st.integers(min_value=-400, max_value=4000))
def test_certificate_is_good_exactly_while_enough_days_are_left(days: int):
    """The bound itself is good."""
    try:
        check_certificate(NOW + timedelta(days=days), NOW)
        good = True
    except CanaryFailed:
        good = False

    assert good == (days >= CERTIFICATE_DAYS_MIN)


@given(st.integers(min_value=0, max_value=59), st.integers(min_value=1, max_value=10_000))
def test_runs_share_a_key_within_a_minute_and_never_beyond(second: int, minutes: int):
    """A run that is repeated pays once; the next run pays anew."""
    watch = a_watch(now=NOW.replace(second=0))

    assert a_watch(now=NOW.replace(second=second)).idempotency_key == watch.idempotency_key
    assert a_watch(now=NOW.replace(second=0) + timedelta(minutes=minutes)).idempotency_key != watch.idempotency_key


def test_no_two_canaries_share_a_key():
    """Two Regions, each asking both: four keys in one minute."""
    keys = {
        a_watch(watcher=watcher, region=region).idempotency_key
        for watcher in ("primary", "secondary")
        for region in ("us-east-1", "us-east-2")
    }

    assert len(keys) == 4


def test_recorded_certificate_is_good():
    """The records themselves hold what the steps need."""
    check_certificate(CERTIFICATE_ENDS, NOW)
