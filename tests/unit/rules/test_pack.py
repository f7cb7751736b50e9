"""Every rule of the pack: its number, its words, a template it passes and one it objects to."""

from __future__ import annotations

from pathlib import Path

import pytest
from cfnlint.config import _DEFAULT_RULESDIR
from cfnlint.rules import Rules

from deployer.rules import FOLDER, pack_digest
from tests.support.rule_pack import TEMPLATES, findings, objections, pack

# Numbers are public: people except rules by them. One that was given once keeps its meaning, or is never given again.
IDS = {
    "deployer.rules.reading": "E9700",
    "deployer.rules.failover_pair": "E9710",
    "deployer.rules.failover_targets": "E9711",
    "deployer.rules.failover_health_check": "E9712",
    "deployer.rules.evaluate_target_health": "E9713",
    "deployer.rules.recovery_budget": "E9714",
    "deployer.rules.check_of_shared_name": "E9720",
    "deployer.rules.execute_api_name": "W9721",
    "deployer.rules.request_interval": "E9722",
    "deployer.rules.calculated_check": "E9723",
    "deployer.rules.alarm_check_region": "E9724",
    "deployer.rules.hold_region": "E9725",
    "deployer.rules.hold_decides": "E9726",
    "deployer.rules.replica_settings": "E9730",
    "deployer.rules.strong_table_features": "E9731",
    "deployer.rules.strong_table_regions": "E9732",
    "deployer.rules.replica_stream": "E9733",
    "deployer.rules.billing_mode": "W9734",
    "deployer.rules.single_replica": "W9735",
    "deployer.rules.secret_replicas": "W9740",
    "deployer.rules.secret_regions": "E9741",
    "deployer.rules.replica_key": "E9742",
    "deployer.rules.replication_versioning": "E9750",
    "deployer.rules.replication_encryption": "E9751",
    "deployer.rules.replication_destination": "W9752",
    "deployer.rules.replication_direction": "W9753",
    "deployer.rules.lifecycle_small_objects": "W9754",
    "deployer.rules.canary_runtime": "E9760",
    "deployer.rules.canary_runtime_launch": "W9761",
    "deployer.rules.canary_own_region": "W9762",
    "deployer.rules.lambda_runtime_launch": "W9763",
    "deployer.rules.route53_alarm_region": "E9770",
    "deployer.rules.tls_policy": "E9771",
    "deployer.rules.certificate_validation": "E9772",
    "deployer.rules.topic_key": "E9773",
    "deployer.rules.region_name": "E9780",
    "deployer.rules.once_only_resource": "E9781",
    "deployer.rules.global_name": "E9782",
}
RULES = [pytest.param(module.rpartition(".")[2], number, id=f"{number}-{module.rpartition('.')[2]}") for module, number in IDS.items()]


def test_every_file_is_one_rule_with_its_own_number() -> None:
    """A file holds one rule; nothing else is loaded, and no file is missing here."""
    found = {}
    for path in sorted(FOLDER.glob("[a-z]*.py")):
        [number] = [line.split('"')[1] for line in path.read_text("utf-8").splitlines() if line.startswith("    id = ")]
        found[f"deployer.rules.{path.stem}"] = number

    assert found == IDS
    assert set(pack()) == set(IDS.values())


def test_no_number_is_one_of_cfn_lints_own() -> None:
    """9000 to 9999 are for users' rules; cfn-lint refuses a number that is given twice."""
    assert set(pack()) & set(Rules.create_from_directory(_DEFAULT_RULESDIR)) == set()
    assert all(number[1] == "9" for number in pack())


@pytest.mark.parametrize("number", IDS.values())
def test_every_rule_says_what_it_wants_why_and_who_says_so(number: str) -> None:
    """One short sentence, what cannot be decided, AWS's own page, and the fact it rests on."""
    rule = pack()[number]

    assert rule.shortdesc[0].isupper()
    assert not rule.shortdesc.endswith(".")
    assert len(rule.shortdesc) <= 120
    assert rule.description.endswith(".")
    assert rule.description != rule.shortdesc
    assert rule.source_url.startswith("https://docs.aws.amazon.com/")
    assert rule.facts
    assert all(fact.startswith("F") for fact in rule.facts)
    assert "multi-region" in rule.tags


@pytest.mark.parametrize(("name", "number"), RULES)
def test_good_template_passes_everything(name: str, number: str) -> None:
    """Neither the pack nor cfn-lint objects."""
    assert findings((TEMPLATES / name / "good.yaml").read_text("utf-8")) == []


@pytest.mark.parametrize(("name", "number"), RULES)
def test_bad_template_meets_its_rule_alone(name: str, number: str) -> None:
    """The rule objects in the right place with a sentence that says what is wrong, and nothing else does."""
    found = findings((TEMPLATES / name / "bad.yaml").read_text("utf-8"))
    sentences = [f"line {match.linenumber}: {match.message}" for match in found]

    assert {match.rule.id for match in found} == {number}
    assert sentences == (TEMPLATES / name / "findings.txt").read_text("utf-8").splitlines()


def test_templates_are_there_for_no_other_rule() -> None:
    """A folder for each rule, and only those."""
    assert sorted(path.name for path in TEMPLATES.iterdir()) == sorted(module.rpartition(".")[2] for module in IDS)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("Resources: {}", id="empty"),
        pytest.param("Resources: [1, 2]", id="resources are a list"),
        pytest.param("Resources: {A: {Type: AWS::DynamoDB::GlobalTable}}", id="no properties"),
        pytest.param("Resources: {A: {Type: AWS::DynamoDB::GlobalTable, Properties: x}}", id="properties are a text"),
        pytest.param("Resources: {A: {Type: AWS::S3::Bucket, Properties: {ReplicationConfiguration: [1]}}}", id="list for a map"),
        pytest.param("Resources: {A: {Type: AWS::Route53::HealthCheck, Properties: {HealthCheckConfig: {Type: {Ref: 1}}}}}", id="odd Ref"),
        pytest.param(
            "Mappings: {M: [x]}\nResources: {A: {Type: T, Properties: {P: !FindInMap [M, !Ref AWS::Region, K]}}}", id="odd mapping"
        ),
        pytest.param("Parameters: x\nMappings: 1\nConditions: []\nResources: {A: 1, B: {Type: 2}}", id="odd sections"),
    ],
)
def test_broken_template_breaks_no_rule(body: str) -> None:
    """What is wrong with it is cfn-lint's to say; a rule that raises would hide all others."""
    assert "E0002" not in objections(body)


def test_except_in_metadata_is_heard() -> None:
    """A resource may say why a rule is not for it, as with cfn-lint's own rules."""
    body = (TEMPLATES / "billing_mode" / "bad.yaml").read_text("utf-8")
    excepted = body.replace("    Properties:", "    Metadata: {cfn-lint: {config: {ignore_checks: [W9734]}}}\n    Properties:", 1)

    assert objections(excepted) == []


def test_rule_that_others_hang_on_can_be_excepted_alone() -> None:
    """Reading goes on without its own objections."""
    body = (TEMPLATES / "failover_targets" / "bad.yaml").read_text("utf-8")
    excepted = body.replace("\nParameters:", "\nMetadata: {cfn-lint: {config: {ignore_checks: [E9700, E9710]}}}\n\nParameters:", 1)

    assert objections(excepted) == ["E9711"]


def test_type_that_a_region_lacks_is_found_by_cfn_lint_itself() -> None:
    """E3006, and E3030 and E3032 for checker Regions: the pack has no rules of its own for what cfn-lint finds."""
    body = "Resources: {A: {Type: AWS::Route53RecoveryControl::Cluster, Properties: {Name: x}}}"
    check = "Resources: {A: {Type: AWS::Route53::HealthCheck, Properties: {HealthCheckConfig: {Type: TCP, IPAddress: 192.0.2.1, %s}}}}"

    assert {match.rule.id for match in findings(body)} == {"E3006"}
    assert {match.rule.id for match in findings(check % "Regions: [us-east-1, us-west-1]")} == {"E3032"}
    assert {match.rule.id for match in findings(check % "Regions: [us-east-1, us-west-1, us-east-2]")} == {"E3030"}


def test_digest_is_that_of_the_rules(tmp_path: Path) -> None:
    """A rule that changed, or has another name, makes another pack; what Python leaves beside them does not."""
    (tmp_path / "rule.py").write_text("x = 1\n")
    first = pack_digest(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "rule.cpython-311.pyc").write_bytes(b"x")

    assert pack_digest(tmp_path) == first
    (tmp_path / "rule.py").write_text("x = 2\n")
    assert pack_digest(tmp_path) != first
    (tmp_path / "rule.py").rename(tmp_path / "other.py")
    assert pack_digest(tmp_path) != first
