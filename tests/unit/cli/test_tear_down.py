"""`deployer tear-down`: nothing goes that was not named."""

from __future__ import annotations

import pytest

from deployer.rollout.result import RetainedResource
from tests.support.command_line import CommandLine, FakeAsker, FakeRooms
from tests.support.plans import a_plan, a_removal, an_emptying

FULL = a_plan(an_emptying("audit-1"), an_emptying("audit-2"), an_emptying("empty", objects_count=0), a_removal(), intent="tear-down")


def test_a_person_types_the_suffix_and_every_full_bucket(deployer: CommandLine) -> None:
    """An empty bucket needs no consent."""
    asker = FakeAsker(["local", "audit-1", "audit-2"], is_there=True)
    rooms = FakeRooms(plan=FULL)

    result = deployer.run("tear-down", deployer.params, rooms=rooms, asker=asker)

    assert result.exit_code == 0
    assert "perform" in rooms.asked
    assert [question.split()[0] for question in asker.questions] == ["Type", "audit-1", "audit-2"]


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param(["yes"], id="not-the-suffix"),
        pytest.param(["local", "audit-1", "yes"], id="one-bucket-not-named"),
    ],
)
def test_anything_but_the_names_changes_nothing(deployer: CommandLine, answers: list[str | bool]) -> None:
    """Exit 2 before the first call that changes anything."""
    rooms = FakeRooms(plan=FULL)

    result = deployer.run("tear-down", deployer.params, rooms=rooms, asker=FakeAsker(answers, is_there=True))

    assert result.exit_code == 2
    assert "perform" not in rooms.asked


def test_without_a_terminal_the_names_stand_on_the_command_line(deployer: CommandLine) -> None:
    """The same words, typed by the script's author."""
    rooms = FakeRooms(plan=FULL)
    words = ("--confirm", "local", "--empty-bucket", "audit-1", "--empty-bucket", "audit-2")

    result = deployer.run("tear-down", deployer.params, *words, rooms=rooms)

    assert result.exit_code == 0
    assert "perform" in rooms.asked


@pytest.mark.parametrize(
    "words",
    [
        pytest.param((), id="nothing"),
        pytest.param(("--confirm", "local"), id="no-bucket"),
        pytest.param(("--confirm", "local", "--empty-bucket", "audit-1"), id="one-bucket-of-two"),
        pytest.param(("--empty-bucket", "audit-1", "--empty-bucket", "audit-2"), id="no-suffix"),
        pytest.param(("--confirm", "production", "--empty-bucket", "audit-1", "--empty-bucket", "audit-2"), id="another-suffix"),
        pytest.param(("--confirm", "local", "--empty-bucket", "audit-1", "--empty-bucket", "audti-2"), id="unknown-bucket"),
    ],
)
def test_without_a_terminal_a_missing_name_changes_nothing(deployer: CommandLine, words: tuple[str, ...]) -> None:
    """Nobody is asked, nothing is guessed."""
    rooms, asker = FakeRooms(plan=FULL), FakeAsker()

    result = deployer.run("tear-down", deployer.params, *words, rooms=rooms, asker=asker)

    assert result.exit_code == 2
    assert "perform" not in rooms.asked
    assert asker.questions == []


def test_a_refusal_says_what_to_add(deployer: CommandLine) -> None:
    """The whole command line to copy, once read."""
    result = deployer.run("tear-down", deployer.params, rooms=FakeRooms(plan=FULL))

    assert "add: --confirm local --empty-bucket audit-1 --empty-bucket audit-2" in result.stderr


def test_there_is_no_yes_to_a_tear_down(deployer: CommandLine) -> None:
    """A script that rolls out with --yes cannot be turned into one that deletes by changing one word."""
    result = deployer.run("tear-down", deployer.params, "--yes", rooms=FakeRooms(plan=FULL))

    assert result.exit_code == 2


def test_nothing_standing_needs_no_consent(deployer: CommandLine) -> None:
    """A second tear-down says so and ends 0."""
    rooms = FakeRooms(plan=a_plan(a_removal(action="none"), intent="tear-down"))

    result = deployer.run("tear-down", deployer.params, rooms=rooms)

    assert result.exit_code == 0
    assert "Nothing to do." in result.stdout
    assert "perform" not in rooms.asked


def test_what_outlived_its_stack_is_named(deployer: CommandLine) -> None:
    """A kept ledger is told, not hidden."""
    kept = RetainedResource(
        stack_name="s", region="us-east-2", logical_id="Ledger", resource_type="AWS::DynamoDB::GlobalTable", physical_id="payments"
    )
    rooms = FakeRooms(plan=a_plan(a_removal(), intent="tear-down"), retained=(kept,))

    result = deployer.run("tear-down", deployer.params, "--confirm", "local", rooms=rooms)

    assert "payments (AWS::DynamoDB::GlobalTable) in us-east-2" in result.stdout


def test_nothing_is_torn_down_under_a_roll_out(deployer: CommandLine) -> None:
    """Whoever rolls out is looked for before anything else: exit 7 from there."""
    rooms = FakeRooms()

    deployer.run("tear-down", deployer.params, rooms=rooms)

    assert rooms.asked.index("look for the turn") < rooms.asked.index("survey")
