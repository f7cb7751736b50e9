"""Every body of every environment is clean in both Regions, down to the informational level."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cfnlint.api import ManualArgs, lint

from deployer.rendering.render import render_system
from deployer.rendering.rendered import RenderedSystem
from tests.support.choices import EVERYTHING, THE_OTHER_WAY
from tests.support.rendering import a_project, an_environment


@pytest.mark.parametrize("kind", ["bootstrap", "regional", "global_"])
def test_body_is_clean_in_both_regions(system: RenderedSystem, kind: str):
    """A type or value that one Region lacks fails there alone, in the middle of a roll-out."""
    assert _findings(getattr(system, kind).body, "us-east-2") == []


@pytest.mark.parametrize(
    ("changes", "secondary"), [(EVERYTHING, "us-east-2"), (THE_OTHER_WAY, "sa-east-1")], ids=["everything", "the other way"]
)
def test_every_other_choice_is_clean_too(tmp_path: Path, changes: dict[str, Any], secondary: str):
    """The choices that no file in params/ makes."""
    system = render_system(an_environment(**changes), source=a_project(tmp_path / "project"), build=tmp_path / "build")

    assert [finding for one in (system.bootstrap, system.regional, system.global_) for finding in _findings(one.body, secondary)] == []


def _findings(body: str, secondary: str) -> list[str]:
    matches = lint(body, config=ManualArgs(include_checks=["I"], regions=["us-east-1", secondary, "us-west-2"]))
    return [f"{match.linenumber}: {match.rule.id} {match.message}" for match in matches]
