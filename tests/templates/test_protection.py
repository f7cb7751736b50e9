"""What protects a Region: firewall, network, audit log, bounds of roles, and what stays when stacks go."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deployer.rendering.render import render_system
from deployer.rendering.rendered import RenderedSystem
from tests.support.choices import BOUNDARY, THE_OTHER_WAY
from tests.support.rendering import PROJECT, a_project, an_environment, as_data

# What holds something that cannot be made again, or that somebody still needs: it goes only when the parameter file says so.
LASTING = {
    "AWS::DynamoDB::GlobalTable",
    "AWS::DynamoDB::Table",
    "AWS::Route53::HostedZone",
    "AWS::SecretsManager::Secret",
    "AWS::S3::Bucket",
    "AWS::KMS::Key",
    "AWS::Backup::BackupVault",
}
# What goes with its stack whatever the file says: copies, results and notices, which the next roll-out makes anew.
PASSING = {"ArtifactBucket", "CanaryBucket", "HoldTable", "TopicKey"}

# A checker of Route 53 asks for each of two checks once in 10 seconds at most; WAF's rate rules look at 5 minutes (F2.1, F3.8).
CHECKER_REQUESTS_MAX = 2 * 300 // 10


@pytest.fixture(scope="module")
def render(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., RenderedSystem]:
    """Return a function from changes of the environment to the rendered system."""
    folder = tmp_path_factory.mktemp("protection")
    source = a_project(folder / "project")

    def rendered(**changes: Any) -> RenderedSystem:
        return render_system(an_environment(**changes), source=source, build=folder / "build")

    return rendered


def _resources(system: RenderedSystem) -> dict[str, Any]:
    return {name: one for body in _bodies(system) for name, one in as_data(body)["Resources"].items()}


def _bodies(system: RenderedSystem) -> tuple[str, ...]:
    return system.bootstrap.body, system.regional.body, system.global_.body


def _regional(system: RenderedSystem) -> dict[str, Any]:
    return dict(as_data(system.regional.body)["Resources"])


def _rules(system: RenderedSystem) -> dict[str, Any]:
    return {rule["Name"]: rule for rule in _regional(system)["Firewall"]["Properties"]["Rules"]}


def _looks_at_what_checkers_ask(statement: Any) -> bool:
    matches = [one.get("ByteMatchStatement", {}) for one in statement.get("OrStatement", {}).get("Statements", [])]
    return [(one.get("SearchString"), one.get("PositionalConstraint")) for one in matches] == [("/health", "EXACTLY"), ("/hold", "EXACTLY")]


def test_rate_rules_never_stop_a_health_checker(local_system: RenderedSystem):
    """The general rule leaves out what they ask; their own lets five times through what one that asks for both does."""
    rules = _rules(local_system)
    general = rules["NoAddressTakesItAll"]["Statement"]["RateBasedStatement"]
    health = rules["HealthIsForCheckers"]["Statement"]["RateBasedStatement"]

    assert _looks_at_what_checkers_ask(general["ScopeDownStatement"]["NotStatement"]["Statement"])
    assert _looks_at_what_checkers_ask(health["ScopeDownStatement"])
    assert health["Limit"] >= 5 * CHECKER_REQUESTS_MAX
    assert {one["EvaluationWindowSec"] for one in (general, health)} == {300}


def test_managed_rules_are_aws_own_and_leave_checkers_alone(local_system: RenderedSystem):
    """A list that others change must not decide where traffic goes."""
    groups = [rule["Statement"]["ManagedRuleGroupStatement"] for rule in _rules(local_system).values() if "OverrideAction" in rule]

    assert {group["Name"].removeprefix("AWSManagedRules") for group in groups} == {
        "AmazonIpReputationList",
        "CommonRuleSet",
        "KnownBadInputsRuleSet",
    }
    assert all(group["VendorName"] == "AWS" for group in groups)
    assert all(_looks_at_what_checkers_ask(group["ScopeDownStatement"]["NotStatement"]["Statement"]) for group in groups)


def test_firewall_and_function_agree_on_the_longest_body(local_system: RenderedSystem):
    """What one lets through and the other refuses costs a run for nothing, or refuses a payment."""
    rule = _rules(local_system)["PaymentsAreShort"]
    limit = rule["Statement"]["SizeConstraintStatement"]
    (bytes_max,) = re.findall(r"^BODY_BYTES_MAX = (\d+)$", (PROJECT / "functions" / "payment" / "request.py").read_text(), re.MULTILINE)

    assert (limit["ComparisonOperator"], limit["Size"]) == ("GT", int(bytes_max))
    assert limit["FieldToMatch"]["Body"]["OversizeHandling"] == "MATCH"
    assert rule["Action"]["Block"]["CustomResponse"]["ResponseCode"] == 413


def test_refusals_of_the_firewall_are_problem_documents(local_system: RenderedSystem):
    """A caller reads every refusal the same way (RFC 9457), whoever gave it."""
    bodies = _regional(local_system)["Firewall"]["Properties"]["CustomResponseBodies"]

    for rule in _rules(local_system).values():
        if "Action" in rule:
            custom = rule["Action"]["Block"]["CustomResponse"]
            problem = json.loads(bodies[custom["CustomResponseBodyKey"]]["Content"])
            assert problem["status"] == custom["ResponseCode"]
            assert {"type", "title"} < problem.keys()


def test_firewall_never_shows_the_api_key(local_system: RenderedSystem):
    """Samples show headers; logs show those that are not redacted."""
    resources = _regional(local_system)
    acl = resources["Firewall"]["Properties"]

    assert not any(one["VisibilityConfig"]["SampledRequestsEnabled"] for one in (acl, *acl["Rules"]))
    assert resources["FirewallLogging"]["Properties"]["RedactedFields"] == [{"SingleHeader": {"Name": "x-api-key"}}]
    assert resources["FirewallLogGroup"]["Properties"]["LogGroupName"] == {
        "Fn::FindInMap": ["Regions", {"Ref": "AWS::Region"}, "FirewallLogGroupName"]
    }


def test_firewall_stands_before_the_stage_unless_it_is_turned_off(render: Callable[..., RenderedSystem]):
    """Associated with the stage by ARN; off, nothing of it is left."""
    association = _regional(render())["FirewallOfTheStage"]["Properties"]
    without = {one["Type"] for one in _regional(render(waf={"enabled": False})).values()}

    assert association["ResourceArn"]["Fn::Sub"].endswith("/restapis/${RestApi}/stages/${ApiStage}")
    assert not any(kind.startswith("AWS::WAFv2::") for kind in without)


def test_limit_of_the_rate_rule_is_the_environments(render: Callable[..., RenderedSystem]):
    """Neither a constant nor the health checkers' own."""
    rules = _rules(render(waf={"requests_per_5_minutes_max": 4711}))

    assert rules["NoAddressTakesItAll"]["Statement"]["RateBasedStatement"]["Limit"] == 4711
    assert rules["HealthIsForCheckers"]["Statement"]["RateBasedStatement"]["Limit"] != 4711


def test_health_checks_are_not_traced(local_system: RenderedSystem):
    """They come every second: each would take the place of a payment."""
    resources = _regional(local_system)
    for name, path in (("HealthSamplingRule", "*/health"), ("HoldSamplingRule", "*/hold")):
        rule = resources[name]["Properties"]["SamplingRule"]
        assert (rule["ReservoirSize"], rule["FixedRate"], rule["URLPath"]) == (0, 0, path)
    assert resources["ApiStage"]["Properties"]["TracingEnabled"] is True
    functions = [one for one in resources.values() if one["Type"] == "AWS::Lambda::Function"]
    assert all(one["Properties"]["TracingConfig"] == {"Mode": "Active"} for one in functions)


def test_every_role_is_bounded_if_the_account_asks_for_it(full_system: RenderedSystem, local_system: RenderedSystem):
    """One that is not bounded is the one that gets around it."""

    def boundaries(system: RenderedSystem) -> set[Any]:
        roles = [one for one in _resources(system).values() if one["Type"] == "AWS::IAM::Role"]
        return {role["Properties"].get("PermissionsBoundary") for role in roles}

    assert boundaries(full_system) == {BOUNDARY}
    assert boundaries(local_system) == {None}


@pytest.mark.parametrize(("on_tear_down", "policy"), [("retain", "Retain"), ("delete", "Delete")])
def test_what_lasts_is_kept_or_goes_as_the_file_says(render: Callable[..., RenderedSystem], on_tear_down: str, policy: str):
    """Both policies are written on everything that holds state, so that nobody has to know CloudFormation's defaults."""
    system = render(
        retention={"on_tear_down": on_tear_down},
        audit={"encryption": "KMS"},
        zone={"name": "pay.example.test"},
        network={"flow_logs": True},
    )
    resources = _resources(system)
    stateful = {name: one for name, one in resources.items() if one["Type"] in LASTING or one["Type"] == "AWS::Logs::LogGroup"}

    assert all({"DeletionPolicy", "UpdateReplacePolicy"} <= one.keys() for one in stateful.values())
    lasting = {name for name, one in stateful.items() if one["Type"] in LASTING} - PASSING
    assert {"PaymentsTable", "AuditBucket", "ApiKeySecret", "HostedZone", "AuditKey"} <= lasting
    assert {name: stateful[name]["DeletionPolicy"] for name in lasting} == dict.fromkeys(lasting, policy)
    assert {stateful[name]["DeletionPolicy"] for name in stateful.keys() - lasting} == {"Delete"}


def test_audit_copies_of_encrypted_records_are_asked_for_and_allowed(full_system: RenderedSystem):
    """S3 passes over them without the opt-in, and fails one by one without the rights (F5.4, F5.6)."""
    resources = _regional(full_system)
    bucket = resources["AuditBucket"]["Properties"]
    (rule,) = bucket["ReplicationConfiguration"]["Fn::If"][1]["Rules"]
    statements = resources["AuditReplicationRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    by_action = {action: one for one in statements for action in one["Action"]}

    assert rule["SourceSelectionCriteria"]["SseKmsEncryptedObjects"] == {"Status": "Enabled"}
    assert "alias/${Peer}" in json.dumps(rule["Destination"]["EncryptionConfiguration"]["ReplicaKmsKeyID"])
    assert by_action["kms:Decrypt"]["Resource"] == {"Fn::GetAtt": ["AuditKey", "Arn"]}
    assert by_action["kms:Decrypt"]["Condition"] == {"StringEquals": {"kms:ViaService": {"Fn::Sub": "s3.${AWS::Region}.amazonaws.com"}}}
    assert {"StringEquals", "ForAnyValue:StringEquals"} == by_action["kms:Encrypt"]["Condition"].keys()
    assert resources["AuditKeyName"]["Properties"]["TargetKeyId"] == {"Ref": "AuditKey"}


def test_audit_key_is_the_accounts_through_s3_alone(full_system: RenderedSystem):
    """Whoever has rights on the key still cannot decrypt a record that S3 does not hand out."""
    statements = _regional(full_system)["AuditKey"]["Properties"]["KeyPolicy"]["Statement"]
    uses = [one for one in statements if "kms:Decrypt" in one["Action"]]

    assert [one["Condition"] for one in uses] == [{"StringEquals": {"kms:ViaService": {"Fn::Sub": "s3.${AWS::Region}.amazonaws.com"}}}]


def test_promised_replication_measures_the_promise(full_system: RenderedSystem, local_system: RenderedSystem):
    """Fifteen minutes in both places, the only number S3 takes (F5.5); unpromised, replication is measured all the same."""
    destinations = [
        _regional(one)["AuditBucket"]["Properties"]["ReplicationConfiguration"]["Fn::If"][1]["Rules"][0]["Destination"]
        for one in (full_system, local_system)
    ]

    assert destinations[0]["ReplicationTime"]["Time"] == destinations[0]["Metrics"]["EventThreshold"] == {"Minutes": 15}
    assert "ReplicationTime" not in destinations[1]
    assert destinations[1]["Metrics"] == {"Status": "Enabled"}


def test_records_are_locked_as_long_as_the_file_says(full_system: RenderedSystem, tmp_path: Path):
    """Mode and days are the environment's, and locks are copied along with their records (F5.6)."""
    other = render_system(an_environment(**THE_OTHER_WAY), source=a_project(tmp_path / "project"), build=tmp_path / "build")
    locks = [_regional(one)["AuditBucket"]["Properties"]["ObjectLockConfiguration"] for one in (full_system, other)]
    actions = json.dumps(_regional(full_system)["AuditReplicationRole"])

    assert [lock["Rule"]["DefaultRetention"] for lock in locks] == [
        {"Mode": "GOVERNANCE", "Days": 365},
        {"Mode": "COMPLIANCE", "Days": 3650},
    ]
    assert "s3:GetObjectRetention" in actions
    assert "s3:GetObjectLegalHold" in actions


def test_plain_audit_log_needs_no_key_and_no_lock(local_system: RenderedSystem):
    """What nobody asked for is not paid for."""
    resources = _regional(local_system)

    assert "AuditKey" not in resources
    assert "ObjectLockEnabled" not in resources["AuditBucket"]["Properties"]
    assert "kms:" not in json.dumps(resources["AuditReplicationRole"])


def test_flow_log_is_there_when_asked_for(full_system: RenderedSystem, local_system: RenderedSystem):
    """Of the whole VPC, refused or not, into a log that forgets in time."""
    flow_log = _regional(full_system)["FlowLog"]["Properties"]

    assert (flow_log["ResourceId"], flow_log["TrafficType"]) == ({"Ref": "Vpc"}, "ALL")
    assert _regional(full_system)["FlowLogGroup"]["Properties"]["RetentionInDays"] == {"Ref": "LogsDays"}
    assert not any(one["Type"] == "AWS::EC2::FlowLog" for one in _regional(local_system).values())


def test_nothing_stands_in_the_default_security_group(full_system: RenderedSystem):
    """CloudFormation cannot empty its rules, so nothing may use them."""
    resources = _regional(full_system)
    in_vpc = [one["Properties"] for one in resources.values() if one["Type"] in ("AWS::Lambda::Function", "AWS::EC2::VPCEndpoint")]

    assert "DefaultSecurityGroup" not in json.dumps(resources)
    assert all(one["VpcConfig"]["SecurityGroupIds"] for one in in_vpc if "VpcConfig" in one)
    assert all(one["SecurityGroupIds"] for one in in_vpc if one.get("VpcEndpointType") == "Interface")


def test_warm_and_reserved_functions_are_those_asked_for(full_system: RenderedSystem):
    """Warm environments belong to the alias that callers invoke; the share belongs to the function."""
    resources = _regional(full_system)

    assert resources["PaymentFunctionAlias"]["Properties"]["ProvisionedConcurrencyConfig"] == {"ProvisionedConcurrentExecutions": 2}
    assert resources["PaymentFunction"]["Properties"]["ReservedConcurrentExecutions"] == 10
    assert "ProvisionedConcurrencyConfig" not in resources["HealthFunctionAlias"]["Properties"]
    assert "ReservedConcurrentExecutions" not in resources["HealthFunction"]["Properties"]


def test_the_api_calls_versions_and_nothing_else(local_system: RenderedSystem):
    """An integration or permission without the alias would call what is half updated."""
    resources = _regional(local_system)
    body = json.dumps(resources["RestApi"]["Properties"]["Body"])
    permissions = [one["Properties"]["FunctionName"]["Ref"] for one in resources.values() if one["Type"] == "AWS::Lambda::Permission"]

    assert body.count("Alias}/invocations") == body.count("/invocations") == 5
    assert all(name.endswith("Alias") for name in permissions)
