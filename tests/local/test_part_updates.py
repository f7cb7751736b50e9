"""An update of one part rolls out, changes that part in both Regions, and leaves every other resource as it was."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.main_job import Copy, a_system

pytestmark = pytest.mark.whole_system

REGIONS = ("us-east-2", "us-east-1")
# What a digest in a logical id stands for here: `PaymentFunctionVersion0a1b2c3d4e` -> `PaymentFunctionVersion`.
DIGEST_CHARACTERS = 10
WITH_DIGEST = ("ApiDeployment", "HealthFunctionVersion")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartUpdate:
    """An edit of one source file, what it may change, and how what stands afterwards is read in one Region."""

    file: str
    old: str
    new: str
    changes: frozenset[tuple[str, str]]
    standing: Callable[[Copy, str], Any]
    before: Any
    after: Any


def _longest_customer(copy: Copy, region: str) -> int:
    gateway = copy.client("apigateway", region)
    (api,) = gateway.get_rest_apis()["items"]
    model = json.loads(gateway.get_model(restApiId=api["id"], modelName="PaymentRequest")["schema"])
    return int(model["properties"]["customerId"]["pattern"].rpartition(",")[2].rstrip("}$"))


def _version(copy: Copy, region: str) -> str:
    role = "primary" if region == "us-east-1" else "secondary"
    alias = copy.client("lambda", region).get_alias(FunctionName=f"payment-health-{role}-local", Name="live")
    return str(alias["FunctionVersion"])


def _threshold(copy: Copy, region: str) -> float:
    role = "primary" if region == "us-east-1" else "secondary"
    found = copy.client("cloudwatch", region).describe_alarms(AlarmNames=[f"payment-server-errors-{role}-local"])
    return float(found["MetricAlarms"][0]["Threshold"])


def _indexes(copy: Copy, region: str) -> list[str]:
    table = copy.client("dynamodb", region).describe_table(TableName="payment-transactions-local")["Table"]
    return [index["IndexName"] for index in table.get("GlobalSecondaryIndexes", [])]


def _old_versions_days(copy: Copy, region: str) -> int:
    role = "primary" if region == "us-east-1" else "secondary"
    rules = copy.client("s3", region).get_bucket_lifecycle_configuration(Bucket=f"payment-audit-logs-{role}-local")["Rules"]
    return next(int(rule["NoncurrentVersionExpiration"]["NoncurrentDays"]) for rule in rules if "NoncurrentVersionExpiration" in rule)


INDEX = """AttributeDefinitions: [{AttributeName: transaction_id, AttributeType: S}, {AttributeName: customer_id, AttributeType: S}]
      GlobalSecondaryIndexes:
        - IndexName: by-customer
          KeySchema: [{AttributeName: customer_id, KeyType: HASH}]
          Projection: {ProjectionType: KEYS_ONLY}
      """

UPDATES = [
    pytest.param(
        PartUpdate(
            file="functions/health/handler.py",
            old='"""',
            new='# Edited.\n"""',
            changes=frozenset(
                {
                    ("Modify", "HealthFunction"),
                    ("Modify", "HealthFunctionAlias"),
                    ("Add", "HealthFunctionVersion"),
                    ("Remove", "HealthFunctionVersion"),
                }
            ),
            standing=_version,
            before="1",
            after="2",
        ),
        id="function",
    ),
    pytest.param(
        PartUpdate(
            file="templates/contract/openapi.yaml",
            old="{1,64}",
            new="{1,60}",
            changes=frozenset({("Modify", "RestApi"), ("Modify", "ApiStage"), ("Add", "ApiDeployment"), ("Remove", "ApiDeployment")}),
            standing=_longest_customer,
            before=64,
            after=60,
        ),
        id="API contract",
    ),
    pytest.param(
        PartUpdate(
            file="templates/regional/alarms.j2",
            old="api, threshold=10,",
            new="api, threshold=20,",
            changes=frozenset({("Modify", "ServerErrorsAlarm")}),
            standing=_threshold,
            before=10.0,
            after=20.0,
        ),
        id="alarm",
    ),
    pytest.param(
        PartUpdate(
            file="templates/global/table.j2",
            old="AttributeDefinitions: [{AttributeName: transaction_id, AttributeType: S}]\n      ",
            new=INDEX,
            changes=frozenset({("Modify", "PaymentsTable")}),
            standing=_indexes,
            before=[],
            after=["by-customer"],
        ),
        id="table index",
    ),
    pytest.param(
        PartUpdate(
            file="templates/regional/audit.j2",
            old="NoncurrentDays: 365",
            new="NoncurrentDays: 400",
            changes=frozenset({("Modify", "AuditBucket")}),
            standing=_old_versions_days,
            before=365,
            after=400,
        ),
        id="bucket rule",
    ),
]


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """A system that was rolled out; each test edits another part of it and leaves it rolled out."""
    with a_system(tmp_path_factory.mktemp("parts")) as copy:
        yield copy


@pytest.mark.parametrize("update", UPDATES)
def test_update_of_one_part_changes_that_part_alone(system: Copy, update: PartUpdate) -> None:
    """The plan names nothing else, nothing else is made anew, both Regions have it, and there is nothing left to do."""
    assert [update.standing(system, region) for region in REGIONS] == [update.before, update.before]
    source = system.folder / update.file
    text = source.read_text()
    assert update.old in text
    source.write_text(text.replace(update.old, update.new, 1))

    plan = json.loads(system.run("plan", system.params, "--format", "json").stdout)["plan"]
    stood = _resources(system)
    rolled_out = system.run("roll-out", system.params, "--yes")
    again = system.run("plan", system.params, "--exit-code")

    assert rolled_out.exit_code == 0, rolled_out.output
    changes = {(change["action"], _plain(change["logical_id"])) for step in plan["steps"] for change in step.get("changes", [])}
    assert changes == update.changes
    replaced = {_plain(logical_id) for _region, logical_id, _physical_id in stood ^ _resources(system)}
    assert replaced == {logical_id for action, logical_id in update.changes if action != "Modify"}
    assert [update.standing(system, region) for region in REGIONS] == [update.after, update.after]
    assert again.exit_code == 0, again.output


def _plain(logical_id: str) -> str:
    """Return a logical id without the digest at its end."""
    return logical_id[:-DIGEST_CHARACTERS] if logical_id.startswith(WITH_DIGEST) else logical_id


def _resources(copy: Copy) -> set[tuple[str, str, str]]:
    """Return (Region, logical id, physical id) of every resource of every stack."""
    found = set()
    for region in REGIONS:
        cloudformation = copy.client("cloudformation", region)
        for stack in cloudformation.describe_stacks()["Stacks"]:
            pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack["StackId"])
            summaries = [one for page in pages for one in page["StackResourceSummaries"]]
            found |= {(region, one["LogicalResourceId"], one["PhysicalResourceId"]) for one in summaries}
    return found
