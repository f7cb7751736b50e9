"""Every body of every environment is clean in both Regions, down to the informational level."""

from __future__ import annotations

from pathlib import Path

import pytest
from cfnlint.api import ManualArgs, lint

from deployer.rendering.render import render_system
from deployer.rendering.rendered import RenderedSystem
from tests.support.rendering import a_project, a_region, an_environment


@pytest.mark.parametrize("kind", ["bootstrap", "regional", "global_"])
def test_body_is_clean_in_both_regions(system: RenderedSystem, kind: str):
    """A type or value that one Region lacks fails there alone, in the middle of a roll-out."""
    assert _findings(getattr(system, kind).body, "us-east-2") == []


def test_every_other_choice_is_clean_too(tmp_path: Path):
    """The choices that no file in params/ makes: a given zone, an eventual table, three zones, every endpoint, unknown prefix lists."""
    environment = an_environment(
        regions=[a_region("us-east-1", "primary"), a_region("sa-east-1", "secondary", vpc_cidr="10.1.0.0/24")],
        zone={"name": "pay.example.test", "hosted_zone_id": "Z0123456789ABC"},
        table={"consistency": "eventual"},
        network={"zones_per_vpc_count": 3, "interface_endpoints": ["secretsmanager", "logs", "ssm", "monitoring", "kms"]},
    )
    system = render_system(environment, source=a_project(tmp_path / "project"), build=tmp_path / "build")

    assert [finding for one in (system.bootstrap, system.regional, system.global_) for finding in _findings(one.body, "sa-east-1")] == []


def _findings(body: str, secondary: str) -> list[str]:
    matches = lint(body, config=ManualArgs(include_checks=["I"], regions=["us-east-1", secondary]))
    return [f"{match.linenumber}: {match.rule.id} {match.message}" for match in matches]
