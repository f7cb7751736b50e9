"""`deployer fail-over` and `deployer fail-back`: shown, refused, agreed, moved; and what `status` says of traffic."""

from __future__ import annotations

import json

import pytest

from deployer.vocabulary.errors import AwsRefused, RolloutFailed, StoppedWatching
from tests.support.command_line import CommandLine, FakeAsker, FakeRooms, records
from tests.support.traffic import EAST, HOLD, LATCHED, OHIO, a_region, a_traffic, leads_to

HELD = a_traffic(leads_to(OHIO), hold=HOLD)
SICK_STANDBY = a_traffic(standby=a_region(OHIO, "secondary", status=503, said="table unreachable"))
SICK_PRIMARY = a_traffic(leads_to(OHIO), hold=HOLD, primary=a_region(EAST, "primary", status=None, said="connection refused"))


def test_fail_over_shows_now_and_then_and_how_long_it_took(deployer: CommandLine) -> None:
    """Before it acts, and after."""
    rooms = FakeRooms()

    result = deployer.run("fail-over", deployer.params, "--yes", "--reason", "evacuation", rooms=rooms)

    assert result.exit_code == 0, result.output
    assert "leads to us-east-1  " in result.stdout
    assert "held in us-east-2" in result.stdout
    assert result.stdout.splitlines()[-1] == (
        "api.pay.example.test leads to us-east-2 after 17.5 s; callers follow within the TTL of 10 s."
    )
    assert (rooms.asked[-1], rooms.reasons) == ("perform fail-over", ["evacuation"])


def test_every_event_is_a_record_and_is_kept(deployer: CommandLine) -> None:
    """For a program, and for whoever asks later who moved traffic."""
    result = deployer.run("fail-over", deployer.params, "--yes", "--json")

    told = [record["event"] for record in records(result)]
    kept = [json.loads(line)["event"] for line in (deployer.folder / "build" / "local" / "events.jsonl").read_text().splitlines()]
    assert told[-3:] == ["move_planned", "traffic_moved", "move_ended"]
    assert (records(result)[-1]["outcome"], records(result)[-1]["took_seconds"]) == ("done", 17.5)
    assert kept == ["traffic_moved"]


def test_person_is_asked_and_may_say_no(deployer: CommandLine) -> None:
    """Nothing is changed then."""
    rooms, asker = FakeRooms(), FakeAsker(answers=[False], is_there=True)

    result = deployer.run("fail-over", deployer.params, rooms=rooms, asker=asker)

    assert result.exit_code == 2
    assert asker.questions == ["Lead api.pay.example.test to us-east-2?"]
    assert "perform fail-over" not in rooms.asked


def test_without_a_terminal_yes_has_to_be_said(deployer: CommandLine) -> None:
    """Exit 2 with the way out."""
    rooms = FakeRooms()

    result = deployer.run("fail-over", deployer.params, rooms=rooms)

    assert result.exit_code == 2
    assert "--yes" in result.stderr
    assert "perform fail-over" not in rooms.asked


@pytest.mark.parametrize(
    ("command", "traffic", "risk"),
    [
        ("fail-over", SICK_STANDBY, "callers that are led to us-east-2 are refused"),
        ("fail-back", SICK_PRIMARY, "nothing keeps traffic from coming and going"),
    ],
)
def test_sick_region_gets_no_traffic_unless_it_is_forced(deployer: CommandLine, command: str, traffic: object, risk: str) -> None:
    """The refusal says what forcing would do; nobody is asked before it."""
    rooms, asker = FakeRooms(traffic=traffic), FakeAsker(is_there=True)  # type: ignore[arg-type]
    refused = deployer.run(command, deployer.params, rooms=rooms, asker=asker)
    forced = deployer.run(command, deployer.params, "--yes", "--force", rooms=FakeRooms(traffic=traffic))  # type: ignore[arg-type]

    assert (refused.exit_code, asker.questions) == (2, [])
    assert risk in refused.stderr
    assert f"perform {command}" not in rooms.asked
    assert forced.exit_code == 0


@pytest.mark.parametrize(
    ("command", "traffic", "sentence"),
    [
        ("fail-over", HELD, f"Nothing to do: payments are held in us-east-2 since {HOLD.set_at} by {HOLD.set_by}"),
        ("fail-back", a_traffic(), "Nothing to do: payments are not held"),
    ],
)
def test_again_is_nothing_to_do(deployer: CommandLine, command: str, traffic: object, sentence: str) -> None:
    """Exit 0, without a question and without --yes."""
    rooms = FakeRooms(traffic=traffic)  # type: ignore[arg-type]

    result = deployer.run(command, deployer.params, rooms=rooms)

    assert result.exit_code == 0
    assert sentence in result.stdout
    assert f"perform {command}" not in rooms.asked


def test_watching_on_needs_no_new_yes(deployer: CommandLine) -> None:
    """The hold is set: there is nothing left to agree to."""
    rooms = FakeRooms(traffic=a_traffic(hold=HOLD))

    assert deployer.run("fail-over", deployer.params, rooms=rooms).exit_code == 0
    assert "perform fail-over" in rooms.asked


def test_fail_back_tells_the_latchs_reason_first(deployer: CommandLine) -> None:
    """Who asks payments back should know what sent them away."""
    result = deployer.run("fail-back", deployer.params, "--yes", rooms=FakeRooms(traffic=a_traffic(leads_to(OHIO), hold=LATCHED)))

    assert f"mind: The latch held this failover: {LATCHED.reason}" in result.stdout


@pytest.mark.parametrize(("error", "exit_code"), [(RolloutFailed("It does not lead there"), 4), (StoppedWatching("Stopped watching"), 130)])
def test_bad_end_has_its_exit_code(deployer: CommandLine, error: Exception, exit_code: int) -> None:
    """A script can tell names that do not follow from a person who left."""
    assert deployer.run("fail-over", deployer.params, "--yes", rooms=FakeRooms(fails_with=error)).exit_code == exit_code


def test_unknown_hold_is_refused(deployer: CommandLine) -> None:
    """What cannot be read cannot be changed either."""
    rooms = FakeRooms(traffic=a_traffic(hold_problem="dynamodb refused GetItem in us-east-2: ResourceNotFoundException"))

    result = deployer.run("fail-over", deployer.params, "--yes", rooms=rooms)

    assert result.exit_code == 1
    assert "Nothing is known of the hold in us-east-2" in result.stderr


def test_status_of_a_lost_region_says_who_takes_payments(deployer: CommandLine) -> None:
    """Nobody can tell what stands there, in seconds and not in minutes; exit 3 says so."""
    gone = AwsRefused(service="cloudformation", operation="DescribeStacks", region="us-east-1", code="ReadTimeoutError", message="")

    result = deployer.run("status", deployer.params, rooms=FakeRooms(traffic=HELD, fails_with=gone))

    assert result.exit_code == 3
    assert "payments: us-east-2 (secondary) takes them" in result.stdout
    assert "cloudformation refused DescribeStacks in us-east-1" in result.stderr


def test_status_says_who_takes_payments_and_why(deployer: CommandLine) -> None:
    """The hold's author and reason, what names lead to, each Region's health."""
    rooms = FakeRooms(traffic=HELD)
    lines = deployer.run("status", deployer.params, rooms=rooms).stdout.splitlines()
    record = records(deployer.run("status", deployer.params, "--json", rooms=rooms))[-1]

    assert "payments: us-east-2 (secondary) takes them: api.pay.example.test leads there" in lines
    assert f"hold: payments are held in us-east-2 since {HOLD.set_at} by {HOLD.set_by}: a rehearsal" in lines
    assert "us-east-1 (primary): healthy; 8 of 8 checkers pass it" in lines
    traffic = record["traffic"]
    assert (record["event"], traffic["led_to"], traffic["hold"]["reason"]) == ("status", ["us-east-2"], "a rehearsal")
    assert [region["checkers_healthy"] for region in traffic["regions"]] == [True, True]
