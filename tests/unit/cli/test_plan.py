"""`deployer plan`: shown in three forms, kept in a file, told by exit code."""

from __future__ import annotations

import json

import pytest

from deployer.planning.plan import Blocker, RolloutPlan
from tests.support.command_line import CommandLine, FakeRooms, records
from tests.support.plans import a_plan, a_regional_rollout

TO_DO = a_plan(a_regional_rollout())
DONE = a_plan(a_regional_rollout(action="none"))
BLOCKED = a_plan(a_regional_rollout(), blockers=(Blocker(summary="no", hint="yes"),))


@pytest.mark.parametrize(
    ("plan", "words", "exit_code"),
    [
        pytest.param(TO_DO, (), 0, id="changes"),
        pytest.param(TO_DO, ("--exit-code",), 10, id="changes-counted"),
        pytest.param(DONE, ("--exit-code",), 0, id="no-changes-counted"),
        pytest.param(BLOCKED, ("--exit-code",), 2, id="blocked"),
    ],
)
def test_the_exit_code_tells_a_gate_what_the_plan_says(
    deployer: CommandLine, plan: RolloutPlan, words: tuple[str, ...], exit_code: int
) -> None:
    """10 is only for who asked for it; a plan that cannot be performed never passes."""
    assert deployer.run("plan", deployer.params, *words, rooms=FakeRooms(plan=plan)).exit_code == exit_code


def test_planning_performs_nothing(deployer: CommandLine) -> None:
    """It reads."""
    rooms = FakeRooms(plan=TO_DO)

    deployer.run("plan", deployer.params, rooms=rooms)

    assert rooms.asked == ["render", "lint", "aws", "survey", "preview"]


def test_json_goes_to_standard_output_alone(deployer: CommandLine) -> None:
    """`plan --format json > plan.json` is a whole plan file."""
    result = deployer.run("plan", deployer.params, "--format", "json", rooms=FakeRooms(plan=TO_DO))

    assert json.loads(result.stdout)["plan"]["plan_id"] == TO_DO.plan_id


def test_markdown_goes_to_standard_output_alone(deployer: CommandLine) -> None:
    """`plan --format markdown > comment.md` is a whole comment."""
    result = deployer.run("plan", deployer.params, "--format", "markdown", rooms=FakeRooms(plan=TO_DO))

    assert result.stdout.startswith("### Plan")


def test_the_plan_is_one_record(deployer: CommandLine) -> None:
    """Between the records of the stages."""
    result = deployer.run("plan", deployer.params, "--json", rooms=FakeRooms(plan=TO_DO))

    (plan,) = (record for record in records(result) if record["event"] == "plan_made")
    assert plan["plan_id"] == TO_DO.plan_id
