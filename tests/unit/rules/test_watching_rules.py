"""Canaries, runtimes, alarms, names, and bodies that every Region gets: findings beyond the bad templates, and silences."""

from __future__ import annotations

import pytest

from tests.support.rule_pack import REGIONS, good, objections

API_URL = '          API_URL: !Sub ["https://${Peer}.api.example.com", {Peer: !FindInMap [Regions, !Ref "AWS::Region", Peer]}]\n'
ROLE = 'Value: !FindInMap [Regions, !Ref "AWS::Region", Role]'
PEER = 'Value: !FindInMap [Regions, !Ref "AWS::Region", Peer]'
ALARM_CONDITION = "    Condition: HasRoute53Metrics\n"


@pytest.mark.parametrize(
    ("runtime", "numbers"),
    [
        ("syn-python-selenium-6.0", []),
        ("syn-python-selenium-14.0", []),
        ("syn-nodejs-puppeteer-7.0", ["E9760"]),
        ("syn-nodejs-puppeteer-8.0", []),
        ("syn-nodejs-2.2", ["E9760"]),
        ("syn-nodejs-5.2", []),
        ("syn-java-1.0", []),
        ("syn-1.0", ["E9760"]),
        ("python3.13", ["E9760"]),
        ("syn-python-selenium-15.0", ["W9761"]),
        ("!Ref Runtime", []),
    ],
)
def test_canary_runtimes(runtime: str, numbers: list[str]) -> None:
    """By family and version; one that only the deployment knows is not judged."""
    assert objections(good("canary_runtime", ("syn-python-selenium-12.0", runtime))) == numbers


def test_runtime_that_came_since_can_be_named() -> None:
    """The pack does not have to be released as often as Synthetics."""
    options = {"W9761": {"launched": ["syn-python-selenium-15.0"]}, "W9763": {"launched": ["python3.15"]}}

    assert objections(good("canary_runtime", ("selenium-12.0", "selenium-15.0")), options=options) == []
    assert objections(good("lambda_runtime_launch", ("python3.14", "python3.15")), options=options) == []


@pytest.mark.parametrize(
    ("address", "numbers"),
    [
        pytest.param('!Sub "https://${AWS::Region}.api.example.com"', ["W9762"], id="its own Region"),
        pytest.param('!Sub "https://${ApiName}/pay"', ["W9762"], id="a name that is its own Region's"),
        pytest.param("!Ref ApiUrl", [], id="unknown"),
        pytest.param('!Sub "https://${Peer}.api.example.com"', [], id="a host that is unknown"),
        pytest.param("https://api.example.com", [], id="the shared name"),
    ],
)
def test_canary_is_judged_by_its_addresses(address: str, numbers: list[str]) -> None:
    """Found when all of them are known to be its own Region's."""
    name = '\n  ApiName:\n    Type: AWS::ApiGateway::DomainName\n    Properties: {DomainName: !Sub "${AWS::Region}.api.example.com"}\n'
    body = good("canary_own_region", (API_URL, f"          API_URL: {address}\n"))

    assert objections(body + name) == numbers


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("!Ref PeerUrl", id="unknown"),
        pytest.param("!Sub 'https://${Peer}.api.example.com'", id="a host that is unknown"),
        pytest.param("!ImportValue PeerUrl", id="no text"),
        pytest.param("https://us-west-2.api.example.com", id="another Region's"),
    ],
)
def test_canary_with_an_address_that_may_be_elsewhere_passes(other: str) -> None:
    """Beside its own Region's, which it may ask as well."""
    own = '          OWN_URL: !Sub "https://${AWS::Region}.api.example.com"\n'

    assert objections(good("canary_own_region", (API_URL, own))) == ["W9762"]
    assert objections(good("canary_own_region", (API_URL, f"{own}          OTHER_URL: {other}\n"))) == []


def test_canary_of_its_own_region_is_right_beside_one_that_looks_elsewhere() -> None:
    """It tells a sick watcher from a sick Region."""
    body = good("canary_own_region")
    inner = body[body.index("  PaymentCanary:") :].replace("PaymentCanary", "OwnCanary")

    assert objections(f"{body}\n{inner}".replace(API_URL, '          API_URL: !Sub "https://${AWS::Region}.api.x.com"\n', 1)) == []


def test_alarm_on_route_53_is_judged_where_its_region_is_known() -> None:
    """A template that may stand in us-east-1 may be right."""
    alarm = good("route53_alarm_region")
    alone = "Resources: {A: {Type: AWS::CloudWatch::Alarm, Properties: {Namespace: AWS/Route53}}}"
    math = "Resources: {A: {Type: AWS::CloudWatch::Alarm, Properties: {Metrics: [{MetricStat: {Metric: {Namespace: AWS/Route53}}}]}}}"

    assert objections(alarm.replace(ALARM_CONDITION, "")) == ["E9770"]
    assert objections(alone, regions=REGIONS) == []
    assert objections(alone, regions=("us-east-2",)) == ["E9770"]
    assert objections(math, regions=("us-east-2",)) == ["E9770"]


@pytest.mark.parametrize(
    ("kind", "properties", "numbers"),
    [
        ("ApiGateway::DomainName", "SecurityPolicy: TLS_1_2", []),
        ("ApiGateway::DomainName", "SecurityPolicy: SecurityPolicy_TLS13_1_3_FIPS_2025_09", ["E9771"]),
        ("ApiGateway::RestApi", "SecurityPolicy: SecurityPolicy_TLS13_1_3_2025_09", ["E9771"]),
        ("ApiGatewayV2::DomainName", "DomainNameConfigurations: [{SecurityPolicy: SecurityPolicy_TLS13_1_3_2025_09}]", ["E9771"]),
        ("ElasticLoadBalancingV2::Listener", "SslPolicy: ELBSecurityPolicy-TLS13-1-3-2021-06", ["E9771"]),
        ("ElasticLoadBalancingV2::Listener", "SslPolicy: ELBSecurityPolicy-TLS13-1-2-2021-06", []),
    ],
)
def test_policies_of_the_newest_tls_alone(kind: str, properties: str, numbers: list[str]) -> None:
    """Wherever a name that is checked may end."""
    assert objections(f"Resources: {{A: {{Type: AWS::{kind}, Properties: {{{properties}}}}}}}") == numbers


@pytest.mark.parametrize(
    ("changes", "numbers"),
    [
        pytest.param([("ValidationMethod: DNS", "ValidationMethod: EMAIL")], ["E9772"], id="by mail"),
        pytest.param([("ValidationMethod: DNS", "ValidationMethod: !Ref Method")], [], id="unknown"),
        pytest.param(
            [("DomainName: api.example.com\n", "DomainName: api.example.com\n      SubjectAlternativeNames: [b.example.com]\n")],
            ["E9772"],
            id="a name without a zone",
        ),
    ],
)
def test_certificates_are_judged_name_by_name(changes: list[tuple[str, str]], numbers: list[str]) -> None:
    """Each name needs its record."""
    assert objections(good("certificate_validation", *changes)) == numbers


@pytest.mark.parametrize(
    ("changes", "numbers"),
    [
        pytest.param([("!Ref TopicKeyArn", "'arn:aws:kms:us-east-1:111122223333:alias/aws/sns'")], ["E9773"], id="by ARN"),
        pytest.param(
            [("!Ref TopicKeyArn", "alias/aws/sns"), ("AlarmActions: [!Ref Topic]", "OKActions: [!Ref Topic]")], ["E9773"], id="all clear"
        ),
        pytest.param([("!Ref TopicKeyArn", "alias/aws/sns"), ("[!Ref Topic]", "[!Ref OtherTopic]")], [], id="no alarm sends to it"),
    ],
)
def test_topics_are_judged_when_alarms_send_to_them(changes: list[tuple[str, str]], numbers: list[str]) -> None:
    """Other senders may use AWS's key."""
    assert objections(good("topic_key", *changes)) == numbers


@pytest.mark.parametrize(
    ("value", "numbers"),
    [
        pytest.param("Value: arn:aws:sns:us-east-1:111122223333:topic", ["E9780"], id="in an ARN"),
        pytest.param("Value: !If [IsEast, us-east-2, us-east-1]", [], id="kept to a Region by a condition"),
        pytest.param("Value: !If [IsLive, us-east-2, x]", ["E9780"], id="kept to no Region by its condition"),
        pytest.param(f"Description: not in us-east-1\n      {ROLE}", [], id="in a description"),
    ],
)
def test_regions_in_a_body_for_all_regions(value: str, numbers: list[str]) -> None:
    """Wrong where it is wrong in another Region."""
    conditions = "Conditions:\n  IsEast: !Equals [!Ref AWS::Region, us-east-1]\n  IsLive: !Equals [!Ref Stage, live]\nResources:"

    assert objections(good("region_name", (ROLE, value), ("Resources:", conditions))) == numbers


@pytest.mark.parametrize(
    ("section", "numbers"),
    [
        pytest.param("Outputs: {Peer: {Description: us-east-2, Value: us-east-1}}", ["E9780"], id="in an output"),
        pytest.param("Outputs: {Peer: {Description: us-east-2, Value: x}}", [], id="in an output's description"),
        pytest.param(
            "  Check: {Type: AWS::Route53::HealthCheck, Properties: {HealthCheckConfig: {Regions: [us-east-1, us-west-1, us-west-2]}}}",
            [],
            id="as checkers",
        ),
        pytest.param(
            "  Check: {Type: AWS::Route53::HealthCheck, Properties: {HealthCheckConfig: {FullyQualifiedDomainName: us-east-1.x.com}}}",
            ["E9780"],
            id="in a name that is checked",
        ),
    ],
)
def test_regions_elsewhere_in_a_body_for_all_regions(section: str, numbers: list[str]) -> None:
    """Outputs count; checkers stand where Route 53 has them."""
    assert objections(f"{good('reading')}\n{section}\n") == numbers


def test_resource_that_one_region_has_may_name_another() -> None:
    """Its condition says where it is right."""
    conditions = "Conditions: {IsEast: !Equals [!Ref AWS::Region, us-east-1]}\nResources:"
    peer = "  Peer:\n    Condition: IsEast\n"

    assert objections(good("region_name", ("  Peer:\n", peer), ("Resources:", conditions), (ROLE, "Value: x"))) == []
    assert objections(good("region_name", ("  Peer:\n", peer), ("Resources:", conditions), (PEER, "Value: us-east-2"))) == []
    assert objections(good("region_name", (PEER, "Value: us-east-2"))) == ["E9780"]


def test_body_can_be_said_to_be_for_all_regions() -> None:
    """One that looks nothing up may be a StackSet's all the same."""
    body = "Resources: {R: {Type: AWS::IAM::Role, Properties: {RoleName: pay, Description: x, Path: /us-east-1/}}}"

    assert objections(body) == []
    assert objections(body, options={"E9700": {"several_regions": True}}) == ["E9780", "E9782"]


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        pytest.param("payment", ["E9782"], id="the same"),
        pytest.param("!Sub 'payment-${Stage}'", ["E9782"], id="the same parameter"),
        pytest.param("!Sub 'payment-${AWS::Region}'", [], id="the Region"),
        pytest.param("!Sub '${AWS::StackName}-payment'", [], id="the instance's stack"),
        pytest.param("!ImportValue Name", [], id="unknown"),
    ],
)
def test_names_are_compared_region_by_region(name: str, numbers: list[str]) -> None:
    """A name is taken in the second Region when the first has it."""
    role = f"  Other: {{Type: AWS::IAM::Role, Properties: {{RoleName: {name}}}}}"

    assert objections(f"{good('reading')}\n{role}\n") == numbers


def test_replicated_secret_is_made_once() -> None:
    """A secret without replicas is each Region's own."""
    secret = "\n  ApiKey: {Type: AWS::SecretsManager::Secret, Properties: {ReplicaRegions: [{Region: !Ref Peer}]}}\n"

    assert objections(good("reading") + secret) == ["E9781"]
    assert objections(good("reading") + secret.replace("ReplicaRegions: [{Region: !Ref Peer}]", "Name: x")) == []
