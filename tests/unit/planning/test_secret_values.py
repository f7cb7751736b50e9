"""What is shown of a value and what is hidden, by its name and by its looks."""

from __future__ import annotations

import json

import pytest

from deployer.planning.secret_values import HIDDEN, shown


@pytest.mark.parametrize(
    "path",
    [
        "/Environment/Variables/DB_PASSWORD",
        "/Environment/Variables/ApiKey",
        "Properties.Environment.Variables.auth_token",
        "/MasterUserSecret",
        "Properties.Credentials.PrivateKey",
        "/LoginProfile/Password",
    ],
)
def test_value_under_a_secrets_name_is_hidden(path: str) -> None:
    """Whatever it looks like."""
    assert shown("1234", path=path) == HIDDEN


@pytest.mark.parametrize(
    "path",
    [
        "/MemorySize",
        "/Code/S3Key",
        "/KeySchema/0/AttributeName",
        "/KmsKeyId",
        "/Environment/Variables/SECRET_NAME",
        "/Environment/Variables/API_KEY_SECRET_ARN",
        "/SecretId",
    ],
)
def test_plain_value_is_shown(path: str) -> None:
    """A key's or a secret's name is no secret."""
    assert shown("1234", path=path) == "1234"


def test_object_that_holds_a_secrets_name_is_hidden_whole() -> None:
    """A difference may be told of a whole object at once."""
    assert shown(json.dumps({"Variables": {"LOG_LEVEL": "INFO", "DB_PASSWORD": "x"}}), path="/Environment") == HIDDEN
    assert shown(json.dumps({"Variables": {"LOG_LEVEL": "INFO"}}), path="/Environment") != HIDDEN


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("AKIA" + "ABCDEFGH12345678", id="access key id"),
        pytest.param("-----BEGIN RSA PRIVATE KEY-----\nMIIE", id="private key"),
        pytest.param("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", id="web token"),
        pytest.param("https://user:ghp_" + "a" * 20 + "@host", id="prefixed token"),
    ],
)
def test_value_that_looks_like_a_secret_is_hidden_under_any_name(value: str) -> None:
    """Somebody put it where it does not belong."""
    assert shown(value, path="/Description") == HIDDEN


def test_only_a_secrets_outside_is_shown() -> None:
    """Its description, yes; what it holds or how it is drawn, no."""
    kind = "AWS::SecretsManager::Secret"

    assert shown("the key of callers", path="/Description", resource_type=kind) == "the key of callers"
    assert shown("{}", path="/GenerateSecretString", resource_type=kind) == HIDDEN


def test_nothing_is_told_as_nothing() -> None:
    """A property that was not there before has no value to hide."""
    assert shown("", path="/Password") == ""
