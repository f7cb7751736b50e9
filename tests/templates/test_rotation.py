"""The rotation of the API key: when, by whom, and that everybody means the same by how long a key is kept."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.rendering.render import render_system
from deployer.rendering.rendered import RenderedSystem
from tests.support.rendering import a_project, an_environment, as_data


@pytest.fixture(scope="module")
def render(tmp_path_factory: pytest.TempPathFactory):
    """Return a function from changes of the environment to the rendered system."""
    folder = tmp_path_factory.mktemp("rotation")
    source = a_project(folder / "project")
    return lambda **changes: render_system(an_environment(**changes), source=source, build=folder / "build")


def _regional(system: RenderedSystem) -> Any:
    return as_data(system.regional.body)["Resources"]


def _global(system: RenderedSystem) -> Any:
    return as_data(system.global_.body)["Resources"]


@pytest.mark.parametrize(("home", "role"), [(None, "secondary"), ("us-east-1", "primary")])
def test_the_home_regions_function_rotates(render, home: str | None, role: str):
    """The secret's primary is where the global stack is; a function elsewhere cannot be given to it."""
    schedule = _global(render(administration_region=home))["ApiKeyRotation"]["Properties"]

    assert f"function:payment-rotation-{role}-test:live" in schedule["RotationLambdaARN"]["Fn::Sub"]
    assert schedule["SecretId"] == {"Ref": "ApiKeySecret"}


def test_no_roll_out_rotates(render):
    """Callers are handed a new key by the calendar or by a person, never because a stack was updated."""
    assert _global(render())["ApiKeyRotation"]["Properties"]["RotateImmediatelyOnUpdate"] is False


def test_without_days_a_person_rotates(render):
    """No schedule and nobody who watches one; the function is there all the same."""
    system = render(secret={"rotation_days": 0})

    assert "ApiKeyRotation" not in _global(system)
    assert "RotationDays" not in as_data(system.global_.body)["Parameters"]
    assert {"KeyAgeRule", "KeyAgePermission", "KeyAgeAlarm"} & _regional(system).keys() == set()
    assert {"RotationFunction", "RotationPermission", "RotationErrorsAlarm"} <= _regional(system).keys()


def test_secrets_manager_alone_is_let_in_and_for_this_secret_alone(render):
    """Anybody else's secret, or another of this account's, cannot have the function called."""
    resources = _regional(render())
    let_in = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::Lambda::Permission"]
    (rotation,) = [one for one in let_in if one["Principal"] == "secretsmanager.amazonaws.com"]

    assert rotation["FunctionName"] == {"Ref": "RotationFunctionAlias"}
    assert rotation["SourceAccount"] == {"Ref": "AWS::AccountId"}
    assert rotation["SourceArn"]["Fn::Sub"].endswith(":secret:payment-api-secret-test-??????")


def test_everybody_keeps_keys_for_the_same_time(render):
    """Were the rotation to wait for less than the authorizer keeps what it read, a new key would be shown too early."""
    resources = _regional(render(secret={"key_cache_seconds": 7}))
    scheme = resources["RestApi"]["Properties"]["Body"]["components"]["securitySchemes"]["ApiKey"]

    for function in ("AuthorizerFunction", "RotationFunction"):
        assert resources[function]["Properties"]["Environment"]["Variables"]["KEY_CACHE_SECONDS"] == {"Ref": "KeyCacheSeconds"}
    assert scheme["x-amazon-apigateway-authorizer"]["authorizerResultTtlInSeconds"] == 7


def test_a_rotation_that_never_comes_rings(render):
    """Two days after it was due, and when nobody tells the key's age."""
    resources = _regional(render(secret={"rotation_days": 90}))
    alarm, rule = resources["KeyAgeAlarm"]["Properties"], resources["KeyAgeRule"]["Properties"]

    assert (alarm["MetricName"], alarm["Threshold"], alarm["TreatMissingData"]) == ("ApiKeyAgeDays", 92, "missing")
    assert alarm["InsufficientDataActions"] == [{"Ref": "Topic"}]
    assert rule["Targets"][0]["Input"] == '{"Step": "reportAge"}'


def test_the_access_log_says_which_version_of_the_key_let_a_request_in(render):
    """So that the old key is retired when nobody uses it any more, and the key itself is in no log."""
    log_format = _regional(render())["ApiStage"]["Properties"]["AccessLogSetting"]["Format"]

    assert '"keyVersion": "$context.authorizer.keyVersion"' in log_format
    assert "x-api-key" not in log_format
