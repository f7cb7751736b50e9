"""Every body of every environment is clean in both Regions, down to the informational level."""

from __future__ import annotations

import pytest
from cfnlint.api import ManualArgs, lint

from deployer.rendering.rendered import RenderedSystem


@pytest.mark.parametrize("kind", ["bootstrap", "regional", "global_"])
def test_body_is_clean_in_both_regions(system: RenderedSystem, kind: str):
    """A type or value that one Region lacks fails there alone, in the middle of a roll-out."""
    body = getattr(system, kind).body

    matches = lint(body, config=ManualArgs(include_checks=["I"], regions=["us-east-1", "us-east-2"]))

    assert [f"{match.linenumber}: {match.rule.id} {match.message}" for match in matches] == []
