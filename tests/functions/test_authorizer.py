"""Only holders of the key get in, also while it is rotated and while Secrets Manager is away."""

from __future__ import annotations

import json
from typing import Any

import pytest

from authorizer.handler import Unauthorized, authorizer_handler
from authorizer.keys import FRESH_SECONDS_MAX, LOOK_SECONDS_MIN, ApiKeys, KeysUnavailable
from authorizer.verdict import PRINCIPAL_ID, stage_arn
from tests.support.fake_services import FakeSecrets, FakeTime, never_arrives, refuses, works
from tests.support.function_events import FakeContext, an_authorizer_event, recorded

READ_ONCE = ["AWSPENDING", "AWSCURRENT", "AWSPREVIOUS"]


def some_keys(secrets: FakeSecrets, time: FakeTime | None = None) -> ApiKeys:
    """Return the keys of `secrets` by the clock `time`."""
    return ApiKeys(secrets, "payment-api-secret-test", clock=time or FakeTime())


def effect_for(key: str | None, keys: ApiKeys) -> Any:
    """Return the effect the handler's policy has for `key`."""
    answer = authorizer_handler(keys)(an_authorizer_event(key), FakeContext())
    return answer["policyDocument"]["Statement"][0]["Effect"]


def test_the_current_and_the_previous_key_are_good_and_others_are_not() -> None:
    """The previous one is, as long as the secret has one."""
    keys = some_keys(FakeSecrets(AWSCURRENT="new", AWSPREVIOUS="old"))

    assert [keys.judge(key) for key in ("new", "old", "wrong")] == ["current", "previous", "wrong"]


def test_a_pending_key_is_good_before_anybody_is_told_of_it() -> None:
    """The rotation that made it asks each Region before it shows it."""
    keys = some_keys(FakeSecrets(AWSCURRENT="old", AWSPENDING="new"))

    assert [keys.judge(key) for key in ("new", "old")] == ["pending", "current"]
    assert effect_for("new", keys) == "Allow"


@pytest.mark.parametrize("moved_before", range(4))
def test_keys_that_move_on_while_they_are_read_are_all_met(moved_before: int) -> None:
    """The versions are read one by one: a rotation that ends between two reads must not hide a key from both."""
    secrets = FakeSecrets(AWSCURRENT="old", AWSPENDING="new")

    def moves(call: Any) -> Any:
        secrets.versions = {"AWSCURRENT": "new", "AWSPREVIOUS": "old"}
        return call()

    secrets.script = [*[works] * moved_before, moves]
    keys = some_keys(secrets)
    keys.judge("old")
    secrets.script = [never_arrives] * 9

    assert "wrong" not in [keys.judge("new"), keys.judge("old")]
    assert "unsure" not in [keys.judge("new"), keys.judge("old")]


def test_a_pending_version_that_is_no_key_closes_nothing() -> None:
    """Nobody has it yet; the other two are as good as before."""

    class Secrets(FakeSecrets):
        def get_secret_value(self, *, SecretId: str, VersionStage: str) -> dict[str, Any]:
            return (
                {"SecretString": "{}"}
                if VersionStage == "AWSPENDING"
                else super().get_secret_value(SecretId=SecretId, VersionStage=VersionStage)
            )

    assert some_keys(Secrets(AWSCURRENT="good")).judge("good") == "current"


def test_a_secret_that_was_never_rotated_has_no_previous_key() -> None:
    """That is no failure."""
    assert some_keys(FakeSecrets(AWSCURRENT="only")).judge("only") == "current"


def test_keys_are_read_once_a_minute() -> None:
    """Not once a request."""
    secrets, time = FakeSecrets(AWSCURRENT="good"), FakeTime()
    keys = some_keys(secrets, time)

    for _ in range(5):
        keys.judge("good")
    assert secrets.calls == READ_ONCE

    time.pass_seconds(FRESH_SECONDS_MAX)
    keys.judge("good")
    assert secrets.calls == READ_ONCE * 2


def test_a_key_rotated_in_a_moment_ago_is_good_at_once() -> None:
    """An unknown key is looked for before it is called wrong."""
    secrets = FakeSecrets(AWSCURRENT="first")
    keys = some_keys(secrets)
    keys.judge("first")
    secrets.versions = {"AWSCURRENT": "second", "AWSPREVIOUS": "first"}

    assert [keys.judge("second"), keys.judge("first")] == ["current", "previous"]


def test_a_retired_key_is_refused_once_the_keys_are_old() -> None:
    """Taking the label away ends it within the minute."""
    secrets, time = FakeSecrets(AWSCURRENT="new", AWSPREVIOUS="old"), FakeTime()
    keys = some_keys(secrets, time)
    keys.judge("old")
    del secrets.versions["AWSPREVIOUS"]
    time.pass_seconds(FRESH_SECONDS_MAX)

    assert keys.judge("old") == "wrong"


def test_unknown_keys_do_not_make_the_secret_be_read_without_end() -> None:
    """Until it can be looked for again, an unknown key is neither good nor surely wrong."""
    secrets, time = FakeSecrets(AWSCURRENT="good"), FakeTime()
    keys = some_keys(secrets, time)
    keys.judge("good")
    time.pass_seconds(LOOK_SECONDS_MIN)

    assert [keys.judge("guess-1"), keys.judge("guess-2"), keys.judge("guess-3")] == ["wrong", "unsure", "unsure"]
    assert secrets.calls == READ_ONCE * 2

    time.pass_seconds(LOOK_SECONDS_MIN)
    assert keys.judge("guess-4") == "wrong"


def test_known_keys_outlive_an_outage_of_secrets_manager() -> None:
    """Payments go on; a key not known is not called wrong on old knowledge."""
    secrets, time = FakeSecrets(AWSCURRENT="good"), FakeTime()
    keys = some_keys(secrets, time)
    keys.judge("good")
    secrets.script = [never_arrives] * 100
    time.pass_seconds(FRESH_SECONDS_MAX)

    assert [keys.judge("good"), keys.judge("other")] == ["current", "unsure"]


def test_an_outage_costs_a_try_every_few_seconds_and_not_one_a_request() -> None:
    """Each try may take a second of somebody's request."""
    secrets, time = FakeSecrets(AWSCURRENT="good"), FakeTime()
    keys = some_keys(secrets, time)
    keys.judge("good")
    secrets.script = [never_arrives] * 100
    time.pass_seconds(FRESH_SECONDS_MAX)

    for _ in range(5):
        keys.judge("good")
    assert secrets.calls == [*READ_ONCE, "AWSPENDING"]


def test_a_half_read_secret_changes_nothing() -> None:
    """Were only the current version kept, the previous key would be refused in the middle of a rotation."""
    secrets, time = FakeSecrets(AWSCURRENT="new", AWSPREVIOUS="old"), FakeTime()
    keys = some_keys(secrets, time)
    keys.judge("new")
    time.pass_seconds(FRESH_SECONDS_MAX)
    secrets.script = [lambda call: call(), never_arrives]

    assert keys.judge("old") == "previous"


def test_a_first_read_that_fails_is_tried_once_more() -> None:
    """There is nothing else to go by."""
    secrets = FakeSecrets(AWSCURRENT="good")
    secrets.script = [never_arrives]

    assert some_keys(secrets).judge("good") == "current"


@pytest.mark.parametrize("fault", [never_arrives, refuses("AccessDeniedException"), refuses("ResourceNotFoundException")])
def test_without_any_key_there_is_no_verdict(fault: Any) -> None:
    """Neither yes nor no: API Gateway answers for a failed authorizer, and caches nothing."""
    secrets = FakeSecrets(AWSCURRENT="good")
    secrets.script = [fault] * 100

    with pytest.raises(KeysUnavailable):
        some_keys(secrets).judge("good")


@pytest.mark.parametrize("value", ["plain", '{"apiKey": "x"}', '{"api_key": ""}', '{"api_key": 7}', "[]", "null"])
def test_a_malformed_secret_is_no_key_and_is_not_quoted(value: str) -> None:
    """An empty key above all must let nobody in."""

    class Secrets:
        def get_secret_value(self, **_: str) -> dict[str, str]:
            return {"SecretString": value}

    with pytest.raises(KeysUnavailable) as failure:
        ApiKeys(Secrets(), "s").judge("")

    assert str(failure.value) == "secret without api_key"


def test_a_recorded_event_is_allowed_for_the_whole_stage() -> None:
    """The answer is cached for the key and must hold for its next method; it names no key."""
    keys = some_keys(FakeSecrets(AWSCURRENT="example-api-key"))

    answer = authorizer_handler(keys)(recorded("authorize"), FakeContext())

    assert answer == {
        "principalId": PRINCIPAL_ID,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Action": "execute-api:Invoke",
                    "Effect": "Allow",
                    "Resource": "arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/live/*",
                }
            ],
        },
        "context": {"keyVersion": "current"},
    }


def test_a_wrong_key_is_denied() -> None:
    """403, and API Gateway may remember it."""
    assert effect_for("wrong", some_keys(FakeSecrets(AWSCURRENT="good"))) == "Deny"


@pytest.mark.parametrize("key", ["", " ", "good2", "goo", "GOOD", "g\u00f6\u00f6d", "\ud800", "x" * 10_000])
def test_nothing_near_a_key_is_the_key(key: str) -> None:
    """Whatever characters it has, and however long it is."""
    with_good = some_keys(FakeSecrets(AWSCURRENT="good"))
    if key.strip():
        assert effect_for(key, with_good) == "Deny"
    else:
        with pytest.raises(Unauthorized):
            effect_for(key, with_good)


def test_a_missing_key_is_a_401() -> None:
    """API Gateway goes by this very message."""
    with pytest.raises(Unauthorized, match=r"^Unauthorized$"):
        effect_for(None, some_keys(FakeSecrets(AWSCURRENT="good")))


def test_a_key_sent_twice_is_a_401() -> None:
    """API Gateway might cache the answer under the other of the two."""
    event = an_authorizer_event("good")
    event["multiValueHeaders"]["X-Api-Key"] = ["wrong", "good"]

    with pytest.raises(Unauthorized):
        authorizer_handler(some_keys(FakeSecrets(AWSCURRENT="good")))(event, FakeContext())


def test_a_key_not_surely_wrong_is_a_401_that_is_not_remembered() -> None:
    """A cached Deny would shut a rotated key out for the cache's life."""
    time = FakeTime()
    keys = some_keys(FakeSecrets(AWSCURRENT="good"), time)
    effect_for("good", keys)
    effect_for("guess", keys)

    with pytest.raises(Unauthorized):
        effect_for("new", keys)


@pytest.mark.parametrize(("key", "outcome", "level"), [("good", "current", "INFO"), ("guess", "wrong", "INFO"), (None, "missing", "INFO")])
def test_each_request_writes_one_line_without_a_key(key: str | None, outcome: str, level: str, capsys: pytest.CaptureFixture[str]) -> None:
    """How it ended, for which request."""
    keys = some_keys(FakeSecrets(AWSCURRENT="good"))
    if key is None:
        with pytest.raises(Unauthorized):
            effect_for(key, keys)
    else:
        effect_for(key, keys)

    written = capsys.readouterr().out
    line = json.loads(written)
    assert (line["outcome"], line["level"], written.count("\n")) == (outcome, level, 1)
    assert line["request_id"] == "KzT8wE3HoAMEbJw="
    assert "guess" not in written
    assert "good" not in written


def test_the_reason_for_no_verdict_is_in_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    """AWS's own code, for whoever is on call."""
    secrets = FakeSecrets(AWSCURRENT="good")
    secrets.script = [refuses("AccessDeniedException")] * 9

    with pytest.raises(KeysUnavailable):
        effect_for("good", some_keys(secrets))

    line = json.loads(capsys.readouterr().out)
    assert (line["outcome"], line["error"], line["level"]) == ("unavailable", "AccessDeniedException", "ERROR")


@pytest.mark.parametrize("path", ["GET/payment/1", "POST/payment", "GET/"])
def test_the_policy_is_for_the_stage_of_the_method_asked_for(path: str) -> None:
    """Whatever the method, and in whatever partition."""
    assert stage_arn(f"arn:aws-cn:execute-api:r:1:api/live/{path}") == "arn:aws-cn:execute-api:r:1:api/live/*"
