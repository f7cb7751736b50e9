"""SIGTERM ends a command as Ctrl-C does without a terminal: cleaned up, in words, with an exit code, and nobody is asked."""

from __future__ import annotations

import os
import signal
from threading import Event, Thread
from typing import Any

import pytest

from deployer.cli.termination import sigterm_as_interrupt
from deployer.planning.survey import Survey
from deployer.rollout.result import RolloutResult
from deployer.vocabulary.errors import StoppedWatching
from tests.support.command_line import CommandLine, FakeAsker, FakeRooms
from tests.support.plans import a_plan, a_regional_rollout


class TerminatedRooms(FakeRooms):
    """Rooms in which the process is told to end while it works; `choice` is what the roll-out is then told to do."""

    choice = ""

    def perform(self, plan: Any, aws: Any, outside: Any, listener: Any, clock: Any, *, on_interrupt: Any) -> RolloutResult:
        """Be told to end, and ask what that means."""
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        except KeyboardInterrupt:
            self.choice = on_interrupt()
        raise StoppedWatching("Stopped watching")


class TerminatedSurvey(FakeRooms):
    """Rooms in which the process is told to end while it looks at what stands."""

    def survey(self, aws: Any, environment: Any, packages: Any, *, count_buckets: bool, in_a_hurry: bool = False) -> Survey:
        """Be told to end."""
        os.kill(os.getpid(), signal.SIGTERM)
        return self.standing


def test_roll_out_told_to_end_stops_watching_and_asks_nobody(deployer: CommandLine) -> None:
    """Not even the person at the terminal: whoever told it to end does not wait for an answer."""
    rooms, asker = TerminatedRooms(plan=a_plan(a_regional_rollout())), FakeAsker(["go"], is_there=True)

    result = deployer.run("roll-out", deployer.params, "--yes", rooms=rooms, asker=asker)

    assert (result.exit_code, rooms.choice, asker.questions) == (130, "stop watching", [])


def test_any_other_command_told_to_end_says_so(deployer: CommandLine) -> None:
    """Exit 130 and a sentence, not silence and 143."""
    result = deployer.run("plan", deployer.params, rooms=TerminatedSurvey())

    assert result.exit_code == 130
    assert "error: Stopped by a signal" in result.stderr


def test_what_sigterm_did_before_it_does_again_afterwards() -> None:
    """Also when the block was ended by it."""
    before, told = signal.getsignal(signal.SIGTERM), Event()

    with pytest.raises(KeyboardInterrupt), sigterm_as_interrupt(told):
        os.kill(os.getpid(), signal.SIGTERM)

    assert told.is_set()
    assert signal.getsignal(signal.SIGTERM) is before


def test_thread_that_may_not_listen_works_all_the_same() -> None:
    """Python hands signals to the main thread alone."""
    reached: list[bool] = []

    def work() -> None:
        with sigterm_as_interrupt(Event()):
            reached.append(True)

    thread = Thread(target=work)
    thread.start()
    thread.join()

    assert reached == [True]
