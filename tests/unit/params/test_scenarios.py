"""Scenarios are read like parameter files: every mistake at once, with its place and the name meant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deployer.params.scenario_load import load_scenario, scenario_names, scenario_schema_text
from deployer.params.scenario_rules import NEEDS
from deployer.vocabulary.errors import InputRefused
from tests.support.scenarios import scenario_mistakes, scenario_values, write_scenario

DRILLS = Path(__file__).parents[3] / "drills"
ROOT = DRILLS.parent

# What the project promises to drill, and those in which traffic must not move.
PROMISED = {
    *("primary-dead", "primary-black-hole", "primary-slow", "table-unreachable-in-primary", "partition", "secondary-dead", "flapping"),
    *("operator-evacuation", "bad-roll-out-in-one-region", "fail-back", "split-brain", "region-never-returns", "by-hand"),
}
NEGATIVE = {"one-checker-wrong", "canary-broken", "deployment-blip", "zone-lost", "watcher-cut-off", "secondary-dead"}


def test_every_promised_scenario_is_there_and_sound() -> None:
    """A name in the list is a file that loads."""
    scenarios = {name: load_scenario(name, DRILLS) for name in scenario_names(DRILLS)}

    assert scenarios.keys() == PROMISED | NEGATIVE
    assert {name for name, one in scenarios.items() if one.limits.traffic_must_not_move} == NEGATIVE


def test_no_scenario_allows_a_loss_or_a_duplicate() -> None:
    """The limits that matter are the same everywhere."""
    limits = [load_scenario(name, DRILLS).limits for name in scenario_names(DRILLS)]

    assert {(one.lost_payments_max, one.duplicates_max, one.data_loss_seconds_max) for one in limits} == {(0, 0, 0)}


def test_schema_of_scenarios_is_fresh_and_named() -> None:
    """Editors check what the deployer checks."""
    assert (DRILLS / "schema.json").read_text("utf-8") == scenario_schema_text()
    assert all(path.read_text().startswith("# yaml-language-server: $schema=schema.json\n") for path in DRILLS.glob("*.yaml"))


def test_schema_refuses_unknown_names_in_every_group() -> None:
    """Editors underline the slip before the deployer tells it."""
    schema = json.loads(scenario_schema_text())

    assert all(group["additionalProperties"] is False for group in [schema, *schema["$defs"].values()])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param({"faults__0__kind": "asleep"}, "faults.0.kind is asleep", id="no such fault"),
        pytest.param({"faults__0__region": "us-east-1"}, "faults.0.region is us-east-1", id="a Region's name, not its role"),
        pytest.param({"limits": {}}, "limits.recovery_seconds_max is missing", id="no bound"),
        pytest.param({"faults__0__kind": "slow"}, "slow needs latency_seconds", id="detail missing"),
        pytest.param({"faults__0__rate": 0.5}, "dead does not use rate", id="detail without effect"),
        pytest.param({"faults__0__region": "witness"}, "the witness holds a share", id="fault in the witness"),
        pytest.param({"faults": [{"kind": "partition", "region": "primary", "peer": "primary"}]}, "always reaches itself", id="one alone"),
        pytest.param({"faults": [{"kind": "canary-broken", "region": "primary", "service": "bird"}]}, "is no canary", id="no canary"),
        pytest.param({"faults__0__at_seconds": 120}, "the fault phase ends after 120 s", id="too late"),
        pytest.param({"faults__0__until_seconds": 121}, "not after the fault phase's 120 s", id="healed too late"),
        pytest.param({"actions": [{"kind": "fail-back", "phase": "fail-back"}]}, "the fail-back phase ends after 0 s", id="no such phase"),
        pytest.param({"actions": [{"kind": "broken-roll-out"}]}, "broken-roll-out needs a region", id="where?"),
        pytest.param({"actions": [{"kind": "fail-over", "region": "primary"}]}, "acts on the whole system", id="nowhere"),
        pytest.param({"faults": []}, "nothing happens in this scenario", id="nothing happens"),
        pytest.param({"region_returns": False}, "since region_returns is false", id="healed though gone"),
        pytest.param({"limits__traffic_must_not_move": True, "limits__traffic_ends_in": "secondary"}, "ends in the primary", id="moved"),
        pytest.param({"limits__traffic_must_not_move": True, "survivor": "secondary"}, "hold out alone", id="alone"),
        pytest.param({"traffic__payments_per_second": 200.0, "phases__fault_seconds": 3600}, "are more than the 100,000", id="too many"),
    ],
)
def test_mistake_in_a_scenario_is_told(tmp_path: Path, changes: dict[str, Any], sentence: str) -> None:
    """What could not be drilled is refused before anything is broken."""
    assert any(sentence in told for told in scenario_mistakes(tmp_path, scenario_values(**changes)))


def test_every_kind_of_fault_says_what_it_needs(tmp_path: Path) -> None:
    """No kind gets past the rule."""
    for kind, needed in NEEDS.items():
        told = scenario_mistakes(tmp_path, scenario_values(faults=[{"kind": kind}]))

        assert told == [f"faults.0: {kind} needs {name}" for name in sorted(needed)]


def test_all_mistakes_are_told_at_once_with_line_and_name_meant(tmp_path: Path) -> None:
    """One reading, one list."""
    path = write_scenario(tmp_path, scenario_values(purpse="A slip.", faults__0__kind="slow", traffic__clients=0))

    with pytest.raises(InputRefused) as refused:
        load_scenario(str(path), tmp_path)

    told = refused.value.mistakes
    assert [one.nearest for one in told if "purpse" in one.sentence] == ["purpose"]
    assert {"traffic.clients is 0", "faults.0: slow needs"} <= {one.sentence[:20] for one in told}
    assert all(one.place.rpartition(":")[2].isdigit() for one in told)


def test_unknown_name_gets_the_nearest_one() -> None:
    """A slip in a name costs one glance."""
    with pytest.raises(InputRefused) as refused:
        load_scenario("primary-ded", DRILLS)

    assert refused.value.mistakes[0].nearest == "primary-dead"
    assert "zone-lost" in refused.value.hint


def test_file_is_called_as_the_scenario(tmp_path: Path) -> None:
    """What a report names can be found."""
    [told] = scenario_mistakes(tmp_path, scenario_values(name="other"))

    assert told == "name is other, but has to be test, as the file is called"
