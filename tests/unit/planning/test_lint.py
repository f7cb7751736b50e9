"""The lint gate, with the real cfn-lint."""

from __future__ import annotations

import subprocess
import sys

from deployer.planning.lint import lint_system
from tests.support.surveys import a_system

CLEAN = """\
Resources:
  Parameter:
    Type: AWS::SSM::Parameter
    Properties: {Type: String, Value: x}
"""


def test_clean_bodies_have_no_findings() -> None:
    """Nothing found, nothing told."""
    assert lint_system(a_system(bootstrap=CLEAN, regional=CLEAN, global_=CLEAN), ["us-east-1", "us-east-2"]) == ()


def test_finding_names_rule_place_and_offending_value() -> None:
    """A person goes to the line of the rendered body."""
    broken = CLEAN.replace("Value: x", "Valeu: x")

    findings = lint_system(a_system(bootstrap=CLEAN, regional=broken, global_=CLEAN), ["us-east-1"])

    [unknown] = [finding for finding in findings if "Valeu" in finding.sentence]
    assert (unknown.rule_id, unknown.severity, unknown.place) == ("E3002", "error", "regional.yaml:4")
    assert unknown.path == "Resources/Parameter/Properties/Valeu"


def test_body_that_is_no_yaml_is_a_finding() -> None:
    """The gate tells it like everything else."""
    [finding] = lint_system(a_system(bootstrap=CLEAN, regional="Resources: [", global_=CLEAN), ["us-east-1"])

    assert finding.rule_id == "E0000"


def test_informational_level_is_included() -> None:
    """What only looks clumsy is worth a word too."""
    clumsy = CLEAN.replace("Value: x", 'Value: !Join ["", [!Ref AWS::Region, x]]')

    [finding] = lint_system(a_system(bootstrap=clumsy, regional=CLEAN, global_=CLEAN), ["us-east-1"])

    assert (finding.rule_id, finding.severity) == ("I1022", "informational")


def test_planning_does_not_import_cfn_lint() -> None:
    """A plan must not cost the second that importing it takes."""
    code = "import sys, deployer.planning.planner, deployer.planning.lint; print('cfnlint' in sys.modules)"

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "False"


def test_projects_own_rules_are_part_of_the_gate() -> None:
    """What cfn-lint passes and a second Region would not is found like everything else."""
    table = "Type: AWS::DynamoDB::GlobalTable, DeletionPolicy: Retain, UpdateReplacePolicy: Retain"
    key = "AttributeDefinitions: [{AttributeName: id, AttributeType: S}], KeySchema: [{AttributeName: id, KeyType: HASH}]"
    alone = f"Resources:\n  Ledger: {{{table}, Properties: {{BillingMode: PAY_PER_REQUEST, {key}, Replicas: [{{Region: us-east-1}}]}}}}\n"

    [finding] = lint_system(a_system(bootstrap=CLEAN, regional=CLEAN, global_=alone), ["us-east-1", "us-east-2"])

    assert (finding.rule_id, finding.severity, finding.place) == ("W9735", "warning", "global.yaml:2")
    assert finding.path == "Resources/Ledger/Properties/Replicas/0"
