"""A running operation is asked whether it has ended; what each Region does is read once a second, and when it has ended."""

from __future__ import annotations

from collections import Counter

from deployer.rollout.context import RolloutContext
from deployer.rollout.operation_watch import OperationWatch
from deployer.vocabulary.events import Event, RegionSettled
from tests.support.rollout.fake_aws import FakeAws
from tests.support.rollout.fake_stack_sets import Scene
from tests.support.rollout.plans import HOME, PEER, a_plan, a_stack_set_rollout

RUNNING, ENDED = Scene("RUNNING", {HOME: "RUNNING"}), Scene("SUCCEEDED", {HOME: "SUCCEEDED", PEER: "SUCCEEDED"})


def looks(*scenes: Scene, seconds_between: float) -> tuple[Counter[str], list[Event]]:
    """Look once at each scene; return how often what was asked, and what was told."""
    world, told = FakeAws(), list[Event]()
    world.stack_sets.add(HOME, PEER)
    world.stack_sets.timelines = [list(scenes)]
    world.stack_sets.update_stack_set(OperationId="watched", OperationPreferences={}, TemplateBody="body")
    step = a_stack_set_rollout("")
    context = RolloutContext(plan=a_plan(step), aws=world.aws(), clock=world.clock, listener=told.append)
    watch = OperationWatch(step, context, "watched", ())
    world.calls.clear()
    for _ in scenes:
        watch.look()
        world.clock.sleep(seconds_between)
    return Counter(method for _, _, method in world.calls), told


def test_quick_looks_ask_only_whether_it_has_ended() -> None:
    """Three looks within a second are three questions."""
    asked, _ = looks(RUNNING, RUNNING, RUNNING, seconds_between=0.2)

    assert asked == {"describe_stack_set_operation": 3}


def test_what_goes_on_is_read_every_second() -> None:
    """The sixth look at five a second reads how the Regions fare."""
    asked, _ = looks(*[RUNNING] * 6, seconds_between=0.2)

    assert (asked["describe_stack_set_operation"], asked["list_stack_set_operation_results"]) == (6, 1)


def test_an_ended_operation_is_read_whole_at_once() -> None:
    """However quick it was, every Region is told of."""
    _, told = looks(ENDED, seconds_between=0.2)

    assert {event.region for event in told if isinstance(event, RegionSettled)} == {HOME, PEER}
