"""The pack from outside, by cfn-lint's own command: in this project, and copied to where nothing of it is known."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from deployer.rules import FOLDER
from tests.support.rule_pack import TEMPLATES

CFN_LINT = Path(sys.executable).with_name("cfn-lint")
BAD = TEMPLATES / "failover_targets" / "bad.yaml"
GOOD = TEMPLATES / "failover_targets" / "good.yaml"

# cfn-lint's command where the deployer is not installed.
STRANGER = "import sys; sys.modules['deployer'] = None; from cfnlint.runner.cli import main; main()"


def told(*command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Return how a command ended, run in a folder of its own."""
    return subprocess.run([*map(str, command)], cwd=folder, capture_output=True, text=True, check=False, timeout=60)


def test_cfn_lint_objects_by_the_appended_rules(tmp_path: Path) -> None:
    """As the document says: nothing but the folder's name is needed."""
    result = told(CFN_LINT, "--append-rules", FOLDER, "--", BAD, folder=tmp_path)

    assert result.returncode == 2
    assert "E9711 Both records of api.example.com (CNAME) lead to us-east-1.origin.example.com" in result.stdout
    assert f"{BAD}:40:5" in result.stdout


def test_cfn_lint_alone_passes_the_same_template(tmp_path: Path) -> None:
    """What the pack finds, cfn-lint does not."""
    assert told(CFN_LINT, BAD, folder=tmp_path).returncode == 0


def test_cfn_lint_passes_a_good_template(tmp_path: Path) -> None:
    """The pack can be silent."""
    assert told(CFN_LINT, "--append-rules", FOLDER, "--", GOOD, folder=tmp_path).returncode == 0


def test_copied_pack_needs_nothing_of_this_project(tmp_path: Path) -> None:
    """The folder works where the deployer cannot be imported."""
    shutil.copytree(FOLDER, tmp_path / "rules", ignore=shutil.ignore_patterns("__pycache__"))

    result = told(sys.executable, "-c", STRANGER, "--append-rules", "rules", "--", BAD, folder=tmp_path)

    assert (result.returncode, result.stderr) == (2, "")
    assert "E9711" in result.stdout


def test_option_of_a_rule_is_given_as_for_any_rule(tmp_path: Path) -> None:
    """Another budget is no reason for another rule."""
    slow = TEMPLATES / "recovery_budget" / "bad.yaml"

    result = told(CFN_LINT, "--append-rules", FOLDER, "-x", "E9714:recovery_seconds_max=400", "--", slow, folder=tmp_path)

    assert (result.returncode, result.stdout) == (0, "")
