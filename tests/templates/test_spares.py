"""The bodies of a system with spares: what a spare has otherwise than the pair, and that nothing else changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deployer.planning.lint import lint_system
from deployer.planning.template_text import read_template
from deployer.rendering.render import render_system
from deployer.rendering.rendered import RenderedSystem
from tests.support.rendering import a_project, an_environment

ACCOUNT, OTHER = "111122223333", "222233334444"
REGIONS = [{"name": "us-west-1", "vpc_cidr": "10.2.0.0/16"}]
OF_PAIR = {"Certificate", "SharedDomain", "SharedDomainMapping", "RegionDomain", "RegionDomainMapping", "RegionRecord", "CertificateAlarm"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project to render from."""
    return a_project(tmp_path_factory.mktemp("spares") / "project")


def rendered(project: Path, **spares: Any) -> RenderedSystem:
    """Return the bodies of a system with these spares."""
    environment = an_environment(account_id=ACCOUNT, spares={"regions": REGIONS, **spares})
    return render_system(environment, source=project, build=project / "build")


def test_bodies_pass_their_own_lint(project: Path) -> None:
    """In every Region they are applied in."""
    assert lint_system(rendered(project, accounts=[ACCOUNT, OTHER]), ("us-east-1", "us-east-2", "us-west-1")) == ()


def test_names_of_the_zone_are_the_pairs(project: Path) -> None:
    """And nothing else is left out of a spare."""
    resources = read_template(rendered(project).regional.body)["Resources"]

    assert {name for name, resource in resources.items() if resource.get("Condition") == "IsOfPair"} == OF_PAIR


def test_spare_is_named_by_its_region(project: Path) -> None:
    """An account may have several; the pair's names stay what they are."""
    regions = read_template(rendered(project).regional.body)["Mappings"]["Regions"]

    assert regions["us-west-1"]["Role"] == "spare"
    assert regions["us-west-1"]["PaymentFunctionName"] == "payment-processor-us-west-1-test"
    assert regions["us-east-1"]["PaymentFunctionName"] == "payment-processor-primary-test"


def test_audit_bucket_of_a_spare_says_whose_it_is(project: Path) -> None:
    """S3 has one bucket of a name in all the world."""
    body = rendered(project, accounts=[OTHER]).regional.body

    assert 'BucketName: !If [IsOfPair, !FindInMap [Regions, !Ref "AWS::Region", AuditBucketName], ' in body
    assert '!Sub "payment-audit-logs-${AWS::Region}-test-${AWS::AccountId}"]' in body


def test_code_comes_from_the_account_that_steers(project: Path) -> None:
    """Other accounts have no bucket of ours; spares of the same account need none to be named."""
    elsewhere, at_home = rendered(project, accounts=[OTHER]).regional.body, rendered(project).regional.body

    assert f"payment-artifacts-test-{ACCOUNT}-${{AWS::Region}}" in elsewhere
    assert "payment-artifacts-test-${AWS::AccountId}" not in elsewhere
    assert "payment-artifacts-test-${AWS::AccountId}-${AWS::Region}" in at_home


def test_exactly_the_listed_accounts_are_reached_and_let_in(project: Path) -> None:
    """The administration role may act there, and their roles may read code and nothing else."""
    bootstrap = rendered(project, accounts=[ACCOUNT, OTHER]).bootstrap.body
    policy = read_template(bootstrap)["Resources"]["ArtifactBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    shared = next(statement for statement in policy if statement["Sid"] == "SparesTakeTheirCode")

    assert f"arn:${{AWS::Partition}}:iam::{OTHER}:role/payment-stackset-execution-test" in bootstrap
    assert shared["Action"] == "s3:GetObject"
    assert [str(one).count(OTHER) for one in shared["Principal"]["AWS"]] == [1]
    assert all(folder in str(shared["Resource"]) for folder in ("functions/*", "layers/*"))
    assert len(shared["Resource"]) == 2


def test_accounts_of_units_are_let_in_by_where_they_are(project: Path) -> None:
    """Of one organization, below these units."""
    bootstrap = rendered(project, organizational_units=["ou-ab12-34567890"], organization_id="o-ab12cd34ef").bootstrap.body
    policy = read_template(bootstrap)["Resources"]["ArtifactBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    shared = next(statement for statement in policy if statement["Sid"] == "SparesTakeTheirCode")

    assert shared["Condition"] == {
        "StringEquals": {"aws:PrincipalOrgID": "o-ab12cd34ef"},
        "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-ab12cd34ef/r-*/ou-ab12-34567890/*"]},
    }
