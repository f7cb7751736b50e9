"""Ctrl-C in the middle of a roll-out: watched on, left alone, or stopped."""

from __future__ import annotations

import pytest

from deployer.rollout.interruption import Choice
from deployer.rollout.runner import roll_out
from deployer.vocabulary.errors import StoppedWatching
from deployer.vocabulary.events import Event, RolloutEnded, RolloutInterrupted, StepEnded, StepStarted
from tests.support.rollout.clock import FakeClock
from tests.support.rollout.fake_aws import FakeAws
from tests.support.rollout.fake_stack_sets import Scene
from tests.support.rollout.plans import HOME, PEER, a_plan, a_stack_apply, a_stack_set_rollout

BODY = "Resources: {}"


class Interrupted:
    """A roll-out of the StackSet whose person presses Ctrl-C at the first wait; `events` are all that was told."""

    def __init__(self, choice: Choice) -> None:
        """Answer every question with this choice."""
        self.choice: Choice = choice
        self.events: list[Event] = []
        self.presses = 1
        self.world = FakeAws(FakeClock(on_sleep=self._press))

    def perform(self) -> None:
        """Perform a plan of one wave over both Regions."""
        plan = a_plan(a_stack_set_rollout(BODY), bodies=(BODY,))
        roll_out(plan, self.world.aws(), self.events.append, self.world.clock, on_interrupt=lambda: self.choice)

    def _press(self, seconds: float) -> None:
        if self.presses:
            self.presses -= 1
            raise KeyboardInterrupt


def test_whoever_goes_on_sees_the_same_operation_to_its_end() -> None:
    """Nothing is begun twice, and the step ends once."""
    run = Interrupted("go on")

    run.perform()

    assert [operation.operation_id for operation in run.world.stack_sets.operations] == ["rollout-0001-create-1"]
    assert [type(event) for event in run.events if isinstance(event, StepStarted | StepEnded)] == [StepStarted, StepEnded]
    assert [event.choice for event in run.events if isinstance(event, RolloutInterrupted)] == ["", "go on"]


def test_whoever_stops_watching_leaves_aws_at_work() -> None:
    """No call but the ones before."""
    run = Interrupted("stop watching")

    with pytest.raises(StoppedWatching, match="goes on by itself"):
        run.perform()

    assert ("us-east-2", "stop_stack_set_operation") not in run.world.changes


def test_operation_is_stopped_when_that_is_wished() -> None:
    """AWS is asked by id, and what stands where is told, with both ways on."""
    run = Interrupted("stop operation")
    run.world.stack_sets.add(HOME, PEER)
    run.world.stack_sets.timelines = [[Scene("RUNNING", {HOME: "RUNNING"})] * 9]

    with pytest.raises(StoppedWatching) as stopped:
        run.perform()

    assert ("us-east-2", "stop_stack_set_operation") in run.world.changes
    assert stopped.value.summary == "Stopped operation rollout-0001-update-1"
    assert f"{PEER}: OUTDATED" in stopped.value.detail
    assert "go back" in stopped.value.hint


def test_nothing_to_stop_is_said() -> None:
    """The global stack is no StackSet operation."""
    run = Interrupted("stop operation")
    plan = a_plan(a_stack_apply(BODY), bodies=(BODY,))

    with pytest.raises(StoppedWatching, match="no StackSet operation to stop"):
        roll_out(plan, run.world.aws(), run.events.append, run.world.clock, on_interrupt=lambda: run.choice)


@pytest.mark.parametrize("choice", ["stop watching", "stop operation"])
def test_an_interrupted_roll_out_has_not_failed(choice: Choice) -> None:
    """Whoever counts failures by the event log counts none: it goes on when the same command is run again."""
    run = Interrupted(choice)
    run.world.stack_sets.add(HOME, PEER)

    with pytest.raises(StoppedWatching):
        run.perform()

    assert [event.outcome for event in run.events if isinstance(event, RolloutEnded)] == ["interrupted"]


def test_second_interrupt_while_asked_stops_watching() -> None:
    """Nobody has to answer."""
    run = Interrupted("go on")

    def pressed_again() -> Choice:
        raise KeyboardInterrupt

    plan = a_plan(a_stack_set_rollout(BODY), bodies=(BODY,))
    with pytest.raises(StoppedWatching):
        roll_out(plan, run.world.aws(), run.events.append, run.world.clock, on_interrupt=pressed_again)

    assert [event.choice for event in run.events if isinstance(event, RolloutInterrupted)] == ["", "stop watching"]
