"""`deployer mend`: what it shows, whom it asks, how it ends."""

from __future__ import annotations

from deployer.planning.mending import Mending
from deployer.planning.plan import Blocker
from tests.support.command_line import CommandLine, FakeAsker, FakeRooms, records
from tests.support.mending import a_mend, a_mending

BUSY = Blocker(summary="Someone else's operation is under way", hint="Wait.", is_busy=True)
HELD = Blocker(summary="It holds the ledger", hint="See what is in it.")


def rooms_with(mending: Mending) -> FakeRooms:
    """Return rooms that find this to mend."""
    rooms = FakeRooms()
    rooms.mending = mending
    return rooms


def test_nothing_to_mend_is_said(deployer: CommandLine) -> None:
    """And nobody is asked."""
    rooms = rooms_with(a_mending())

    result = deployer.run("mend", deployer.params, rooms=rooms)

    assert result.exit_code == 0
    assert "No stack of test" in result.stdout
    assert "mend" not in rooms.asked


def test_mends_are_shown_then_done_on_consent(deployer: CommandLine) -> None:
    """The stack, its status, and what is done; then the way on."""
    rooms = rooms_with(a_mending(a_mend("continue the rollback of")))

    result = deployer.run("mend", deployer.params, rooms=rooms, asker=FakeAsker(answers=[True], is_there=True))

    assert result.exit_code == 0
    assert "UPDATE_ROLLBACK_FAILED" in result.stdout
    assert "its rollback is continued" in result.stdout
    assert "mend" in rooms.asked
    assert "deployer roll-out" in result.stderr


def test_nothing_is_done_without_consent(deployer: CommandLine) -> None:
    """Neither after a no, nor where nobody can be asked."""
    for asker in (FakeAsker(answers=[False], is_there=True), FakeAsker()):
        rooms = rooms_with(a_mending(a_mend()))

        result = deployer.run("mend", deployer.params, rooms=rooms, asker=asker)

        assert result.exit_code == 2
        assert "mend" not in rooms.asked


def test_what_speaks_against_it_stops_it(deployer: CommandLine) -> None:
    """Exit 7 while somebody is at work, 2 where a person has to decide; `--yes` does not change that."""
    busy = deployer.run("mend", deployer.params, "--yes", rooms=rooms_with(a_mending(a_mend(), objections=(BUSY,))))
    held = deployer.run("mend", deployer.params, "--yes", rooms=rooms_with(a_mending(a_mend(), objections=(BUSY, HELD))))

    assert (busy.exit_code, held.exit_code) == (7, 2)
    assert "See what is in it." in held.stderr


def test_record_names_every_deed(deployer: CommandLine) -> None:
    """For a program."""
    result = deployer.run("mend", deployer.params, "--yes", "--json", rooms=rooms_with(a_mending(a_mend())))

    [planned] = [one for one in records(result) if one["event"] == "mending_planned"]
    assert [(one["deed"], one["status"]) for one in planned["mends"]] == [("delete", "ROLLBACK_COMPLETE")]
    assert planned["nothing_to_do"] is False
