"""What each stack makes, where a choice of the environment or of the design decides it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deployer.rendering.render import render_system
from deployer.rendering.rendered import RenderedSystem
from tests.support.live_resources import live_resources
from tests.support.rendering import PROJECT, a_functions_folder, a_project, a_region, an_environment, as_data

REGIONS = {"us-east-1", "us-east-2"}


@pytest.fixture(scope="module")
def render(tmp_path_factory: pytest.TempPathFactory):
    """Return a function from changes of the environment to the rendered system; the layer is built once for all."""
    folder = tmp_path_factory.mktemp("stacks")
    source = a_project(folder / "project")

    def rendered(**changes: Any) -> RenderedSystem:
        return render_system(an_environment(**changes), source=source, build=folder / "build")

    return rendered


def _properties(body: str, logical_id: str) -> Any:
    return as_data(body)["Resources"][logical_id]["Properties"]


def test_strong_table_has_two_replicas_and_a_witness(render):
    """Three Regions, no more and no less, or the table is not made (F1.5)."""
    table = _properties(render().global_.body, "PaymentsTable")

    assert table["MultiRegionConsistency"] == "STRONG"
    assert {replica["Region"] for replica in table["Replicas"]} == REGIONS
    assert table["GlobalTableWitnesses"] == [{"Region": "us-west-2"}]
    assert "TimeToLiveSpecification" not in table
    assert "LocalSecondaryIndexes" not in table


def test_eventual_table_has_no_witness_and_a_stream_of_both_images(render):
    """Replication of this kind runs on the stream."""
    table = _properties(render(table={"consistency": "eventual"}).global_.body, "PaymentsTable")

    assert table["MultiRegionConsistency"] == "EVENTUAL"
    assert "GlobalTableWitnesses" not in table
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}


def test_every_replica_can_be_recovered_and_is_protected(render):
    """Neither is copied from one replica to the other (F1.16)."""
    for replica in _properties(render().global_.body, "PaymentsTable")["Replicas"]:
        assert replica["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
        assert replica["DeletionProtectionEnabled"] == {"Ref": "DeletionProtection"}


@pytest.mark.parametrize(("home", "replica"), [(None, "us-east-1"), ("us-east-1", "us-east-2")])
def test_secret_is_replicated_to_the_region_it_is_not_made_in(render, home: str | None, replica: str):
    """A replica in its own Region is refused; none at all locks everyone out of the other."""
    secret = _properties(render(administration_region=home).global_.body, "ApiKeySecret")

    assert secret["ReplicaRegions"] == [{"Region": replica}]


def test_health_checks_ask_each_region_by_its_own_name(render):
    """The shared name would follow the failover it decides (F2.4)."""
    resources = as_data(render().global_.body)["Resources"]

    for role, region in (("Primary", "us-east-1"), ("Secondary", "us-east-2")):
        config = resources[f"HealthCheck{role}"]["Properties"]["HealthCheckConfig"]
        assert config["FullyQualifiedDomainName"] == {"Fn::Sub": f"{region}.api.${{ZoneName}}"}
        assert config["EnableSNI"] is True
        assert "us-east-2" not in config["Regions"]


def test_failover_records_are_a_pair_that_answers_with_its_own_ttl(render):
    """One PRIMARY, one SECONDARY, each with its Region's check and target; a swapped pair sends everybody to the standby."""
    resources = as_data(render().global_.body)["Resources"]

    for role in ("Primary", "Secondary"):
        record = resources[f"FailoverRecord{role}"]["Properties"]
        assert record["Name"] == {"Fn::Sub": "api.${ZoneName}"}
        assert record["Failover"] == role.upper()
        check = "PrimaryHealth" if role == "Primary" else "HealthCheckSecondary"
        assert record["HealthCheckId"] == {"Fn::GetAtt": [check, "HealthCheckId"]}
        assert record["ResourceRecords"] == [{"Ref": f"{role}DomainTarget"}]
        assert record["TTL"] == {"Ref": "RecordTtlSeconds"}


def test_primary_answers_while_it_is_well_and_nobody_holds_traffic_in_the_standby(render):
    """Both, or it is left; the hold is the standby's to tell, and only its yes counts (F2.14)."""
    resources = as_data(render(failover={"request_interval_seconds": 30, "recovery_seconds_max": 100}).global_.body)["Resources"]
    hold, primary = (resources[name]["Properties"]["HealthCheckConfig"] for name in ("HoldCheck", "PrimaryHealth"))

    assert (primary["Type"], primary["HealthThreshold"]) == ("CALCULATED", 2)
    assert primary["ChildHealthChecks"] == [{"Fn::GetAtt": [name, "HealthCheckId"]} for name in ("HealthCheckPrimary", "HoldCheck")]
    assert (hold["Type"], hold["Inverted"], hold["ResourcePath"]) == ("HTTPS", True, "/hold")
    assert hold["FullyQualifiedDomainName"] == {"Fn::Sub": "us-east-2.api.${ZoneName}"}
    assert hold["RequestInterval"] == 10, "a new pace is a new check, and that counts as held at first"


@pytest.mark.parametrize(("region", "there"), [("us-east-1", False), ("us-east-2", True)])
def test_hold_and_latch_are_the_standbys_alone(render, region: str, there: bool):
    """What keeps traffic off a Region must not be lost with it."""
    standing = live_resources(render(), region)

    for name in ("HoldTable", "FailoverLatchFunction", "FailoverLatchFunctionRole", "FailoverLatchPermission", "FailoverLatchErrorsAlarm"):
        assert (name in standing) is there, name
    assert "HoldFunction" in standing


def test_one_alarm_and_no_other_may_call_the_latch(render):
    """By name, so that the permission stands before the alarm does."""
    permission = _properties(render().regional.body, "FailoverLatchPermission")

    assert permission["Principal"] == "lambda.alarms.cloudwatch.amazonaws.com"
    assert permission["SourceAccount"] == {"Ref": "AWS::AccountId"}
    assert permission["SourceArn"]["Fn::Sub"][0].endswith(":alarm:${Name}")
    assert permission["SourceArn"]["Fn::Sub"][1]["Name"]["Fn::FindInMap"][2] == "PeerLostAlarmName"


def test_outputs_of_the_global_stack_have_their_given_names(render):
    """People and programs read these four."""
    outputs = as_data(render().global_.body)["Outputs"]

    assert {"primaryApiUrl", "secondaryApiUrl", "failoverDomain", "hostedZoneNameServers"} <= set(outputs)
    assert outputs["primaryApiUrl"]["Value"] == {"Fn::Sub": "https://us-east-1.api.${ZoneName}"}


def test_replication_waits_until_the_system_is_live(render):
    """S3 refuses a destination that does not exist yet (F5.1)."""
    condition, live, _prepared = _properties(render().regional.body, "AuditBucket")["ReplicationConfiguration"]["Fn::If"]

    assert condition == "IsLive"
    assert live["Rules"][0]["DeleteMarkerReplication"] == {"Status": "Disabled"}


def test_small_audit_records_move_to_colder_storage(render):
    """Without both settings S3 leaves objects under 128 KB where they are (F5.8)."""
    lifecycle = _properties(render().regional.body, "AuditBucket")["LifecycleConfiguration"]
    moving = next(rule for rule in lifecycle["Rules"] if rule["Id"] == "MoveToColderStorage")

    assert lifecycle["TransitionDefaultMinimumObjectSize"] == "varies_by_storage_class"
    assert moving["ObjectSizeGreaterThan"] == "1"
    assert [transition["StorageClass"] for transition in moving["Transitions"]] == ["STANDARD_IA", "GLACIER"]


def test_own_zone_is_made_in_bootstrap_and_a_given_one_is_not(render):
    """Two zones of one name answer to nobody who asks the right one."""
    given = render(zone={"name": "pay.example.test", "hosted_zone_id": "Z123"})

    assert "HostedZone" in as_data(render().bootstrap.body)["Resources"]
    assert "HostedZone" not in as_data(given.bootstrap.body)["Resources"]
    assert "Z123" in str(given.global_.parameters)


@pytest.mark.parametrize("zones", [2, 3])
def test_functions_stand_in_as_many_zones_as_asked_for(render, zones: int):
    """A zone that is lost takes its subnet along."""
    subnets = _properties(render(network={"zones_per_vpc_count": zones}).regional.body, "PaymentFunction")["VpcConfig"]["SubnetIds"]

    assert subnets == [{"Ref": f"PrivateSubnet{letter}"} for letter in "ABC"[:zones]]


def test_interface_endpoints_are_those_the_environment_pays_for(render):
    """Endpoints are most of the idle cost: none is made that nobody asked for."""
    resources = as_data(render(network={"interface_endpoints": ["secretsmanager", "kms"]}).regional.body)["Resources"]

    made = {name for name, one in resources.items() if one["Type"] == "AWS::EC2::VPCEndpoint"}
    assert made == {"DynamoDbEndpoint", "S3Endpoint", "SecretsmanagerEndpoint", "KmsEndpoint"}


def test_functions_reach_endpoints_and_nothing_else(render):
    """Three doors out, none of them the internet."""
    egress = _properties(render().regional.body, "FunctionSecurityGroup")["SecurityGroupEgress"]

    assert all("CidrIp" not in rule and rule["FromPort"] == rule["ToPort"] == 443 for rule in egress)
    assert len(egress) == 3


def test_regions_with_unknown_prefix_lists_can_be_rendered(render):
    """The route table keeps traffic in where a rule cannot name the endpoints."""
    regions = [a_region("us-east-1", "primary"), a_region("sa-east-1", "secondary", vpc_cidr="10.1.0.0/16")]
    egress = _properties(render(regions=regions).regional.body, "FunctionSecurityGroup")["SecurityGroupEgress"]

    assert [rule.get("CidrIp") for rule in egress] == [None, "0.0.0.0/0"]


def test_deployment_is_new_exactly_when_the_api_is(tmp_path: Path):
    """Deployments are snapshots (F3.7): the old id would go on answering with the old API, a needless new one resets its stage."""
    source = tmp_path / "project"
    source.mkdir()
    a_functions_folder(source)
    _copy(PROJECT / "templates", source / "templates")

    def deployment() -> str:
        body = render_system(an_environment(), source=source, build=tmp_path / "build").regional.body
        return next(name for name in as_data(body)["Resources"] if name.startswith("ApiDeployment"))

    before = deployment()
    (source / "functions" / "payment" / "handler.py").write_text("def handle(event, context):\n    return {}\n")
    after_code = deployment()
    contract = source / "templates" / "contract" / "openapi.yaml"
    contract.write_text(contract.read_text().replace("maximum: 999999999999999", "maximum: 99"))

    assert after_code == before
    assert deployment() != before


def _copy(source: Path, target: Path) -> None:
    for path in source.rglob("*"):
        if path.is_file():
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
