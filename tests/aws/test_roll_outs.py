"""A whole small system, rolled out, changed and taken down by the runner that the commands use."""

from __future__ import annotations

from pathlib import Path

from deployer.vocabulary.events import RegionSettled, ResourceMoved
from tests.support.account import Account
from tests.support.rollout.on_account import SystemOnAccount
from tests.support.rollout.real import HOME, PEER


def test_system_lives_and_leaves_nothing(account: Account, tmp_path: Path) -> None:
    """First roll-out with outputs from both Regions, an update a Region at a time, a tear-down after which the survey is empty."""
    system = SystemOnAccount(account, tmp_path)

    first = system.perform(*system.everything())
    made = system.survey()
    system.events.clear()
    system.perform(system.regional(operation="second", Value="two"))
    changed = system.survey()
    settled = [event.region for event in system.events if isinstance(event, RegionSettled)]
    system.perform(*system.tear_down(), intent="tear-down")
    left = system.survey()

    assert first.outcome == "done"
    assert made.stack_set is not None
    assert made.global_ is not None
    settings = {one.region: dict(one.stack.outputs)["Setting"] for one in made.stack_set.instances if one.stack}
    assert dict(made.global_.parameters) == {"Home": settings[HOME], "Peer": settings[PEER]}
    assert settled == [HOME, PEER]
    assert changed.stack_set is not None
    assert {dict(one.stack.parameters)["Value"] for one in changed.stack_set.instances if one.stack} == {"two"}
    assert (left.bootstrap, left.stack_set, left.global_, left.buckets) == ((), None, None, ())


def test_same_plan_again_moves_nothing(account: Account, tmp_path: Path) -> None:
    """Operation ids are the plan's own (F4.8): what it has done is met again, not done again."""
    system = SystemOnAccount(account, tmp_path)
    system.perform(system.regional())
    system.perform(system.regional(operation="second", Value="two"))
    system.events.clear()

    system.perform(system.regional(operation="second", Value="two"))

    assert not any(isinstance(event, ResourceMoved) for event in system.events)
