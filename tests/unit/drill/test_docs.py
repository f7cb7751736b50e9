"""The guide names every scenario and every rule, and the experiment in it is one."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

from deployer.drill.verdict import judge
from deployer.params.scenario_load import scenario_names
from tests.support.drill_records import a_move, a_record, limits

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "drills.md").read_text("utf-8")


def test_guide_names_every_scenario() -> None:
    """In its table."""
    assert [name for name in scenario_names(ROOT / "drills") if f"`{name}`" not in GUIDE] == []


def test_guide_names_every_rule_and_no_other() -> None:
    """What a verdict says can be looked up."""
    quiet = judge(a_record(quiet=True), limits(traffic_must_not_move=True)).findings
    moved = judge(replace(a_record(), moves=(a_move("fail-over", 20.0),)), limits(traffic_ends_in="secondary")).findings
    told = re.findall(r"^\| `([a-z-]+)` \|", GUIDE.partition("## How it is judged")[2].partition("\n## ")[0], re.MULTILINE)

    assert set(told) == {one.rule for one in (*quiet, *moved)}


def test_experiment_in_the_guide_is_whole() -> None:
    """FIS takes it as it stands: each action's target is there."""
    experiment = json.loads(re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)[0])
    [action] = experiment["actions"].values()

    assert {"clientToken", "description", "stopConditions", "actions", "roleArn"} <= experiment.keys()
    assert set(action["targets"].values()) <= experiment["targets"].keys()
