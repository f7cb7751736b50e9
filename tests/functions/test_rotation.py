"""A rotation tells nobody of a key that some Region would refuse, and refuses nobody who has the key of before."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deployer.params.payments import SecretParameters
from rotation.handler import rotation_handler
from rotation.steps import (
    ACCEPTED_SECONDS_MAX,
    KEY_CHARACTERS,
    MARGIN_SECONDS,
    PAUSE_SECONDS,
    REPLICA_SECONDS_MAX,
    RotationStopped,
    key_age_days,
    new_key,
)
from tests.support.fake_services import refused
from tests.support.function_events import FakeContext
from tests.support.rendering import PROJECT
from tests.support.rotation import MADE, SECRET, FakeSecret, Rehearsal, a_rehearsal

GOOD = {"current", "previous", "pending"}


def test_a_rotation_makes_a_new_current_key_and_keeps_the_old_one_as_previous() -> None:
    """And everything else the secret holds."""
    rehearsal = a_rehearsal()

    rehearsal.rotate("v2")

    assert rehearsal.primary.key("AWSPREVIOUS") == "first"
    assert len(rehearsal.primary.key("AWSCURRENT") or "") == KEY_CHARACTERS
    assert json.loads(rehearsal.primary.versions["v2"].text or "")["note"] == "kept"


def test_both_regions_know_the_new_key_before_it_is_the_current_one() -> None:
    """By what each worker holds already: were it to look the key up only when it comes, a busy moment would refuse it."""
    rehearsal = a_rehearsal(lag_seconds=20.0)
    rehearsal.primary.name_version("v2")
    for step in ("createSecret", "setSecret", "testSecret"):
        rehearsal.rotation.perform(step, "v2")
    new = rehearsal.primary.key("AWSPENDING") or ""

    assert rehearsal.primary.key("AWSCURRENT") == "first"
    assert rehearsal.findings(new) == {"us-east-2": "pending", "us-east-1": "pending"}


@pytest.mark.parametrize("region", ["us-east-1", "us-east-2"])
def test_the_new_key_is_good_even_if_secrets_manager_is_lost_the_moment_it_is_shown(region: str) -> None:
    """Every worker holds it by then, also one that the rotation did not ask and that cannot look for it any more."""
    rehearsal = a_rehearsal(lag_seconds=20.0)
    rehearsal.rotate("v2")
    rehearsal.secrets[region].away = True

    assert rehearsal.bystanders[region].judge(rehearsal.primary.key("AWSCURRENT") or "") in GOOD


@pytest.mark.parametrize("before", range(0, 60, 10))
def test_a_replica_that_knows_the_versions_name_alone_does_not_have_it(before: int) -> None:
    """Secrets Manager names a version before it is given its key, and the name may arrive long before; whenever a worker last read."""
    rehearsal = a_rehearsal(lag_seconds=20.0)
    rehearsal.wait(before)
    rehearsal.primary.name_version("v2")
    rehearsal.wait(20.0)
    for step in ("createSecret", "setSecret", "testSecret", "finishSecret"):
        rehearsal.rotation.perform(step, "v2")
    rehearsal.secrets["us-east-1"].away = True

    assert rehearsal.bystanders["us-east-1"].judge(rehearsal.primary.key("AWSCURRENT") or "") in GOOD


@settings(max_examples=60, deadline=None)
@given(
    lag=st.floats(min_value=0, max_value=100),
    cache=st.floats(min_value=1, max_value=60),
    pauses=st.lists(st.floats(min_value=0, max_value=90), min_size=1, max_size=4),
)
def test_no_key_handed_out_is_refused_until_it_is_retired(lag: float, cache: float, pauses: list[float]) -> None:
    """Whatever the replica's lag and the authorizer's memory, at every moment from the end of a rotation to the end of the next but one."""
    rehearsal = a_rehearsal(lag_seconds=lag, cache_seconds=cache)
    told = ["first"]
    for number, pause in enumerate(pauses, start=2):
        rehearsal.rotate(f"v{number}")
        told.append(rehearsal.primary.key("AWSCURRENT") or "")
        for moment in (0.0, pause / 2, pause / 2):
            rehearsal.time.pass_seconds(moment)
            for key in told[-2:]:
                assert set(rehearsal.findings(key).values()) <= GOOD, (number, moment)


def test_a_retired_key_is_refused_within_the_authorizers_memory_and_the_lag() -> None:
    """The second rotation retires it; a worker that is asked then no longer knows it."""
    rehearsal = a_rehearsal(lag_seconds=3.0)
    rehearsal.rotate("v2")
    rehearsal.rotate("v3")
    rehearsal.findings("first")
    rehearsal.time.pass_seconds(60.0 + 3.0)

    assert set(rehearsal.findings("first").values()) == {"wrong"}


def test_a_replica_that_does_not_follow_stops_the_rotation_and_changes_nothing() -> None:
    """Its Region would refuse the new key; the one that everybody has stays the current one."""
    rehearsal = a_rehearsal(lag_seconds=float("inf"))

    with pytest.raises(RotationStopped, match=r"did not arrive in us-east-1 within 120 s"):
        rehearsal.rotate("v2")

    assert rehearsal.primary.key("AWSCURRENT") == "first"
    assert sum(rehearsal.time.slept) == pytest.approx(REPLICA_SECONDS_MAX)


def test_a_region_that_refuses_the_new_key_stops_the_rotation() -> None:
    """Asked again and again for a minute, by the answer its authorizer gives."""
    rehearsal = a_rehearsal()
    rehearsal.authorizers["us-east-1"].refuses_everyone = True
    rehearsal.primary.name_version("v2")
    rehearsal.rotation.perform("createSecret", "v2")
    slept = sum(rehearsal.time.slept)

    with pytest.raises(RotationStopped, match="us-east-1 does not accept the new key"):
        rehearsal.rotation.perform("testSecret", "v2")

    assert sum(rehearsal.time.slept) - slept == pytest.approx(ACCEPTED_SECONDS_MAX, abs=3)
    assert rehearsal.primary.key("AWSCURRENT") == "first"


@pytest.mark.parametrize("times", [2, 3])
def test_every_step_may_come_again(times: int) -> None:
    """Secrets Manager calls a step anew when it does not know how it ended; the key stays the one made first."""
    rehearsal = a_rehearsal()
    rehearsal.primary.name_version("v2")
    keys = set()
    for step in ("createSecret", "setSecret", "testSecret", "finishSecret"):
        for _ in range(times):
            rehearsal.rotation.perform(step, "v2")
            keys.add(rehearsal.primary.key("AWSPENDING"))

    assert len(keys) == 1
    assert rehearsal.primary.key("AWSPREVIOUS") == "first"
    assert rehearsal.primary.calls.count("update_secret_version_stage") == 1


def test_of_two_steps_at_once_the_first_key_stays() -> None:
    """Both found no key; one put it, the other is told that there is one."""
    rehearsal = a_rehearsal()
    rehearsal.primary.name_version("v2")
    rehearsal.primary.faults["put_secret_value"] = refused("ResourceExistsException")

    assert rehearsal.rotation.perform("createSecret", "v2") == "created_before"


@pytest.mark.parametrize("step", ["createSecret", "setSecret", "testSecret", "finishSecret"])
def test_a_version_that_is_not_the_pending_one_is_left_alone(step: str) -> None:
    """An old call that comes late must not put an old key back."""
    rehearsal = a_rehearsal()
    rehearsal.rotate("v2")
    rehearsal.rotate("v3")

    with pytest.raises(RotationStopped, match="not the pending one"):
        rehearsal.rotation.perform(step, "v2")


def test_a_version_without_a_key_is_never_made_the_current_one() -> None:
    """It would lock everybody out."""
    rehearsal = a_rehearsal()
    rehearsal.primary.name_version("v2")

    with pytest.raises(RotationStopped, match="holds no key"):
        rehearsal.rotation.perform("finishSecret", "v2")


def test_a_trial_without_a_new_key_tries_the_current_one() -> None:
    """What Secrets Manager does when a schedule is set: the test alone, to see whether the function works."""
    rehearsal = a_rehearsal()
    rehearsal.primary.name_version("trial")

    assert rehearsal.rotation.perform("testSecret", "trial") == "tested_the_current_key"
    assert [authorizer.asked for authorizer in rehearsal.authorizers.values()] == [["first"], ["first"]]


def test_an_unknown_step_is_refused() -> None:
    """Nothing is guessed."""
    with pytest.raises(RotationStopped, match="no step"):
        a_rehearsal().rotation.perform("deleteSecret", "v1")


@pytest.mark.parametrize("text", ["no JSON", "[]", '"key"'])
def test_a_secret_that_is_no_object_is_not_quoted(text: str) -> None:
    """Whatever stands there may be a key."""
    rehearsal = a_rehearsal()
    rehearsal.primary.versions["v1"].text = text
    rehearsal.primary.name_version("v2")

    with pytest.raises(RotationStopped) as stopped:
        rehearsal.rotation.perform("createSecret", "v2")

    assert stopped.value.reason == "the secret is no JSON object"


def test_keys_are_long_and_never_the_same() -> None:
    """Letters and digits alone: they travel in a header."""
    keys = {new_key() for _ in range(1000)}

    assert len(keys) == 1000
    assert all(len(key) == KEY_CHARACTERS and key.isascii() and key.isalnum() for key in keys)


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def _handle(rehearsal: Rehearsal, step: str, version_id: str = "v2") -> None:
    event = {"Step": step, "SecretId": SECRET, "ClientRequestToken": version_id}
    rotation_handler(rehearsal.rotation, lambda: 31.5)(event, FakeContext())


def test_each_step_writes_one_line_without_a_key(capsys: pytest.CaptureFixture[str]) -> None:
    """Which step of which version, and how it ended; the authorizers' own lines hold no key either."""
    rehearsal = a_rehearsal()
    rehearsal.primary.name_version("v2")
    for step in ("createSecret", "setSecret", "testSecret", "finishSecret"):
        _handle(rehearsal, step)

    written = capsys.readouterr().out
    lines = [json.loads(line) for line in written.splitlines()]
    assert [line["outcome"] for line in lines if "step" in line] == ["created", "set_up", "tested", "finished"]
    assert rehearsal.primary.key("AWSCURRENT") not in written
    assert "first" not in written


@pytest.mark.parametrize("fault", [refused("AccessDeniedException"), refused("InternalServiceError", 500)])
def test_a_step_that_fails_raises_and_says_why_by_the_code_alone(fault: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    """An error's own words could hold what was sent."""
    rehearsal = a_rehearsal()
    rehearsal.primary.name_version("v2")
    rehearsal.primary.faults["put_secret_value"] = fault

    with pytest.raises(RotationStopped) as stopped:
        _handle(rehearsal, "createSecret")

    assert stopped.value.reason in ("AccessDeniedException", "InternalServiceError")
    assert _lines(capsys)[-1]["error"] == stopped.value.reason


def test_the_age_of_the_key_is_a_metric(capsys: pytest.CaptureFixture[str]) -> None:
    """For the alarm on a rotation that never comes."""
    _handle(a_rehearsal(), "reportAge")

    metric = next(line for line in _lines(capsys) if "_aws" in line)
    assert metric["ApiKeyAgeDays"] == 31.5


def test_the_age_is_that_of_the_current_version() -> None:
    """Not of the secret, and not of a version that waits."""
    assert key_age_days(FakeSecret(), SECRET, MADE + timedelta(days=31, hours=12)) == 31.5


def test_the_function_is_given_the_time_its_longest_step_takes() -> None:
    """A replica at its slowest, then the longest memory an authorizer may have."""
    template = (PROJECT / "templates" / "regional" / "rotation.j2").read_text()
    (timeout_seconds,) = re.findall(r"timeout_seconds=(\d+)", template)
    cache_seconds = SecretParameters.model_fields["key_cache_seconds"].metadata[1].le

    assert int(timeout_seconds) > max(REPLICA_SECONDS_MAX + cache_seconds + MARGIN_SECONDS, ACCEPTED_SECONDS_MAX + PAUSE_SECONDS) + 30
