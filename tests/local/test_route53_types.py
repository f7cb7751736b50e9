"""Health checks and record set groups given by a template."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.embedded import EmbeddedAws
from tests.support.stacks import StackFailed, delete, deploy, unique


def a_check(**config: Any) -> dict[str, Any]:
    """Return an HTTPS health check."""
    own = {
        "Type": "HTTPS",
        "FullyQualifiedDomainName": "us-east-1.api.example.test",
        "Port": "443",
        "ResourcePath": "/health",
        "RequestInterval": 10,
        "FailureThreshold": 2,
        "EnableSNI": "true",
        "MeasureLatency": True,
        "Inverted": False,
        "Regions": ["us-east-1", "us-west-2", "eu-west-1"],
    }
    tags = [{"Key": "Name", "Value": "primary"}]
    return {"Type": "AWS::Route53::HealthCheck", "Properties": {"HealthCheckConfig": own | config, "HealthCheckTags": tags}}


def a_zone() -> dict[str, Any]:
    """Return a hosted zone."""
    return {"Type": "AWS::Route53::HostedZone", "Properties": {"Name": f"{unique('zone')}.example.test"}}


def test_health_check_is_what_the_template_says(embedded_aws: EmbeddedAws) -> None:
    """Every setting arrives, the true ones and the lists too."""
    stack = deploy(embedded_aws, {"Check": a_check()}, {"Id": {"Fn::GetAtt": ["Check", "HealthCheckId"]}})
    client = embedded_aws.clients("route53")

    config = client.get_health_check(HealthCheckId=stack.physical_ids["Check"])["HealthCheck"]["HealthCheckConfig"]
    tags = client.list_tags_for_resource(ResourceType="healthcheck", ResourceId=stack.physical_ids["Check"])

    assert stack.outputs["Id"] == stack.physical_ids["Check"]
    assert (config["EnableSNI"], config["MeasureLatency"], config["Inverted"]) == (True, True, False)
    assert config["Regions"] == ["us-east-1", "us-west-2", "eu-west-1"]
    assert (config["Port"], config["RequestInterval"], config["FailureThreshold"]) == (443, 10, 2)
    assert {"Key": "Name", "Value": "primary"} in tags["ResourceTagSet"]["Tags"]


def test_calculated_check_has_its_children(embedded_aws: EmbeddedAws) -> None:
    """The parent of a check and a hold names both."""
    parent = {
        "Type": "AWS::Route53::HealthCheck",
        "Properties": {
            "HealthCheckConfig": {"Type": "CALCULATED", "HealthThreshold": 2, "ChildHealthChecks": [{"Ref": "One"}, {"Ref": "Two"}]}
        },
    }
    stack = deploy(embedded_aws, {"One": a_check(), "Two": a_check(Inverted="true"), "Both": parent})

    found = embedded_aws.clients("route53").get_health_check(HealthCheckId=stack.physical_ids["Both"])

    children = found["HealthCheck"]["HealthCheckConfig"]["ChildHealthChecks"]
    assert children == [stack.physical_ids["One"], stack.physical_ids["Two"]]


def test_health_check_changes_in_place(embedded_aws: EmbeddedAws) -> None:
    """Threshold and path change the check itself; a setting no longer given falls back."""
    stack = deploy(embedded_aws, {"Check": a_check(Inverted=True)})
    changed = a_check(FailureThreshold=3, ResourcePath="/ready")
    del changed["Properties"]["HealthCheckConfig"]["Inverted"]

    after = deploy(embedded_aws, {"Check": changed}, name=stack.name)

    found = embedded_aws.clients("route53").get_health_check(HealthCheckId=after.physical_ids["Check"])
    config = found["HealthCheck"]["HealthCheckConfig"]
    assert after.physical_ids == stack.physical_ids
    assert (config["FailureThreshold"], config["ResourcePath"], config["Inverted"]) == (3, "/ready", False)


def test_another_interval_is_another_health_check(embedded_aws: EmbeddedAws) -> None:
    """The interval is create-only: a new check is made, the old one goes."""
    stack = deploy(embedded_aws, {"Check": a_check()})
    client = embedded_aws.clients("route53")

    after = deploy(embedded_aws, {"Check": a_check(RequestInterval=30)}, name=stack.name)

    assert after.physical_ids != stack.physical_ids
    with pytest.raises(client.exceptions.NoSuchHealthCheck):
        client.get_health_check(HealthCheckId=stack.physical_ids["Check"])


def test_health_check_of_an_unknown_type_is_refused(embedded_aws: EmbeddedAws) -> None:
    """The schema's own values are enforced."""
    with pytest.raises(StackFailed) as failed:
        deploy(embedded_aws, {"Check": a_check(Type="PING")})

    assert "'PING' is not one of" in failed.value.reasons["Check"]


def a_group(zone: str, *targets: str) -> dict[str, Any]:
    """Return a pair of failover records, or as many as there are targets."""
    roles = ("PRIMARY", "SECONDARY")
    records = [
        {"Name": f"api.{zone}", "Type": "CNAME", "TTL": "10", "SetIdentifier": role, "Failover": role, "ResourceRecords": [target]}
        for role, target in zip(roles, targets, strict=False)
    ]
    return {"Type": "AWS::Route53::RecordSetGroup", "Properties": {"HostedZoneId": {"Ref": "Zone"}, "RecordSets": records}}


def test_record_set_group_is_created_changed_and_deleted(embedded_aws: EmbeddedAws) -> None:
    """Its records follow the template: two, then one with another target, then none."""
    zone = a_zone()
    name = zone["Properties"]["Name"]
    stack = deploy(embedded_aws, {"Zone": zone, "Group": a_group(name, "east.test", "west.test")})
    zone_id = stack.physical_ids["Zone"]
    both = _targets(embedded_aws, zone_id)

    deploy(embedded_aws, {"Zone": zone, "Group": a_group(name, "other.test")}, name=stack.name)
    one = _targets(embedded_aws, zone_id)
    deploy(embedded_aws, {"Zone": zone}, name=stack.name)

    assert both == {"PRIMARY": "east.test", "SECONDARY": "west.test"}
    assert one == {"PRIMARY": "other.test"}
    assert _targets(embedded_aws, zone_id) == {}
    delete(embedded_aws, stack)


def test_name_servers_are_those_route_53_answers(embedded_aws: EmbeddedAws) -> None:
    """Fn::GetAtt NameServers and GetHostedZone agree."""
    servers = {"Fn::Join": [",", {"Fn::GetAtt": ["Zone", "NameServers"]}]}

    stack = deploy(embedded_aws, {"Zone": a_zone()}, {"Servers": servers})

    found = embedded_aws.clients("route53").get_hosted_zone(Id=stack.physical_ids["Zone"])["DelegationSet"]["NameServers"]
    assert stack.outputs["Servers"].split(",") == [server.rstrip(".") for server in found]
    assert len(found) == 4


def _targets(aws: EmbeddedAws, zone_id: str) -> dict[str, str]:
    records = aws.clients("route53").list_resource_record_sets(HostedZoneId=zone_id)["ResourceRecordSets"]
    return {record["SetIdentifier"]: record["ResourceRecords"][0]["Value"] for record in records if record["Type"] == "CNAME"}
