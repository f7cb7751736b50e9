"""The commands that change nothing: check, render, status, outputs."""

from __future__ import annotations

import pytest

from deployer.planning.lint import Finding
from deployer.planning.survey import Survey
from tests.support.command_line import CommandLine, FakeRooms, records
from tests.support.plans import a_survey, an_empty_survey, an_instance

ERROR = Finding(rule_id="E3003", severity="error", place="regional.yaml:7", path="", sentence="Code is required")
REMARK = Finding(rule_id="W1001", severity="warning", place="global.yaml:3", path="", sentence="Ref to a conditional resource")


def test_check_shows_the_failover_sum_and_asks_nothing_of_aws(deployer: CommandLine) -> None:
    """2 × (10 + 6) + 10 + 10 = 52, under the bound of 60."""
    rooms = FakeRooms()

    result = deployer.run("check", deployer.params, "--json", rooms=rooms)

    checked = records(result)[-1]
    assert (checked["event"], checked["recovery_seconds"], checked["recovery_seconds_max"]) == ("checked", 52, 60)
    assert rooms.asked == ["render", "lint"]


def test_check_refuses_templates_that_cfn_lint_refuses(deployer: CommandLine) -> None:
    """Every error with its place in the rendered file."""
    result = deployer.run("check", deployer.params, "--json", rooms=FakeRooms(findings=(ERROR, REMARK)))

    error = records(result)[-1]
    assert result.exit_code == 2
    (mistake,) = error["mistakes"]
    assert mistake["place"].endswith("build/local/regional.yaml:7")
    assert mistake["sentence"] == "E3003 Code is required"


def test_unchanged_templates_are_linted_once(deployer: CommandLine) -> None:
    """The second verdict is the remembered first, remarks included."""
    first, second = FakeRooms(findings=(REMARK,)), FakeRooms()
    deployer.run("check", deployer.params, rooms=first)

    result = deployer.run("check", deployer.params, "--json", rooms=second)

    assert "lint" not in second.asked
    assert records(result)[-1]["findings"] == ["global.yaml:3: W1001 Ref to a conditional resource"]


def test_changed_templates_are_linted_again(deployer: CommandLine) -> None:
    """A verdict is about bodies."""
    second = FakeRooms(bodies="Resources: {Other: {}}\n")
    deployer.run("check", deployer.params, rooms=FakeRooms())

    deployer.run("check", deployer.params, rooms=second)

    assert "lint" in second.asked


def test_a_refusal_is_not_remembered(deployer: CommandLine) -> None:
    """Neither as passed nor as refused."""
    second = FakeRooms()
    deployer.run("check", deployer.params, rooms=FakeRooms(findings=(ERROR,)))

    assert deployer.run("check", deployer.params, rooms=second).exit_code == 0
    assert "lint" in second.asked


def test_render_writes_the_templates_and_names_them(deployer: CommandLine) -> None:
    """Three files with their digests, in build/SUFFIX."""
    result = deployer.run("render", deployer.params, "--json")

    files = records(result)[-1]["files"]
    assert [file["path"].rsplit("/", 3)[1:] for file in files] == [
        ["build", "local", f"{kind}.yaml"] for kind in ("bootstrap", "regional", "global")
    ]
    assert (deployer.folder / "build" / "local" / "regional.yaml").read_text() == "Resources: {}\n"


@pytest.mark.parametrize(
    ("survey", "exit_code"),
    [
        pytest.param(a_survey(), 0, id="sound"),
        pytest.param(an_empty_survey(), 0, id="nothing-deployed"),
        pytest.param(a_survey(an_instance("us-east-2"), an_instance("us-east-1", "OUTDATED")), 8, id="outdated"),
        pytest.param(a_survey(an_instance("us-east-2")), 8, id="one-region-missing"),
        pytest.param(a_survey(global_=None), 8, id="global-stack-missing"),
    ],
)
def test_status_ends_with_8_when_a_part_is_not_sound(deployer: CommandLine, survey: Survey, exit_code: int) -> None:
    """A gate can trust the exit code alone."""
    assert deployer.run("status", deployer.params, rooms=FakeRooms(survey=survey)).exit_code == exit_code


def test_outputs_of_nothing_are_an_error_with_the_way_out(deployer: CommandLine) -> None:
    """An empty answer would look like success to a script."""
    result = deployer.run("outputs", deployer.params, rooms=FakeRooms(survey=an_empty_survey()))

    assert result.exit_code == 2
    assert "deployer roll-out" in result.stderr
    assert result.stdout == ""


def test_reading_commands_start_the_embedded_aws_when_none_runs(deployer: CommandLine) -> None:
    """And say so, for it takes seconds."""
    result = deployer.run("status", deployer.params)

    assert "starting the embedded AWS" in result.stderr
