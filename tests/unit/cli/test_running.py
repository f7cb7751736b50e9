"""Every end has its words and its exit code, for people and for programs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deployer.vocabulary.errors import AwsRefused, DeployerError, Diverged, InputRefused, RolloutBusy, RolloutFailed, StoppedWatching
from tests.support.command_line import CommandLine, FakeRooms, records, refused
from tests.support.plans import a_plan, a_regional_rollout

TO_DO = a_plan(a_regional_rollout())


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [
        pytest.param(refused(), 1, id="any"),
        pytest.param(InputRefused("no"), 2, id="bad-input"),
        pytest.param(
            AwsRefused(service="s3", operation="GetObject", region="us-east-1", code="AccessDenied", message="no"), 3, id="aws-refused"
        ),
        pytest.param(RolloutFailed("no"), 4, id="rollout-failed"),
        pytest.param(RolloutBusy("no"), 7, id="someone-else"),
        pytest.param(Diverged("no"), 8, id="diverged"),
        pytest.param(StoppedWatching("no"), 130, id="stopped"),
    ],
)
def test_each_error_ends_with_its_own_exit_code(deployer: CommandLine, error: DeployerError, exit_code: int) -> None:
    """The exit code comes from the error's class, nowhere else."""
    result = deployer.run("roll-out", deployer.params, "--yes", rooms=FakeRooms(plan=TO_DO, fails_with=error))

    assert result.exit_code == exit_code


def test_an_error_is_told_in_three_parts_on_standard_error(deployer: CommandLine) -> None:
    """Summary, detail and way out, and no traceback."""
    result = deployer.run("roll-out", deployer.params, "--yes", rooms=FakeRooms(plan=TO_DO, fails_with=refused()))

    assert result.stderr.endswith("error: It did not work\n  because of that\nway out: Do this instead.\n")
    assert "Traceback" not in result.output


def test_an_error_is_one_record_for_a_program(deployer: CommandLine) -> None:
    """With --json nothing but records stands on standard output, the error last, and nothing on standard error."""
    result = deployer.run("roll-out", deployer.params, "--yes", "--json", rooms=FakeRooms(plan=TO_DO, fails_with=refused()))

    assert result.stderr == ""
    assert records(result)[-1] == {
        "event": "error",
        "exit_code": 1,
        "summary": "It did not work",
        "detail": "because of that",
        "hint": "Do this instead.",
        "mistakes": [],
    }


def test_every_mistake_is_told_at_once_and_nothing_begins(deployer: CommandLine) -> None:
    """Four mistakes in one file are four mistakes in one answer."""
    text = deployer.params.read_text()
    text = text.replace("regions:", "regoins:").replace("suffix: local", f"suffix: {'x' * 60}").replace("  email: ", "  mail: ")
    deployer.params.write_text(text.replace("cost_centre", "cost_center"))
    rooms = FakeRooms()

    result = deployer.run("roll-out", deployer.params, "--yes", "--json", rooms=rooms)

    (error,) = records(result)
    assert result.exit_code == 2
    assert len(error["mistakes"]) >= 4
    assert {mistake["nearest"] for mistake in error["mistakes"]} >= {"regions", "email", "cost_centre"}
    assert rooms.asked == []


def test_a_defect_is_a_sentence_and_a_file_with_the_traceback(deployer: CommandLine) -> None:
    """No traceback on the screen; the file that is named has it."""
    result = deployer.run(
        "roll-out", deployer.params, "--yes", rooms=FakeRooms(plan=TO_DO, fails_with=ZeroDivisionError("division by zero"))
    )

    assert result.exit_code == 1
    assert "Traceback" not in result.output
    kept = re.search(r"The traceback is in (\S+)", result.stderr)
    assert kept is not None
    path = Path(kept[1])
    assert "ZeroDivisionError: division by zero" in path.read_text()
    path.unlink()


def test_debug_shows_the_traceback(deployer: CommandLine) -> None:
    """`--debug` is for whoever mends the deployer."""
    result = deployer.run("roll-out", deployer.params, "--yes", "--debug", rooms=FakeRooms(plan=TO_DO, fails_with=RolloutFailed("no")))

    assert "Traceback" in result.stderr
    assert result.exit_code == 4


@pytest.mark.parametrize(
    ("words", "guess"),
    [
        pytest.param(("rol-out",), "roll-out", id="command"),
        pytest.param(("local", "stat"), "start", id="command-of-a-group"),
        pytest.param(("roll-out", "--yess", "x"), "--yes", id="option"),
    ],
)
def test_a_mistyped_word_is_answered_with_the_nearest(deployer: CommandLine, words: tuple[str, ...], guess: str) -> None:
    """Exit 2 and the word that was meant."""
    result = deployer.run(*words)

    assert result.exit_code == 2
    assert f"'{guess}'" in result.stderr


def test_wrong_usage_is_a_record_too(deployer: CommandLine) -> None:
    """A program that forgets an argument reads why on standard output."""
    result = deployer.run("plan", "--json")

    assert result.exit_code == 2
    assert records(result) == [
        {
            "event": "error",
            "exit_code": 2,
            "summary": "Missing argument 'PARAMS'.",
            "detail": "",
            "hint": "Run `deployer plan --help`.",
            "mistakes": [],
        }
    ]


@pytest.mark.parametrize("word", ["--help", "--version"])
def test_help_and_version_end_well(deployer: CommandLine, word: str) -> None:
    """Exit 0 without touching any room."""
    assert deployer.run(word).exit_code == 0
