"""Alarms, dashboard and backups applied for real: who judges whom, and whether what they name is there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deployer.rendering.render import render_system
from tests.support.embedded import EmbeddedAws
from tests.support.plain_stacks import PlainStacks
from tests.support.rendering import PROJECT, an_environment

REGIONS = ("us-east-1", "us-east-2")
ROLES = dict(zip(REGIONS, ("primary", "secondary"), strict=True))


@pytest.fixture(scope="module")
def stacks(embedded_aws: EmbeddedAws) -> PlainStacks:
    """A whole environment, live, backed up as on AWS."""
    environment = an_environment(
        suffix="watched",
        zone={"name": "watched.example.test"},
        retention={"on_tear_down": "delete"},
        table={"deletion_protection": False},
        backup={"enabled": True},
    )
    made = PlainStacks(
        aws=embedded_aws, environment=environment, system=render_system(environment, source=PROJECT, build=PROJECT / "build")
    )
    made.apply_all()
    return made


def _set(stacks: PlainStacks, region: str, **states: str) -> None:
    """Set alarms of a Region, named by their kind, to a state."""
    cloudwatch = stacks.aws.clients("cloudwatch", region)
    for kind, state in states.items():
        name = f"payment-{kind.replace('_', '-')}-{ROLES[region]}-watched"
        cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="as the test says")


def _state(stacks: PlainStacks, region: str, kind: str) -> str:
    name = f"payment-{kind}-{ROLES[region]}-watched"
    found = stacks.aws.clients("cloudwatch", region).describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])
    return str(found["CompositeAlarms"][0]["StateValue"])


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize(
    ("doubt", "peer", "health", "lost"),
    [
        pytest.param("OK", "OK", "OK", "OK", id="both Regions well"),
        pytest.param("OK", "ALARM", "ALARM", "ALARM", id="the other fails, this one is well"),
        pytest.param("OK", "ALARM", "OK", "OK", id="one cannot pay there, but it is well: a canary's fault, or a release's"),
        pytest.param("OK", "OK", "ALARM", "OK", id="one can pay there: the other canary's fault"),
        pytest.param("ALARM", "ALARM", "ALARM", "OK", id="this one fails too: nobody can judge from here"),
        pytest.param("INSUFFICIENT_DATA", "ALARM", "ALARM", "OK", id="no word of this one"),
        pytest.param("OK", "INSUFFICIENT_DATA", "INSUFFICIENT_DATA", "OK", id="no word of the other yet"),
        pytest.param("OK", "ALARM", "INSUFFICIENT_DATA", "OK", id="one witness has not spoken"),
        pytest.param("ALARM", "OK", "OK", "OK", id="only this one fails"),
    ],
)
def test_other_region_is_called_lost_only_by_one_that_is_well(
    stacks: PlainStacks, region: str, doubt: str, peer: str, health: str, lost: str
):
    """Every mix of what the canaries tell, in each Region."""
    _set(stacks, region, watcher_doubt="INSUFFICIENT_DATA", peer_canary="OK", peer_health_canary="OK")

    _set(stacks, region, watcher_doubt=doubt, peer_canary=peer, peer_health_canary=health)

    assert _state(stacks, region, "peer-lost") == lost


@pytest.mark.parametrize(("canary", "errors", "sick"), [("ALARM", "ALARM", "ALARM"), ("ALARM", "OK", "OK"), ("OK", "ALARM", "OK")], ids=str)
def test_region_is_sick_when_canary_and_callers_agree(stacks: PlainStacks, canary: str, errors: str, sick: str):
    """Either alone is not enough."""
    _set(stacks, "us-east-1", own_canary=canary, server_errors=errors, error_rate="OK", health="OK")

    assert _state(stacks, "us-east-1", "region-sick") == sick


def test_route_53_alarms_watch_the_checks_that_stand(stacks: PlainStacks):
    """Their ids come from the global stack, which is made after the Regions."""
    checks = stacks.outputs["payment-global-watched", "us-east-2"]
    for role in ("primary", "secondary"):
        name = f"payment-{role}-check-primary-watched"
        [alarm] = stacks.aws.clients("cloudwatch", "us-east-1").describe_alarms(AlarmNames=[name])["MetricAlarms"]

        assert alarm["Dimensions"] == [{"Name": "HealthCheckId", "Value": checks[f"HealthCheckId{role.capitalize()}"]}]


def test_alarms_on_the_dashboard_stand_in_their_regions(stacks: PlainStacks):
    """Every ARN on the page is an alarm that is there, and none that is there is missing."""
    [entry] = [
        one
        for one in stacks.aws.clients("cloudwatch", "us-east-2").list_dashboards()["DashboardEntries"]
        if "watched" in one["DashboardName"]
    ]
    body = json.loads(stacks.aws.clients("cloudwatch", "us-east-2").get_dashboard(DashboardName=entry["DashboardName"])["DashboardBody"])
    shown = {arn for widget in body["widgets"] for arn in widget["properties"].get("alarms", [])}

    assert shown == {arn for region in REGIONS for arn in _standing(stacks, region)}
    assert "${" not in json.dumps(body)


def test_backup_stands_as_on_aws(stacks: PlainStacks):
    """Every resource of it is made, and checked against its type's schema."""
    listed = stacks.aws.clients("cloudformation", "us-east-2").list_stack_resources(StackName="payment-global-watched")
    made = {one["LogicalResourceId"]: one["ResourceStatus"] for one in listed["StackResourceSummaries"]}

    for name in (
        "BackupKey",
        "BackupPlan",
        "BackupRole",
        "BackupSelection",
        "BackupVault",
        "RestoreTestingPlan",
        "RestoreTestingSelection",
    ):
        assert made[name] == "CREATE_COMPLETE"


def _standing(stacks: PlainStacks, region: str) -> list[Any]:
    """Return the ARNs of the environment's alarms in a Region."""
    cloudwatch = stacks.aws.clients("cloudwatch", region)
    pages = cloudwatch.get_paginator("describe_alarms").paginate(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    found = [alarm for page in pages for alarm in (*page["MetricAlarms"], *page["CompositeAlarms"])]
    return [alarm["AlarmArn"] for alarm in found if alarm["AlarmName"].endswith("-watched")]
