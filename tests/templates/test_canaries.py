"""Canaries as the template makes them: who asks whom, with which rights, and what is left of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from deployer.rendering.packages import canary_packages
from deployer.rendering.render import render_system
from deployer.rendering.rendered import RenderedSystem
from tests.support.rendering import PROJECT, a_project, an_environment, as_data

HERE = {"Ref": "AWS::Region"}
CANARIES = ("OwnCanary", "PeerCanary", "PeerHealthCanary")


def _looked_up(key: str) -> dict[str, Any]:
    return {"Fn::FindInMap": ["Regions", HERE, key]}


@pytest.fixture
def resources(system: RenderedSystem) -> dict[str, Any]:
    """Each environment's regional resources."""
    return as_data(system.regional.body)["Resources"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("canary", "asks"), [("OwnCanary", HERE), ("PeerCanary", _looked_up("PeerRegion")), ("PeerHealthCanary", _looked_up("PeerRegion"))]
)
def test_each_region_asks_itself_and_the_other(resources: dict[str, Any], canary: str, asks: dict[str, Any]):
    """Each by its own name: the shared one would answer for whoever is in service."""
    variables = resources[canary]["Properties"]["RunConfig"]["EnvironmentVariables"]

    assert variables["TARGET_NAME"] == {"Fn::Sub": ["${Target}.api.${ZoneName}", {"Target": asks}]}
    assert variables["TARGET_REGION"] == asks


def test_two_witnesses_of_the_other_region_share_no_code_and_no_key(resources: dict[str, Any]):
    """What breaks one of them leaves the other; both together are believed."""
    paying, asking = (resources[name]["Properties"] for name in ("PeerCanary", "PeerHealthCanary"))

    assert (paying["Code"]["Handler"], asking["Code"]["Handler"]) == ("payment_path.handler", "region_health.handler")
    assert paying["Code"]["S3Key"] != asking["Code"]["S3Key"]
    assert sorted(asking["RunConfig"]["EnvironmentVariables"]) == ["TARGET_NAME", "TARGET_REGION"]


@pytest.mark.parametrize("canary", CANARIES)
def test_canary_stands_outside_the_network_and_only_when_live(resources: dict[str, Any], canary: str):
    """It sees what callers see (F7.6), and does not ring while there is nothing to see."""
    properties = resources[canary]["Properties"]

    assert resources[canary]["Condition"] == "IsLive"
    assert "VPCConfig" not in properties
    assert properties["RuntimeVersion"] == "syn-python-selenium-12.0"
    assert properties["Schedule"]["Expression"].startswith("rate(")
    assert properties["StartCanaryAfterCreation"] is True


def test_canary_finds_the_key_by_itself(resources: dict[str, Any]):
    """The secret's name is all that stands in the template."""
    variables = resources["OwnCanary"]["Properties"]["RunConfig"]["EnvironmentVariables"]

    assert sorted(variables) == ["SECRET_ID", "TARGET_NAME", "TARGET_REGION", "WATCHER"]
    assert variables["WATCHER"] == _looked_up("Role")
    assert variables["SECRET_ID"].startswith("payment-api-secret-")


def test_run_is_over_before_the_next_begins():
    """Two at once would share an idempotency key and hide a fault."""
    shortest = 60

    body = as_data(
        (PROJECT / "templates" / "regional" / "canaries.j2").read_text().split("RunConfig:\n")[1].split("EnvironmentVariables")[0]
    )
    assert body["TimeoutInSeconds"] < shortest


@pytest.mark.parametrize(("minutes", "rate"), [(1, "rate(1 minute)"), (15, "rate(15 minutes)")])
def test_interval_is_written_as_synthetics_reads_it(tmp_path: Path, minutes: int, rate: str):
    """One minute is singular."""
    environment = an_environment(canaries={"interval_minutes": minutes})
    system = render_system(environment, source=a_project(tmp_path / "project"), build=tmp_path / "build")

    assert as_data(system.regional.body)["Resources"]["PeerCanary"]["Properties"]["Schedule"]["Expression"] == rate


def test_results_and_logs_expire(resources: dict[str, Any]):
    """Two objects every few minutes, for ever, is how a small bill becomes a large one."""
    rule = resources["CanaryBucket"]["Properties"]["LifecycleConfiguration"]["Rules"][0]

    assert (rule["Status"], rule["ExpirationInDays"]) == ("Enabled", {"Ref": "CanaryResultDays"})
    for canary in CANARIES:
        assert resources[f"{canary}LogGroup"]["Properties"]["RetentionInDays"] == {"Ref": "LogsDays"}
        assert resources[canary]["Properties"]["SuccessRetentionPeriod"] == {"Ref": "CanaryResultDays"}


@pytest.mark.parametrize("canary", CANARIES)
def test_log_group_is_the_one_its_function_writes_to(system: RenderedSystem, resources: dict[str, Any], canary: str):
    """`cwsyn-<canary>-<id>`, at most 64 characters; the role may make no other."""
    pattern, names = resources[f"{canary}LogGroup"]["Properties"]["LogGroupName"]["Fn::Sub"]
    mapping = as_data(system.regional.body)["Mappings"]["Regions"]

    assert pattern == f"/aws/lambda/cwsyn-${{Name}}-${{{canary}.Id}}"
    assert names == {"Name": _looked_up(f"{canary}FunctionName")}
    for values in mapping.values():
        assert len(f"cwsyn-{values[f'{canary}FunctionName']}-{'0' * 36}") <= 64
        assert values[f"{canary}Name"].startswith(values[f"{canary}FunctionName"])


def test_canary_role_may_do_what_a_canary_does(resources: dict[str, Any]):
    """Read its key, keep its results, write its log, tell its metric; make no log group, touch no payment."""
    statements = resources["CanaryRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    actions = {action for statement in statements for action in statement["Action"]}

    assert actions == {
        *("secretsmanager:GetSecretValue", "s3:GetObject", "s3:PutObject", "s3:GetBucketLocation", "s3:ListAllMyBuckets"),
        *("logs:CreateLogStream", "logs:PutLogEvents", "cloudwatch:PutMetricData"),
    }
    [unbounded] = [statement for statement in statements if statement["Resource"] == "*"]
    assert unbounded["Condition"] == {"StringEquals": {"cloudwatch:namespace": "CloudWatchSynthetics"}}


@pytest.mark.parametrize(("number", "name"), [(0, "payment_path"), (1, "region_health")])
def test_package_lies_where_synthetics_looks(tmp_path: Path, number: int, name: str):
    """`python/<file>.py` in the zip, `<file>.<function>` as the handler (F7.2)."""
    package = canary_packages(PROJECT / "canaries", packages=tmp_path)[number]

    assert package.name == name
    assert package.key == f"canaries/{name}/{package.digest[:16]}.zip"
    with ZipFile(package.path) as archive:
        assert archive.namelist() == [f"python/{name}.py"]
        assert b"\ndef handler(" in archive.read(f"python/{name}.py")


def test_canary_code_is_named_by_its_digest(local_system: RenderedSystem):
    """A changed canary is another key, so that the update reaches Synthetics."""
    code = as_data(local_system.regional.body)["Resources"]["OwnCanary"]["Properties"]["Code"]
    [package] = [one for one in local_system.packages if one.name == "payment_path"]

    assert (code["Handler"], code["S3Key"]) == ("payment_path.handler", package.key)
    assert json.dumps(code["S3Bucket"]) == '{"Fn::Sub": "payment-artifacts-local-${AWS::AccountId}-${AWS::Region}"}'
