"""The preview on the command line: shown before it is asked, kept in the plan file, and in the way of what must not go unasked."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from deployer.planning.plan import RolloutPlan
from deployer.planning.plan_file import identified, plan_text
from deployer.rendering.rendered import digest_of
from tests.support.change_sets import changed, changed_at
from tests.support.command_line import CommandLine, FakeAsker, FakeRooms, records
from tests.support.plans import a_plan, a_regional_rollout, a_stack, a_survey
from tests.support.previews import a_preview

TO_DO = a_plan(a_regional_rollout())
OUTPUTS = (
    ("failoverDomain", "api.pay.example.test"),
    ("hostedZoneNameServers", "ns-1.example.com,ns-2.example.com"),
    ("primaryApiUrl", "https://us-east-1.api.pay.example.test"),
    ("secondaryApiUrl", "https://us-east-2.api.pay.example.test"),
)
STANDING = a_survey(global_=a_stack(outputs=OUTPUTS))
CODE = a_preview(changed("PaymentFunction", changed_at("Code/S3Key", "a.zip", "b.zip")), words=("Code of PaymentFunction.",))
TABLE = a_preview(changed("Ledger", resource_type="AWS::DynamoDB::Table", replacement="True", policy_action="ReplaceAndDelete"))


@pytest.mark.parametrize("words", [("plan",), ("roll-out", "--yes")], ids=["plan", "roll-out"])
def test_preview_is_shown_with_the_plan(deployer: CommandLine, words: tuple[str, ...]) -> None:
    """By both commands, and the same."""
    command, *options = words
    result = deployer.run(command, deployer.params, *options, rooms=FakeRooms(plan=TO_DO, preview=CODE))

    assert "~ modify" in result.stdout
    assert "• Code of PaymentFunction." in result.stdout


def test_preview_is_shown_before_anybody_is_asked(deployer: CommandLine) -> None:
    """Who says no has seen what it is to."""
    rooms, asker = FakeRooms(plan=TO_DO, preview=CODE), FakeAsker(answers=[False], is_there=True)
    result = deployer.run("roll-out", deployer.params, rooms=rooms, asker=asker)

    assert "~ modify" in result.stdout
    assert "perform" not in rooms.asked


def test_preview_is_one_record(deployer: CommandLine) -> None:
    """Beside the plan's."""
    result = deployer.run("plan", deployer.params, "--json", rooms=FakeRooms(plan=TO_DO, preview=CODE))

    assert [record["event"] for record in records(result) if not record["event"].startswith("stage")] == ["plan_made", "preview_taken"]


def test_plan_file_holds_plan_preview_and_origin(deployer: CommandLine, tmp_path: Path) -> None:
    """What was reviewed, and what it came from."""
    out = tmp_path / "plan.json"
    deployer.run("plan", deployer.params, "--out", out, rooms=FakeRooms(plan=TO_DO, preview=CODE))
    kept = json.loads(out.read_text())

    assert kept["plan"]["plan_id"] == TO_DO.plan_id
    assert kept["preview"]["words"] == ["Code of PaymentFunction."]
    assert {name for name, _ in kept["origin"]["templates"]} == {"bootstrap", "regional", "global"}


@pytest.mark.parametrize("command", ["plan", "roll-out"])
def test_table_is_not_replaced_unasked(deployer: CommandLine, command: str) -> None:
    """Exit 2, with the option that would let it."""
    rooms = FakeRooms(plan=TO_DO, preview=TABLE)
    result = deployer.run(command, deployer.params, rooms=rooms)

    assert result.exit_code == 2
    assert "--replace Ledger" in result.stderr
    assert "perform" not in rooms.asked


def test_table_that_was_named_may_be_replaced(deployer: CommandLine) -> None:
    """By its logical id."""
    rooms = FakeRooms(plan=TO_DO, preview=TABLE, survey=STANDING)

    assert deployer.run("roll-out", deployer.params, "--yes", "--replace", "Ledger", rooms=rooms).exit_code == 0
    assert "perform" in rooms.asked


def test_name_of_nothing_that_would_go_is_a_mistake(deployer: CommandLine) -> None:
    """With the nearest."""
    result = deployer.run("plan", deployer.params, "--replace", "Leger", rooms=FakeRooms(plan=TO_DO, preview=TABLE))

    assert result.exit_code == 2
    assert "did you mean Ledger?" in result.stderr


def made(deployer: CommandLine, folder: Path) -> Path:
    """Return a plan file that was made and reviewed."""
    out = folder / "plan.json"
    deployer.run("plan", deployer.params, "--out", out, rooms=FakeRooms(plan=real_plan(), preview=CODE, survey=STANDING))
    return out


def real_plan() -> RolloutPlan:
    """Return a plan whose id and digests are those of its content, as a file's reader checks."""

    return identified(replace(TO_DO, templates=((digest_of(b"Resources: {}\n"), "Resources: {}\n"),)))


def test_reviewed_plan_is_performed_without_asking_again_what_it_does(deployer: CommandLine, tmp_path: Path) -> None:
    """Nothing has moved, so the preview that was reviewed is the preview."""
    rooms = FakeRooms(plan=real_plan(), preview=CODE, survey=STANDING)
    result = deployer.run("roll-out", deployer.params, "--plan", made(deployer, tmp_path), "--yes", rooms=rooms)

    assert result.exit_code == 0, result.stderr
    assert "• Code of PaymentFunction." in result.stdout
    assert "preview" not in rooms.asked


def test_what_moved_is_said_all_at_once(deployer: CommandLine, tmp_path: Path) -> None:
    """A template and a stack, for two."""
    assert STANDING.global_
    moved = replace(STANDING, global_=replace(STANDING.global_, moved_at="2026-03-05T00:00:00+00:00"))
    rooms = FakeRooms(plan=real_plan(), survey=moved, bodies="Resources: {A: {Type: AWS::SQS::Queue}}\n")
    result = deployer.run("roll-out", deployer.params, "--plan", made(deployer, tmp_path), "--yes", rooms=rooms)

    assert result.exit_code == 2
    assert "The regional template differs." in result.stderr
    assert "was changed at 2026-03-05T00:00:00+00:00" in result.stderr
    assert "perform" not in rooms.asked


def test_plan_of_the_old_form_is_refused_with_a_way_out(deployer: CommandLine, tmp_path: Path) -> None:
    """The plan's own fields at the top, and version 1."""
    out = tmp_path / "plan.json"
    record = json.loads(plan_text(TO_DO))
    out.write_text(json.dumps({"format": "rollout-plan", "version": 1, **record["plan"]}))
    result = deployer.run("roll-out", deployer.params, "--plan", out, "--yes")

    assert result.exit_code == 2
    assert "it has version 1; this deployer reads version 2" in result.stderr
    assert "deployer plan PARAMS --out FILE" in result.stderr


def test_reviewed_plan_takes_no_further_permission(deployer: CommandLine, tmp_path: Path) -> None:
    """What may go stands in the plan."""
    result = deployer.run("roll-out", deployer.params, "--plan", made(deployer, tmp_path), "--replace", "Ledger", "--yes")

    assert result.exit_code == 2
    assert "--replace belongs to `deployer plan`" in result.stderr
