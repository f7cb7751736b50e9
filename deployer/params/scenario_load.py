"""A scenario by its name or its file, checked; or every mistake in it at once.

A word without a slash and without `.yaml` is a name: that file of the project's `drills/`. Anything else is a path.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from deployer.params.nearest import nearest_name
from deployer.params.reading import read_model
from deployer.params.scenario import Scenario
from deployer.params.scenario_rules import SCENARIO_RULES
from deployer.params.schema import DIALECT
from deployer.vocabulary.errors import InputRefused, Mistake

DRILLS: Final = "drills"


def load_scenario(word: str, folder: Path) -> Scenario:
    """Return the scenario that a person names by `word`; `folder` holds the ones that have a name.

    Raises InputRefused: no such name or file, or all mistakes in it.
    """
    path = Path(word)
    if path.suffix not in (".yaml", ".yml") and "/" not in word:
        path = folder / f"{word}.yaml"
        if not path.is_file():
            known = scenario_names(folder)
            mistake = Mistake(place="--scenario", sentence=f"there is no scenario {word}", nearest=nearest_name(word, known))
            hint = f"Scenarios in {folder}: {', '.join(known)}." if known else f"There is no scenario in {folder}; give a file."
            raise InputRefused(f"{word} is no scenario", (mistake,), hint)
    scenario = read_model(path, Scenario, SCENARIO_RULES)
    if scenario.name != path.stem:
        mistake = Mistake(place=str(path), sentence=f"name is {scenario.name}, but has to be {path.stem}, as the file is called")
        raise InputRefused(f"{path} has one mistake", (mistake,), "Correct the name, or rename the file.")
    return scenario


def scenario_names(folder: Path) -> tuple[str, ...]:
    """Return the names of the scenarios in a folder, sorted."""
    return tuple(sorted(path.stem for path in folder.glob("*.yaml")))


def scenario_schema_text() -> str:
    """Return the JSON schema of a scenario file: keys sorted, two spaces, a newline at the end; same model, same bytes."""
    schema = {"$schema": DIALECT, **Scenario.model_json_schema(), "title": "Scenario of a drill"}
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
