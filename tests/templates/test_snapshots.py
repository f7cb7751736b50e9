"""What AWS will see, kept beside the templates: a reviewer reads the difference of the bodies, not of the Jinja behind them."""

from __future__ import annotations

from collections.abc import Callable
from difflib import unified_diff
from pathlib import Path

import pytest

from deployer.rendering.rendered import RenderedSystem
from tests.support.snapshots import ENVIRONMENTS, SNAPSHOTS, UPDATE, snapshots_of, without_code

LINES_SHOWN_MAX = 40


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_bodies_are_those_of_the_snapshots(rendered: Callable[[str], RenderedSystem], environment: str):
    """Whatever changes a body shows up in the commit that changes it."""
    changed = []
    for place, text in snapshots_of(environment, rendered(environment)).items():
        path = SNAPSHOTS / place
        kept = path.read_text("utf-8") if path.exists() else ""
        changed += list(unified_diff(kept.splitlines(), text.splitlines(), f"snapshots/{place}", "rendered now", n=1, lineterm=""))

    assert not changed, "\n".join([f"If this is what AWS is to see, run `{UPDATE}` and commit it:", *changed[:LINES_SHOWN_MAX]])


def test_there_is_no_snapshot_of_what_is_gone(rendered: Callable[[str], RenderedSystem]):
    """A forgotten file would be read as if it were rolled out."""
    wanted = {place for name in ENVIRONMENTS for place in snapshots_of(name, rendered(name))}

    assert {path.relative_to(SNAPSHOTS) for path in SNAPSHOTS.rglob("*") if path.is_file()} == wanted, f"Run `{UPDATE}`."


def test_edited_code_changes_no_snapshot():
    """Digests of packages and versions are zeros, and nothing else is."""
    before = "S3Key: functions/payment/0123456789abcdef.zip\n  PaymentFunctionVersion0a1b2c3d4e:\n  ApiDeployment0a1b2c3d4e:\n"
    after = before.replace("0123456789abcdef", "fedcba9876543210").replace("Version0a1b2c3d4e", "Version4e3d2c1b0a")

    assert without_code(before) == without_code(after)
    assert "ApiDeployment0a1b2c3d4e" in without_code(before)
    assert Path("local/regional.yaml") in {path.relative_to(SNAPSHOTS) for path in SNAPSHOTS.rglob("*.yaml")}
