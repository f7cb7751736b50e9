"""A failover pair and its spares on three accounts × four Regions: first roll-out, an update, a failure, tear-down.

Each once by roles of the accounts (self-managed) and once by the organization (service-managed).
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from deployer.vocabulary.errors import RolloutFailed
from deployer.vocabulary.events import RegionSettled, StepStarted
from deployer.vocabulary.places import Place
from tests.support.embedded import EmbeddedAws
from tests.support.rollout.many_accounts import OTHERS, PAIR, ManyAccounts, a_body, self_managed, service_managed


@pytest.fixture(params=[pytest.param(self_managed, id="self-managed"), pytest.param(service_managed, id="service-managed")])
def system(request: pytest.FixtureRequest, embedded_aws: EmbeddedAws) -> ManyAccounts:
    """Return three new accounts, of which nothing is rolled out yet."""
    build: Callable[[EmbeddedAws], ManyAccounts] = request.param
    return build(embedded_aws)


def _expected(system: ManyAccounts, value: str) -> dict[Place, str]:
    """Return what every stack says when all are at `value`: the pair live, all others prepared."""
    pair = {(system.home, region): f"{value} Live" for region in PAIR}
    return {(account, region): f"{value} Prepared" for account in (system.home, *system.others) for region in (*PAIR, *OTHERS)} | pair


def test_first_roll_out_update_and_tear_down(system: ManyAccounts) -> None:
    """Twelve stacks stand, each in its own account; an update reaches all of them in order; nothing is left in the end."""
    system.roll_out(a_body("one"), "first")

    assert system.said() == _expected(system, "one")
    assert set(system.statuses().values()) == {"CURRENT"}
    assert {step.action for step in system.spares(a_body("one"), definition_moves=False)} == {"none"}

    system.events.clear()
    system.roll_out(a_body("two"), "second")

    assert system.said() == _expected(system, "two")
    assert set(system.statuses().values()) == {"CURRENT"}
    assert _regions_in_turn(system) == [*((system.home, region) for region in PAIR), *PAIR, *OTHERS]

    system.tear_down()

    assert system.said() == {}


def _regions_in_turn(system: ManyAccounts) -> list[Place | str]:
    """Return the pair's places as they settled, then the Regions of spares, each as often as it had a turn of its own."""
    settled = [event for event in system.events if isinstance(event, RegionSettled)]
    turns: list[Place | str] = [(event.account_id, event.region) for event in settled if event.phase == "regional"]
    for event in (event for event in settled if event.phase == "spares"):
        if turns[-1] != event.region:
            turns.append(event.region)
    return turns


def test_failing_account_stops_what_comes_after_it(system: ManyAccounts) -> None:
    """One account fails in the third Region: the fourth is not begun, the pair runs on, and the error names account, Region and cause."""
    system.roll_out(a_body("one"), "first")
    failing = (system.others[0], OTHERS[0])
    system.events.clear()

    with pytest.raises(RolloutFailed) as failed:
        system.roll_out(a_body("two", broken_at=failing), "second")

    assert failed.value.summary.startswith(f"{system.name} failed in {failing[1]} of account {failing[0]} (operation spares-")
    assert failed.value.detail.startswith(
        f"{failing[1]} of account {failing[0]}: ResourceLogicalId:Broken, ResourceType:AWS::SSM::Parameter"
    )
    statuses = system.statuses()
    assert {statuses[system.home, region] for region in PAIR} == {"CURRENT"}
    assert statuses[failing] == "OUTDATED"
    assert {statuses[account, OTHERS[1]] for account in (system.home, *system.others)} == {"OUTDATED"}
    said = system.said()
    assert {said[system.home, region] for region in PAIR} == {"two Live"}
    assert {said[account, OTHERS[1]] for account in (system.home, *system.others)} == {"one Prepared"}
    assert [event.step for event in system.events if isinstance(event, StepStarted)][-1].startswith(
        f"spares of {system.name} to {OTHERS[0]}"
    )
    assert f"{OTHERS[1]} of account {system.others[1]}: OUTDATED" in str(failed.value)


def test_running_again_after_a_failure_reaches_the_rest(system: ManyAccounts) -> None:
    """With the cause gone the next roll-out brings every place to it, those that had it too."""
    system.roll_out(a_body("one"), "first")
    with pytest.raises(RolloutFailed):
        system.roll_out(a_body("two", broken_at=(system.others[0], OTHERS[0])), "second")

    system.roll_out(a_body("two"), "third")

    assert system.said() == _expected(system, "two")
    assert set(system.statuses().values()) == {"CURRENT"}
