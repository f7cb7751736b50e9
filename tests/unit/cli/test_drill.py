"""`drill`: the scenarios there are, a verdict with its exit code, a report in a folder, and nobody surprised at AWS."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deployer.drill.history import DrillRecord, Mark, PhaseName
from deployer.drill.record_file import read_record_file
from deployer.params.scenario import Scenario
from tests.support.command_line import CommandLine, FakeAsker, FakeRooms, an_embedded, records
from tests.support.drill_records import PRIMARY, a_record, without_item

PURPOSE = "Proves what a test wants to be proved."
SCENARIO = f"""
name: NAME
purpose: {PURPOSE}
faults: [{{kind: dead, region: primary}}]
limits: {{recovery_seconds_max: 60}}
"""


class DrillRooms(FakeRooms):
    """Rooms with a prepared record; `drilled` are the scenarios that were asked for."""

    def __init__(self, record: DrillRecord | None = None, **more: Any) -> None:
        """Run an embedded AWS, unless told otherwise."""
        super().__init__(**({"embedded": an_embedded()} | more))
        self.drill_record, self.drilled = record or a_record(), []  # type: ignore[var-annotated]

    def drill(self, aws: Any, environment: Any, scenario: Scenario, watcher: Any, clock: Any) -> DrillRecord:
        """Tell one deed, and return the record."""
        self.drilled.append(scenario.name)
        watcher.told("seeing that all is well")
        watcher.marked(Mark(at_seconds=20.0, phase=PhaseName.FAULT, text="dead in the primary"))
        return replace(self.drill_record, scenario=scenario.name)


def prepare(deployer: CommandLine, *names: str) -> Path:
    """Put scenarios into the project's drills/, and return its parameter file."""
    folder = deployer.folder / "drills"
    folder.mkdir()
    for name in names:
        (folder / f"{name}.yaml").write_text(SCENARIO.replace("NAME", name))
    return deployer.params


def test_drill_that_keeps_every_limit_ends_well(deployer: CommandLine) -> None:
    """A row for each rule, the verdict, and where the report is."""
    params = prepare(deployer, "one", "two")
    rooms = DrillRooms()
    ended = deployer.run("drill", params, "--scenario", "one", "--scenario", "two", rooms=rooms)

    assert (ended.exit_code, rooms.drilled) == (0, ["one", "two"])
    assert "one: kept every limit, recovered in 3" in ended.stdout
    assert "✗" not in ended.stdout
    assert "20.0 s  fault" in ended.stderr
    assert read_record_file(deployer.folder / "build" / "local" / "drills" / "two" / "record.json")[0].scenario == "two"
    assert (deployer.folder / "build" / "local" / "drills" / "one" / "report.html").exists()


def test_broken_limit_is_exit_9(deployer: CommandLine, tmp_path: Path) -> None:
    """With the rule, what was measured, and an example; later scenarios are drilled all the same."""
    params = prepare(deployer, "one", "two")
    rooms = DrillRooms(without_item(a_record(), 5, PRIMARY))
    ended = deployer.run("drill", params, "--scenario", "one", "--scenario", "two", "--out", tmp_path / "out", rooms=rooms)

    assert (ended.exit_code, rooms.drilled) == (9, ["one", "two"])
    assert "one: broke 4 limits" in ended.stdout
    assert "id-00005" in ended.stdout
    assert (tmp_path / "out" / "one" / "record.json").exists()


def test_every_scenario_is_drilled_but_those_that_need_people(deployer: CommandLine) -> None:
    """One after the other, and side by side in the end."""
    params = prepare(deployer, "one", "two")
    by_people = SCENARIO.replace("NAME", "three").replace("faults: [{kind: dead, region: primary}]", "actions: [{kind: by-hand}]")
    (deployer.folder / "drills" / "three.yaml").write_text(by_people)
    rooms = DrillRooms()
    told = records(deployer.run("drill", params, "--every-scenario", "--json", rooms=rooms))

    assert rooms.drilled == ["one", "two"]
    assert [(one["scenario"], one["passed"]) for one in told[-1]["drills"]] == [("one", True), ("two", True)]


def test_program_gets_findings_as_records(deployer: CommandLine) -> None:
    """One record a scenario, with every rule."""
    told = records(deployer.run("drill", prepare(deployer, "one"), "--scenario", "one", "--json", rooms=DrillRooms()))
    [drilled] = [one for one in told if one["event"] == "drilled"]

    assert drilled["passed"] is True
    assert {"recovery", "data-loss", "audit-once"} <= {one["rule"] for one in drilled["findings"]}
    assert any(one.get("deed") == "dead in the primary" for one in told)


def test_file_may_be_given_for_a_name(deployer: CommandLine, tmp_path: Path) -> None:
    """A scenario of one's own lies anywhere."""
    path = tmp_path / "mine.yaml"
    path.write_text(SCENARIO.replace("NAME", "mine"))
    rooms = DrillRooms()

    assert deployer.run("drill", deployer.params, "--scenario", path, rooms=rooms).exit_code == 0
    assert rooms.drilled == ["mine"]


def test_unknown_scenario_begins_nothing(deployer: CommandLine) -> None:
    """Not even the one before it."""
    rooms = DrillRooms()
    params = prepare(deployer, "first", "second-one")
    ended = deployer.run("drill", params, "--scenario", "first", "--scenario", "secnd-one", rooms=rooms)

    assert (ended.exit_code, rooms.drilled) == (2, [])
    assert "did you mean second-one?" in ended.stderr


def test_scenarios_are_listed(deployer: CommandLine) -> None:
    """By name, with what each proves and how long it takes; nothing needs to run."""
    ended = deployer.run("drill", prepare(deployer, "one"), "--list", rooms=DrillRooms(embedded=None))

    assert ended.exit_code == 0
    assert "one" in ended.stdout
    assert PURPOSE in ended.stdout


def test_nothing_is_drilled_where_nothing_runs(deployer: CommandLine) -> None:
    """With the way to start it."""
    rooms = DrillRooms(embedded=None)
    ended = deployer.run("drill", prepare(deployer, "one"), "--scenario", "one", rooms=rooms)

    assert (ended.exit_code, rooms.drilled) == (2, [])
    assert "deployer roll-out" in ended.stderr


@pytest.mark.parametrize(
    ("words", "asker", "code", "drilled"),
    [
        pytest.param((), FakeAsker(), 2, [], id="nobody to ask"),
        pytest.param((), FakeAsker(answers=[False], is_there=True), 2, [], id="no"),
        pytest.param((), FakeAsker(answers=[True], is_there=True), 0, ["operator-evacuation"], id="yes"),
        pytest.param(("--yes",), FakeAsker(), 0, ["operator-evacuation"], id="in CI"),
    ],
)
def test_drill_at_aws_is_agreed_to(deployer: CommandLine, words: tuple[str, ...], asker: FakeAsker, code: int, drilled: list[str]) -> None:
    """It moves what people pay by; without a scenario it is the one that needs no fault."""
    params = prepare(deployer, "operator-evacuation")
    params.write_text(params.read_text().replace("target: local", "target: aws").replace("burn_in_seconds: 3", "burn_in_seconds: 300"))
    rooms = DrillRooms(embedded=None)

    assert deployer.run("drill", params, *words, rooms=rooms, asker=asker).exit_code == code
    assert rooms.drilled == drilled


def test_seeds_become_drills_of_as_many_schedules_as_fit(deployer: CommandLine) -> None:
    """A hundred schedules in four drills; the same seeds are the same drills."""
    rooms = DrillRooms()
    ended = deployer.run("drill", prepare(deployer), "--by-chance", "1-60", rooms=rooms)

    assert ended.exit_code == 0
    assert rooms.drilled == ["by-chance-1-to-25", "by-chance-26-to-50", "by-chance-51-to-60"]


@pytest.mark.parametrize("word", ["some", "9-1", "1-", "0-99999"])
def test_seeds_that_are_none_are_wrong_usage(deployer: CommandLine, word: str) -> None:
    """Nothing begins."""
    rooms = DrillRooms()

    assert deployer.run("drill", prepare(deployer), "--by-chance", word, rooms=rooms).exit_code == 2
    assert rooms.drilled == []
