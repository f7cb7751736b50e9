"""Builders of scenarios: a sound one as plain values, changes to it by dotted path, and the file written to a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from deployer.params.scenario import Scenario
from deployer.params.scenario_load import load_scenario
from deployer.vocabulary.errors import InputRefused
from tests.support.parameter_files import changed

_SOUND: dict[str, Any] = {
    "name": "test",
    "purpose": "Proves what a test wants to be proved.",
    "faults": [{"kind": "dead", "region": "primary"}],
    "limits": {"recovery_seconds_max": 60},
}


def scenario_values(**changes: Any) -> dict[str, Any]:
    """Return a sound scenario's values; a change is `phases__fault_seconds=9`, ABSENT takes the field out."""
    return changed(_SOUND, changes)


def a_scenario(**changes: Any) -> Scenario:
    """Return a scenario, sound but for what the changes say."""
    values = scenario_values(**changes)
    return Scenario.model_validate(values | {name: tuple(values.get(name, ())) for name in ("faults", "actions")})


def write_scenario(folder: Path, content: dict[str, Any]) -> Path:
    """Write a scenario's file and return where it is."""
    path = folder / "test.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False))
    return path


def scenario_mistakes(folder: Path, content: dict[str, Any]) -> list[str]:
    """Return the sentences of the mistakes that loading this content reports."""
    try:
        load_scenario(str(write_scenario(folder, content)), folder)
    except InputRefused as refused:
        return [mistake.sentence for mistake in refused.mistakes]
    raise AssertionError("the scenario was accepted")
