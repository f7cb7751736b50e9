"""Records and health checks: what the rules find beyond their bad templates, and where they are silent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.rule_pack import good, objections

CHECK_OF_EAST = "      HealthCheckId: !Ref CheckEast\n"
INTERVAL = "RequestInterval: 10"
PARAMETERS = "HostedZoneId: {Type: AWS::Route53::HostedZone::Id}"


def parameter(declared: str) -> tuple[str, str]:
    """Return the change that declares one more parameter."""
    return PARAMETERS, f"{PARAMETERS}\n  {declared}"


@pytest.mark.parametrize(
    ("changes", "numbers"),
    [
        pytest.param([("Failover: SECONDARY", "Failover: PRIMARY")], ["E9710", "E9710"], id="two primaries"),
        pytest.param([("Failover: PRIMARY", "Failover: SECONDARY")], ["E9710", "E9710"], id="two secondaries"),
        pytest.param(
            [
                (
                    'Name: api.example.com\n      Type: CNAME\n      TTL: "10"\n      SetIdentifier: ohio',
                    'Name: API.example.com.\n      Type: CNAME\n      TTL: "10"\n      SetIdentifier: ohio',
                )
            ],
            [],
            id="one name, two spellings",
        ),
        pytest.param([("Failover: PRIMARY", "Failover: !Ref Role"), parameter("Role: {Type: String}")], ["E9710"], id="role unknown"),
        pytest.param([("HealthCheckId: !Ref CheckOhio", "HealthCheckId: !Ref CheckEast")], ["E9711"], id="one check"),
        pytest.param(
            [("FullyQualifiedDomainName: us-east-2.api", "FullyQualifiedDomainName: us-east-1.api"), ("[us-east-2.origin", "[ohio.origin")],
            ["E9711"],
            id="checks of one Region",
        ),
        pytest.param(
            [
                ("[us-east-2.origin.example.com]", "[!Ref Ohio]"),
                ("[us-east-1.origin.example.com]", "[!Ref East]"),
                parameter("East: {Type: String}\n  Ohio: {Type: String}"),
            ],
            [],
            id="targets are parameters",
        ),
        pytest.param(
            [
                ("[us-east-2.origin.example.com]", "[!Ref East]"),
                ("[us-east-1.origin.example.com]", "[!Ref East]"),
                parameter("East: {Type: String}"),
            ],
            ["E9711"],
            id="targets are one parameter",
        ),
        pytest.param([("      HealthCheckId: !Ref CheckOhio\n", "")], [], id="a secondary needs no check"),
        pytest.param([(CHECK_OF_EAST, "      HealthCheckId: 11111111-2222-3333-4444-555555555555\n")], [], id="a check of another stack"),
    ],
)
def test_pairs_are_judged_by_what_is_known(changes: list[tuple[str, str]], numbers: list[str]) -> None:
    """Each finding, and each silence, has its reason."""
    assert objections(good("failover_pair", *changes)) == sorted(set(numbers))


@pytest.mark.parametrize(
    ("zones", "numbers"),
    [
        pytest.param(("HostedZoneId: Z1", "HostedZoneId: Z1"), [], id="one zone"),
        pytest.param(("HostedZoneId: Z1", "HostedZoneId: Z2"), ["E9710"], id="two zones"),
        pytest.param(("HostedZoneName: a.com.", "HostedZoneName: A.com"), [], id="one zone's name"),
        pytest.param(("HostedZoneName: a.com.", "HostedZoneName: b.com."), ["E9710"], id="two zones' names"),
    ],
)
def test_pair_is_one_of_a_zone(zones: tuple[str, str], numbers: list[str]) -> None:
    """A private and a public zone may have the same name."""
    east, ohio = good("failover_pair").split("  RecordOhio:")
    zone = "HostedZoneId: !Ref HostedZoneId"

    assert objections(f"{east.replace(zone, zones[0])}  RecordOhio:{ohio.replace(zone, zones[1])}") == numbers


def test_records_of_a_group_are_records() -> None:
    """A pair may stand in one RecordSetGroup."""
    group = """\
Resources:
  Pair:
    Type: AWS::Route53::RecordSetGroup
    Properties:
      HostedZoneName: example.com.
      RecordSets:
        - {Name: api.example.com, Type: A, TTL: "10", SetIdentifier: a, Failover: PRIMARY, ResourceRecords: [192.0.2.1]}
        - {Name: api.example.com, Type: A, TTL: "10", SetIdentifier: b, Failover: SECONDARY, ResourceRecords: [192.0.2.1]}
"""

    assert objections(group) == ["E9711", "E9712"]


@pytest.mark.parametrize(
    ("target", "numbers"),
    [
        pytest.param("!GetAtt ApiName.RegionalDomainName", ["E9713"], id="API Gateway, by attribute"),
        pytest.param("d-1.execute-api.us-east-1.amazonaws.com", ["E9713"], id="API Gateway, by name"),
        pytest.param("!GetAtt Balancer.DNSName", [], id="load balancer"),
        pytest.param("!Ref Target", [], id="unknown"),
    ],
)
def test_target_health_is_enough_where_it_tells_something(target: str, numbers: list[str]) -> None:
    """A load balancer's does; a parameter may be one."""
    changes = [
        ("d-aaaaaaaaaa.execute-api.us-east-1.amazonaws.com", target),
        ("HostedZoneId: Z1UJRXOUMOOFQ8", "HostedZoneId: Z35SXDOTRQ7X7K"),
    ]

    assert objections(good("evaluate_target_health", (CHECK_OF_EAST, ""), *changes)) == numbers


def test_target_health_that_is_off_is_no_judge() -> None:
    """It is as if there were nothing."""
    changes = [(CHECK_OF_EAST, ""), ("EvaluateTargetHealth: true", "EvaluateTargetHealth: false")]

    assert objections(good("evaluate_target_health", *changes)) == ["E9712"]


@given(
    threshold=st.integers(1, 10),
    interval=st.sampled_from([10, 30]),
    ttl=st.integers(0, 300),
    budget=st.integers(30, 400),
    written=st.booleans(),
)
def test_budget_is_passed_exactly_when_the_sum_is_greater(threshold: int, interval: int, ttl: int, budget: int, written: bool) -> None:
    """The same sum as `deployer check` does, whether numbers are written or given."""
    numbers = {"Interval": str(interval), "Threshold": str(threshold), "Ttl": str(ttl)}
    values = numbers if written else {name: f"!Ref {name}" for name in numbers}
    body = good(
        "recovery_budget",
        (INTERVAL, f"RequestInterval: {values['Interval']}"),
        ("FailureThreshold: 2", f"FailureThreshold: {values['Threshold']}"),
        ('TTL: "10"', f"TTL: {values['Ttl']}"),
        parameter("\n  ".join(f"{name}: {{Type: Number}}" for name in numbers)),
    )

    found = objections(body, parameters=numbers, options={"E9714": {"recovery_seconds_max": budget}})

    assert found == (["E9714"] if threshold * (interval + 6) + 10 + ttl > budget else [])


@pytest.mark.parametrize(
    ("changes", "numbers"),
    [
        pytest.param([('TTL: "10"', "TTL: !Ref Ttl"), parameter("Ttl: {Type: Number, MinValue: 1, MaxValue: 300}")], [], id="may be short"),
        pytest.param([('TTL: "10"', "TTL: !Ref Ttl"), parameter("Ttl: {Type: Number, MinValue: 60}")], ["E9714"], id="may not be short"),
        pytest.param([('TTL: "10"', "TTL: !Ref Ttl"), parameter("Ttl: {Type: Number, Default: 60}")], ["E9714"], id="is long by default"),
        pytest.param([('TTL: "10"', "TTL: !Ref Ttl"), parameter("Ttl: {Type: Number, AllowedValues: [5, 300]}")], [], id="may be allowed"),
        pytest.param([("        FailureThreshold: 2\n", "")], ["E9714"], id="the default threshold is 3"),
        pytest.param([(f"        {INTERVAL}\n", "")], ["E9714"], id="the default interval is 30 s"),
        pytest.param(
            [(CHECK_OF_EAST, "      HealthCheckId: 11111111-2222-3333-4444-555555555555\n"), ('TTL: "10"', 'TTL: "40"')],
            ["E9714"],
            id="no check is faster than 26 s",
        ),
    ],
)
def test_budget_counts_with_the_least_that_is_allowed(changes: list[tuple[str, str]], numbers: list[str]) -> None:
    """A finding says that no allowed value would do."""
    assert objections(good("recovery_budget", *changes)) == numbers


ALIAS = "AliasTarget: {DNSName: us-east-1.origin.example.com, HostedZoneId: Z35SXDOTRQ7X7K, EvaluateTargetHealth: false}"
EAST = '      TTL: "10"\n      SetIdentifier: east'


@pytest.mark.parametrize(
    ("changes", "seconds"),
    [
        pytest.param([], 52, id="as written"),
        pytest.param([("        FailureThreshold: 2\n", "")], 68, id="three failures unless said"),
        pytest.param([(f"        {INTERVAL}\n", "")], 92, id="every 30 s unless said"),
        pytest.param([(INTERVAL, "RequestInterval: !Ref Any"), parameter("Any: {Type: Number}")], 52, id="no interval under 10 s"),
        pytest.param([("FailureThreshold: 2", "FailureThreshold: !Ref Any"), parameter("Any: {Type: Number}")], 36, id="no fewer than one"),
        pytest.param([('TTL: "10"', "TTL: !Ref Any"), parameter("Any: {Type: Number}")], 42, id="TTL unknown"),
        pytest.param([(EAST, "      SetIdentifier: east"), ("ResourceRecords: [us-east-1.origin.example.com]", ALIAS)], 42, id="alias"),
        pytest.param([(CHECK_OF_EAST, "      HealthCheckId: 11111111-2222-3333-4444-555555555555\n")], 36, id="check of another stack"),
    ],
)
def test_budget_is_enough_when_it_is_the_sum(changes: list[tuple[str, str]], seconds: int) -> None:
    """And a second less is not."""
    body = good("recovery_budget", *changes)

    assert objections(body, options={"E9714": {"recovery_seconds_max": seconds}}) == []
    assert objections(body, options={"E9714": {"recovery_seconds_max": seconds - 1}}) == ["E9714"]


@pytest.mark.parametrize(
    ("declared", "numbers"),
    [
        pytest.param("Interval: {Type: Number, AllowedValues: [10, 30]}", [], id="allowed"),
        pytest.param("Interval: {Type: Number, AllowedValues: [10, 20, 30]}", ["E9722"], id="one of them refused"),
        pytest.param("Interval: {Type: Number, Default: 15}", ["E9722"], id="default refused"),
        pytest.param("Interval: {Type: Number, MinValue: 10, MaxValue: 30}", [], id="open"),
    ],
)
def test_interval_that_is_a_parameter_is_judged_by_what_it_allows(declared: str, numbers: list[str]) -> None:
    """A value that may be chosen has to be one that works."""
    body = good("request_interval", (INTERVAL, "RequestInterval: !Ref Interval"), ("Resources:", f"Parameters:\n  {declared}\nResources:"))

    assert objections(body) == numbers


@pytest.mark.parametrize(
    ("changes", "numbers"),
    [
        pytest.param([("HealthThreshold: 2", "HealthThreshold: 0")], ["E9723"], id="always healthy"),
        pytest.param([("HealthThreshold: 2", "HealthThreshold: 1")], ["E9726"], id="the hold is outvoted"),
        pytest.param([("HealthThreshold: 2", "HealthThreshold: 1"), ("        Inverted: true\n", "")], [], id="either child"),
        pytest.param([("HealthThreshold: 2", "HealthThreshold: !Ref Any"), parameter("Any: {Type: Number}")], [], id="threshold unknown"),
        pytest.param(
            [("[!Ref CheckEast, !Ref Hold]", "[!Ref CheckEast, !GetAtt EastAndNotHeld.HealthCheckId]")], ["E9723"], id="calculated child"
        ),
        pytest.param([("hold.s3.us-east-2.amazonaws.com", "us-east-1.api.example.com")], ["E9725"], id="the hold is the endpoint"),
        pytest.param([("hold.s3.us-east-2.amazonaws.com", "hold.example.com")], [], id="the hold names no Region"),
        pytest.param([("        Inverted: true\n", ""), ("us-east-2.amazonaws", "us-east-1.amazonaws")], [], id="no hold"),
        pytest.param([("hold.s3.us-east-2.amazonaws.com", "api.example.com")], ["E9720"], id="the hold follows the failover"),
    ],
)
def test_sums_of_checks_are_judged_child_by_child(changes: list[tuple[str, str]], numbers: list[str]) -> None:
    """The endpoint check and the hold behind one record."""
    assert objections(good("hold_region", *changes)) == numbers


@pytest.mark.parametrize(
    ("changes", "numbers"),
    [
        pytest.param(
            [("Region: us-east-2", "Region: us-east-1"), ("[us-east-1.origin", "[east.origin")], [], id="nothing tells the Region"
        ),
        pytest.param(
            [
                ("Region: us-east-2", "Region: us-east-1"),
                ("[us-east-1.origin", "[east.origin"),
                ("SetIdentifier: east", "SetIdentifier: us-east-1"),
            ],
            ["E9724"],
            id="the set identifier tells it",
        ),
        pytest.param(
            [("Region: us-east-2", "Region: !Ref Other"), parameter("Other: {Type: String, Default: us-east-1}")], ["E9724"], id="default"
        ),
        pytest.param([("Region: us-east-2", "Region: !Ref Other"), parameter("Other: {Type: String}")], [], id="unknown"),
    ],
)
def test_alarm_is_judged_where_the_regions_are_known(changes: list[tuple[str, str]], numbers: list[str]) -> None:
    """Silence where nothing names the Region that is judged."""
    assert objections(good("alarm_check_region", *changes)) == numbers
