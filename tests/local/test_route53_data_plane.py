"""Names and health on a whole embedded AWS: checkers ask the edges over TLS, and the name server leads by what they found."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import dns.message
import dns.query
import pytest
from botocore.exceptions import ClientError

from tests.support.edges import deploy_echo_api
from tests.support.embedded import EmbeddedAws, running_embedded_aws

REGIONS = ("us-east-1", "us-east-2")
_WAIT_SECONDS_MAX = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An API in both Regions under one name, with a check of each and failover records by them."""

    aws: EmbeddedAws
    zone: str
    zone_id: str
    checks: dict[str, str]
    targets: dict[str, str]

    @property
    def route53(self) -> Any:
        """Return a client of Route 53."""
        return self.aws.clients("route53")

    def ask(self, name: str, kind: str = "A") -> list[str]:
        """Return the records of the name server's answer as text."""
        address, port = str(self.aws.state.dns).split(":")
        found = dns.query.udp(dns.message.make_query(f"{name}.{self.zone}", kind), address, port=int(port), timeout=5)
        return [line for rrset in found.answer for line in rrset.to_text().splitlines()]

    def leads_to(self, region: str) -> bool:
        """Tell whether the shared name leads to a Region now."""
        return self.ask("api", "CNAME") == [f"api.{self.zone}. 10 IN CNAME {self.targets[region]}."]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """An embedded AWS whose checkers' seconds pass five times faster."""
    with running_embedded_aws(tmp_path_factory.mktemp("names"), time_scale=5) as aws:
        zone = f"{uuid.uuid4().hex[:8]}.example.test"
        route53 = aws.clients("route53")
        zone_id = route53.create_hosted_zone(Name=zone, CallerReference=zone)["HostedZone"]["Id"].rpartition("/")[2]
        checks, targets, changes = {}, {}, []
        for region, failover in zip(REGIONS, ("PRIMARY", "SECONDARY"), strict=True):
            own = f"{region}.api.{zone}"
            deploy_echo_api(aws, region, own, f"api.{zone}")
            domain = aws.clients("apigateway", region).get_domain_name(domainName=own)
            targets[region] = domain["regionalDomainName"]
            alias = {"HostedZoneId": domain["regionalHostedZoneId"], "DNSName": targets[region], "EvaluateTargetHealth": False}
            checks[region] = create_check(
                route53, Type="HTTPS", FullyQualifiedDomainName=own, Port=443, ResourcePath="/health", EnableSNI=True, FailureThreshold=2
            )
            changes.append({"Name": own, "Type": "A", "AliasTarget": alias})
            shared = {"Name": f"api.{zone}", "Type": "CNAME", "TTL": 10, "SetIdentifier": region, "Failover": failover}
            changes.append(shared | {"HealthCheckId": checks[region], "ResourceRecords": [{"Value": targets[region]}]})
        batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": change} for change in changes]}
        route53.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch=batch)
        yield Pair(aws=aws, zone=zone, zone_id=zone_id, checks=checks, targets=targets)


def create_check(route53: Any, **config: Any) -> str:
    """Create a check from three Regions, every 10 seconds unless it has no checkers; return its id."""
    if config["Type"].startswith("HTTP"):
        config |= {"RequestInterval": 10, "Regions": ["us-east-1", "us-west-2", "eu-west-1"]}
    made = route53.create_health_check(CallerReference=uuid.uuid4().hex, HealthCheckConfig=config)
    return str(made["HealthCheck"]["Id"])


def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition, within bounds."""
    deadline = time.monotonic() + _WAIT_SECONDS_MAX
    while not condition():
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.1)


def test_own_names_lead_to_the_edges(pair: Pair) -> None:
    """Each Region's alias answers its edge's address."""
    edges = {region: pair.aws.state.edges[region].partition(":")[0] for region in REGIONS}

    for region in REGIONS:
        assert pair.ask(f"{region}.api") == [f"{region}.api.{pair.zone}. 60 IN A {edges[region]}"]


def test_checkers_pass_over_tls(pair: Pair) -> None:
    """The API tells what each of them saw."""

    def statuses() -> list[str]:
        observed = pair.route53.get_health_check_status(HealthCheckId=pair.checks["us-east-1"])["HealthCheckObservations"]
        return [one["StatusReport"]["Status"] for one in observed]

    until(lambda: statuses() == ["Success: HTTP Status Code 200, OK"] * 3)


def test_shared_name_follows_the_primarys_health_and_comes_back(pair: Pair) -> None:
    """A primary whose name resolves no more is unhealthy; the CNAME keeps its own TTL."""
    check = pair.checks["us-east-1"]
    until(lambda: pair.leads_to("us-east-1"))

    pair.route53.update_health_check(HealthCheckId=check, FullyQualifiedDomainName=f"nobody.{pair.zone}")
    until(lambda: pair.leads_to("us-east-2"))
    failures = pair.route53.get_health_check_last_failure_reason(HealthCheckId=check)["HealthCheckObservations"]
    pair.route53.update_health_check(HealthCheckId=check, FullyQualifiedDomainName=f"us-east-1.api.{pair.zone}")
    until(lambda: pair.leads_to("us-east-1"))

    assert {one["Region"] for one in failures} <= {"us-east-1", "us-west-2", "eu-west-1"}
    assert any("DNS resolution failed" in one["StatusReport"]["Status"] for one in failures)


def test_metric_check_reads_the_data_and_not_the_alarms_state(pair: Pair) -> None:
    """F2.8: SetAlarmState moves nothing, a datum does; a calculated check and its record follow."""
    cloudwatch = pair.aws.clients("cloudwatch", "us-east-2")
    alarm = {"Namespace": "Hold", "MetricName": "Held", "Statistic": "Maximum", "Period": 60, "EvaluationPeriods": 1, "Threshold": 0}
    cloudwatch.put_metric_alarm(AlarmName="hold", ComparisonOperator="GreaterThanThreshold", **alarm)
    held = create_check(pair.route53, Type="CLOUDWATCH_METRIC", AlarmIdentifier={"Name": "hold", "Region": "us-east-2"})
    both = create_check(pair.route53, Type="CALCULATED", ChildHealthChecks=[held], HealthThreshold=1)
    record = {"Name": f"held.{pair.zone}", "Type": "A", "TTL": 5}
    records = [
        record | {"SetIdentifier": "1", "Failover": "PRIMARY", "HealthCheckId": both, "ResourceRecords": [{"Value": "127.0.9.1"}]},
        record | {"SetIdentifier": "2", "Failover": "SECONDARY", "ResourceRecords": [{"Value": "127.0.9.2"}]},
    ]
    batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": one} for one in records]}
    pair.route53.change_resource_record_sets(HostedZoneId=pair.zone_id, ChangeBatch=batch)

    cloudwatch.set_alarm_state(AlarmName="hold", StateValue="ALARM", StateReason="by hand")
    time.sleep(5)
    before = pair.ask("held")
    cloudwatch.put_metric_data(Namespace="Hold", MetricData=[{"MetricName": "Held", "Value": 1}])

    assert before == [f"held.{pair.zone}. 5 IN A 127.0.9.1"]
    until(lambda: pair.ask("held") == [f"held.{pair.zone}. 5 IN A 127.0.9.2"])


@pytest.mark.parametrize("kind", ["CALCULATED", "none"])
def test_status_is_refused_where_there_are_no_checkers(pair: Pair, kind: str) -> None:
    """A calculated check, or none at all."""
    made = create_check(pair.route53, Type="CALCULATED", ChildHealthChecks=list(pair.checks.values()), HealthThreshold=1)
    asked = made if kind == "CALCULATED" else str(uuid.uuid4())

    with pytest.raises(ClientError) as refused:
        pair.route53.get_health_check_status(HealthCheckId=asked)

    assert refused.value.response["Error"]["Code"] == ("InvalidInput" if kind == "CALCULATED" else "NoSuchHealthCheck")
