"""`deployer roll-out`: shown, agreed, performed, and the outputs last."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from deployer.planning.plan import Blocker, RolloutPlan, Step
from deployer.planning.plan_file import identified
from deployer.rendering.rendered import digest_of
from deployer.vocabulary.errors import RolloutUndone, UndoFailed
from tests.support.command_line import CommandLine, FakeAsker, FakeRooms, records, refused
from tests.support.plans import a_plan, a_regional_rollout, a_stack, a_survey, an_upload

TO_DO = a_plan(a_regional_rollout())
OUTPUTS = (
    ("failoverDomain", "api.pay.example.test"),
    ("hostedZoneNameServers", "ns-1.example.com,ns-2.example.com"),
    ("primaryApiUrl", "https://us-east-1.api.pay.example.test"),
    ("secondaryApiUrl", "https://us-east-2.api.pay.example.test"),
)
STANDING = a_survey(global_=a_stack(outputs=OUTPUTS))


def test_the_outputs_are_the_last_lines(deployer: CommandLine) -> None:
    """The last four lines of standard output are the promised outputs, in their order."""
    result = deployer.run("roll-out", deployer.params, "--yes", rooms=FakeRooms(plan=TO_DO, survey=STANDING))

    assert result.exit_code == 0
    assert result.stdout.splitlines()[-4:] == [
        "primaryApiUrl          https://us-east-1.api.pay.example.test",
        "secondaryApiUrl        https://us-east-2.api.pay.example.test",
        "failoverDomain         api.pay.example.test",
        "hostedZoneNameServers  ns-1.example.com,ns-2.example.com",
    ]


def test_a_local_system_says_how_to_talk_to_it(deployer: CommandLine) -> None:
    """One line that can be pasted into a shell."""
    result = deployer.run("roll-out", deployer.params, "--yes", rooms=FakeRooms(plan=TO_DO, survey=STANDING))

    assert 'Talk to it: eval "$(deployer local env)"; curl https://api.pay.example.test/health' in result.stderr


def test_without_a_terminal_nobody_is_asked_and_nothing_performed(deployer: CommandLine) -> None:
    """Exit 2 with the way out, the plan shown all the same."""
    rooms, asker = FakeRooms(plan=TO_DO), FakeAsker()

    result = deployer.run("roll-out", deployer.params, rooms=rooms, asker=asker)

    assert result.exit_code == 2
    assert "run the same command with --yes" in result.stderr
    assert "payment-regional-local" in result.stdout
    assert "perform" not in rooms.asked
    assert asker.questions == []


def test_a_person_who_says_no_changes_nothing(deployer: CommandLine) -> None:
    """The answer is taken at its word."""
    rooms = FakeRooms(plan=TO_DO)

    result = deployer.run("roll-out", deployer.params, rooms=rooms, asker=FakeAsker([False], is_there=True))

    assert result.exit_code == 2
    assert "perform" not in rooms.asked


def test_a_person_who_says_yes_gets_the_roll_out(deployer: CommandLine) -> None:
    """The question names the system and the account."""
    rooms, asker = FakeRooms(plan=TO_DO, survey=STANDING), FakeAsker([True], is_there=True)

    result = deployer.run("roll-out", deployer.params, rooms=rooms, asker=asker)

    assert result.exit_code == 0
    assert "perform" in rooms.asked
    assert asker.questions == ["Perform this plan on local in account 111122223333?"]


def test_nothing_to_do_needs_no_yes_and_performs_nothing(deployer: CommandLine) -> None:
    """A second roll-out says so, shows the outputs, and ends 0."""
    rooms = FakeRooms(plan=a_plan(a_regional_rollout(action="none")), survey=STANDING)

    result = deployer.run("roll-out", deployer.params, rooms=rooms)

    assert result.exit_code == 0
    assert "Nothing to do." in result.stdout
    assert "perform" not in rooms.asked


def test_another_roll_out_is_looked_for_before_anything_is_planned(deployer: CommandLine) -> None:
    """What it is about to change would be planned in vain."""
    rooms = FakeRooms(plan=TO_DO, survey=STANDING)

    deployer.run("roll-out", deployer.params, "--yes", rooms=rooms)

    assert rooms.asked.index("look for the turn") < rooms.asked.index("survey")


def test_another_roll_out_is_waited_for_when_asked_to(deployer: CommandLine) -> None:
    """`--wait` instead of exit 7."""
    rooms = FakeRooms(plan=TO_DO, survey=STANDING)

    deployer.run("roll-out", deployer.params, "--yes", "--wait", rooms=rooms)

    assert "wait for the turn" in rooms.asked


def test_a_plan_can_be_made_and_performed_without_undo(deployer: CommandLine) -> None:
    """Both commands take the word, so that a reviewed plan is the plan that is performed."""
    for words in (("plan", deployer.params), ("roll-out", deployer.params, "--yes")):
        rooms = FakeRooms(plan=TO_DO, survey=STANDING)

        deployer.run(*words, "--without-undo", rooms=rooms)

        assert "plan without undo" in rooms.asked


@pytest.mark.parametrize(
    ("error", "exit_code"), [(RolloutUndone("undone", "us-east-2: the cause"), 5), (UndoFailed("not undone", "us-east-2: the cause"), 6)]
)
def test_an_undone_roll_out_has_an_exit_code_of_its_own(deployer: CommandLine, error: Exception, exit_code: int) -> None:
    """A pipeline tells what stands from the code alone, a person from the cause first."""
    result = deployer.run("roll-out", deployer.params, "--yes", rooms=FakeRooms(plan=TO_DO, fails_with=error))

    assert result.exit_code == exit_code
    assert "  us-east-2: the cause" in result.stderr


def test_a_blocked_plan_is_not_performed_even_with_yes(deployer: CommandLine) -> None:
    """What is in the way and the way out are told, exit 2."""
    blocked = a_plan(a_regional_rollout(), blockers=(Blocker(summary="The table is MRSC", hint="Keep it so."),))
    rooms = FakeRooms(plan=blocked)

    result = deployer.run("roll-out", deployer.params, "--yes", rooms=rooms)

    assert result.exit_code == 2
    assert "The table is MRSC" in result.stderr
    assert "Keep it so." in result.stderr
    assert "perform" not in rooms.asked


def test_someone_elses_operation_is_exit_7(deployer: CommandLine) -> None:
    """Waiting is the way out, so a script may try again."""
    busy = a_plan(a_regional_rollout(), blockers=(Blocker(summary="UPDATE 4f2a is RUNNING", hint="Wait.", is_busy=True),))

    result = deployer.run("roll-out", deployer.params, "--yes", rooms=FakeRooms(plan=busy))

    assert result.exit_code == 7
    assert "UPDATE 4f2a is RUNNING" in result.stderr


def test_every_event_is_kept_in_a_file(deployer: CommandLine) -> None:
    """Also those of a roll-out that failed."""
    deployer.run("roll-out", deployer.params, "--yes", rooms=FakeRooms(plan=TO_DO, survey=STANDING))
    deployer.run("roll-out", deployer.params, "--yes", rooms=FakeRooms(plan=TO_DO, fails_with=refused()))

    lines = (deployer.folder / "build" / "local" / "events.jsonl").read_text().splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["rollout_started", "rollout_ended", "rollout_started"]


def test_a_program_reads_stages_plan_events_and_outputs(deployer: CommandLine) -> None:
    """Every line is a record; the outputs are the last."""
    result = deployer.run("roll-out", deployer.params, "--yes", "--json", rooms=FakeRooms(plan=TO_DO, survey=STANDING))

    told = [record["event"] for record in records(result)]
    assert told.index("plan_made") < told.index("rollout_started") < told.index("rollout_ended")
    assert records(result)[-1] == {"event": "outputs", "outputs": dict(OUTPUTS)}


def test_a_reviewed_plan_is_performed_wherever_its_packages_lie(deployer: CommandLine) -> None:
    """A plan reviewed in one checkout and performed in another is the same plan."""
    plan_file = deployer.folder / "plan.json"
    deployer.run("plan", deployer.params, "--out", plan_file, rooms=FakeRooms(plan=_identified(an_upload(path="/there/payment.zip"))))
    rooms = FakeRooms(plan=_identified(an_upload(path="/here/payment.zip")), survey=STANDING)

    result = deployer.run("roll-out", deployer.params, "--plan", plan_file, "--yes", rooms=rooms)

    assert result.exit_code == 0, result.output
    assert "perform" in rooms.asked


def test_a_stale_plan_is_refused(deployer: CommandLine) -> None:
    """What the plan was made from has moved: exit 2, nothing performed."""
    plan_file = deployer.folder / "plan.json"
    deployer.run("plan", deployer.params, "--out", plan_file, rooms=FakeRooms(plan=_identified(an_upload())))
    rooms = FakeRooms(plan=_identified(an_upload(digest="f" * 64)))

    result = deployer.run("roll-out", deployer.params, "--plan", plan_file, "--yes", rooms=rooms)

    assert result.exit_code == 2
    assert "is stale" in result.stderr
    assert "perform" not in rooms.asked


def _identified(step: Step) -> RolloutPlan:
    body = "Resources: {}\n"
    return identified(replace(a_plan(step), templates=((digest_of(body.encode()), body),)))
