"""Traffic is moved by the standby's table alone, watched until name servers follow, and left as it is when they do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from deployer.aws.holds import Hold
from deployer.aws.session import Aws, AwsAccess
from deployer.planning.move_planner import plan_fail_back, plan_fail_over
from deployer.planning.traffic import Move, Traffic
from deployer.rollout.holding import UNKNOWN_CALLER, MoveResult, fail_back, fail_over, perform_move, refuse_objections
from deployer.vocabulary.errors import InputRefused, RolloutBusy, RolloutFailed, StoppedWatching
from deployer.vocabulary.events import Event, event_name
from tests.support.rendering import an_environment
from tests.support.rollout.clock import FakeClock
from tests.support.rollout.wire import refusal
from tests.support.traffic import EAST, HOLD, LATCHED, NAME, OHIO, FakeOutside, a_region, a_traffic, leads_to

ENVIRONMENT = an_environment()
ARN = "arn:aws:iam::111122223333:user/bob"


class Standby:
    """The standby Region, whose hold name servers follow after some seconds; every other Region refuses every call."""

    def __init__(self, hold: Hold | None = None, *, follows_after_seconds: float = 20, refuses: tuple[str, ...] = ()) -> None:
        """Begin with this hold, and with name servers that follow it already; `refuses` names operations."""
        self.clock = FakeClock()
        self.hold = hold
        self.changed_at = -1000.0
        self.refuses = refuses
        self.follows_after_seconds = follows_after_seconds
        self.events: list[Event] = []
        self.outside = FakeOutside(region=self.leads_to, held=lambda: self.hold is not None)
        self.calls: list[tuple[str, str, str]] = []

    @property
    def aws(self) -> Aws:
        """AWS of which the standby's DynamoDB and STS are left."""
        return Aws(AwsAccess(), make_client=lambda service, region: _Client(self, service, region))

    def leads_to(self) -> str:
        """Where name servers lead: by the hold, once they have followed it."""
        followed = self.clock.monotonic_seconds() - self.changed_at >= self.follows_after_seconds
        return OHIO if (self.hold is not None) == followed else EAST

    def perform(self, move: Move, **how: Any) -> MoveResult:
        """Perform a move here."""
        return perform_move(move, self.aws, self.outside, self.events.append, self.clock, **how)

    @property
    def told(self) -> list[str]:
        """The names of the events so far."""
        return [event_name(event) for event in self.events]


class _Client:
    """One service of one Region."""

    def __init__(self, world: Standby, service: str, region: str) -> None:
        self._world, self._service, self._region = world, service, region

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            self._world.calls.append((self._service, method, self._region))
            if self._region != OHIO or method in self._world.refuses:
                raise refusal("EndpointConnectionError")
            return getattr(self, f"_{method}")(**arguments)

        return call

    def _get_caller_identity(self) -> dict[str, str]:
        return {"Account": "111122223333", "Arn": ARN}

    def _get_item(self, **_: Any) -> dict[str, Any]:
        hold = self._world.hold
        if hold is None:
            return {}
        return {"Item": {"set_at": {"S": hold.set_at}, "set_by": {"S": hold.set_by}, "reason": {"S": hold.reason}}}

    def _put_item(self, *, Item: dict[str, Any], **_: Any) -> None:
        if self._world.hold is not None:
            raise refusal("ConditionalCheckFailedException")
        self._world.hold = Hold(set_at=Item["set_at"]["S"], set_by=Item["set_by"]["S"], reason=Item["reason"]["S"])
        self._world.changed_at = self._world.clock.monotonic_seconds()

    def _delete_item(self, *, ExpressionAttributeValues: dict[str, Any], **_: Any) -> None:
        if self._world.hold is None or self._world.hold.set_at != ExpressionAttributeValues[":seen"]["S"]:
            raise refusal("ConditionalCheckFailedException")
        self._world.hold = None
        self._world.changed_at = self._world.clock.monotonic_seconds()


def over(traffic: Traffic | None = None) -> Move:
    """Return a fail-over."""
    return plan_fail_over(traffic or a_traffic(), ENVIRONMENT)


def back(hold: Hold = HOLD) -> Move:
    """Return a fail-back of traffic that is held."""
    return plan_fail_back(a_traffic(leads_to(OHIO), hold=hold), ENVIRONMENT)


def test_fail_over_sets_the_hold_and_returns_when_names_follow() -> None:
    """With who and why, and the seconds it took."""
    standby = Standby()

    result = standby.perform(over(), reason="evacuation")

    assert standby.hold == Hold(set_at="2026-11-01T12:00:00.000+00:00", set_by=ARN, reason="evacuation")
    assert (result.outcome, result.took_seconds, result.hold) == ("done", 20.0, standby.hold)
    assert {answer.region for answer in result.answers} == {OHIO}
    assert standby.told == ["hold_changed", "name_answered", "name_answered", "traffic_moved"]


def test_fail_back_clears_the_hold_and_returns_when_names_follow() -> None:
    """By the same table."""
    standby = Standby(HOLD)

    result = standby.perform(back())

    assert (standby.hold, result.outcome, result.took_seconds, result.hold) == (None, "done", 20.0, None)


def test_nothing_is_asked_of_any_region_but_the_standby() -> None:
    """The primary may be gone, and every control plane with it."""
    standby = Standby()

    standby.perform(over())
    standby.perform(back(standby.hold or HOLD))

    assert {region for _, _, region in standby.calls} == {OHIO}
    assert {service for service, _, _ in standby.calls} == {"dynamodb", "sts"}


def test_whole_way_works_with_everything_else_gone() -> None:
    """Looking too: CloudFormation, Route 53 and the primary refuse, and traffic moves there and back."""
    standby = Standby(refuses=("describe_stacks", "get_health_check_status"))

    there = fail_over(ENVIRONMENT, standby.aws, standby.outside, standby.events.append, standby.clock, reason="x")
    home = fail_back(ENVIRONMENT, standby.aws, standby.outside, standby.events.append, standby.clock)

    assert (there.outcome, home.outcome, standby.hold) == ("done", "done", None)


def test_move_again_is_nothing_to_do() -> None:
    """No call, no event."""
    standby = Standby(HOLD)

    result = standby.perform(over(a_traffic(leads_to(OHIO), hold=HOLD)))

    assert (result.outcome, result.took_seconds, standby.calls, standby.events) == ("nothing_to_do", 0.0, [], [])


def test_hold_that_names_do_not_follow_yet_is_only_watched() -> None:
    """It keeps its date, its author and its reason."""
    standby = Standby(HOLD)
    standby.changed_at = -5.0

    result = standby.perform(over(a_traffic(hold=HOLD)))

    assert (standby.hold, result.outcome, result.took_seconds) == (HOLD, "done", 15.0)
    assert "hold_changed" not in standby.told


def test_names_that_do_not_follow_are_an_end_that_says_what_stands() -> None:
    """Exit 4, after twice the promise; the hold stays."""
    standby = Standby(follows_after_seconds=1e6)

    with pytest.raises(RolloutFailed, match="does not lead to us-east-2 after 68 s") as failed:
        standby.perform(over())

    assert standby.hold is not None
    assert "192.0.2.1 us-east-1" in failed.value.detail
    assert "The hold in us-east-2 is set and stays so." in failed.value.detail
    assert failed.value.exit_code == 4


def test_standby_that_does_not_tell_its_hold_is_not_believed() -> None:
    """Names may lead there for another reason; checkers would not hold them."""
    standby = Standby(follows_after_seconds=0)
    standby.outside.held = lambda: False

    with pytest.raises(RolloutFailed) as failed:
        standby.perform(over())

    assert "The standby tells checkers: not held." in failed.value.detail


def test_hold_that_somebody_set_meanwhile_stays() -> None:
    """Exit 7: look again first."""
    standby = Standby(LATCHED)

    with pytest.raises(RolloutBusy):
        standby.perform(over())
    with pytest.raises(RolloutBusy):
        standby.perform(replace(back(HOLD), hold=replace(HOLD, set_at="2026-01-01T00:00:00.000+00:00")))

    assert standby.hold == LATCHED


def test_unknown_caller_holds_all_the_same() -> None:
    """STS is one more service that may be out."""
    standby = Standby(refuses=("get_caller_identity",))

    standby.perform(over())

    assert standby.hold is not None
    assert standby.hold.set_by == UNKNOWN_CALLER


@pytest.mark.parametrize(("move", "undo"), [(over(), "fail-back"), (back(), "fail-over")], ids=["over", "back"])
def test_ctrl_c_leaves_the_hold_and_says_how_to_undo_it(move: Move, undo: str) -> None:
    """Exit 130; names follow by themselves."""
    standby = Standby(HOLD if undo == "fail-over" else None)

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    standby.clock = FakeClock(on_sleep=interrupt)
    with pytest.raises(StoppedWatching) as stopped:
        standby.perform(move)

    assert f"deployer {undo} PARAMS" in stopped.value.hint
    assert (standby.hold is not None) == (undo == "fail-back")


SICK = over(a_traffic(standby=a_region(OHIO, "secondary", status=503, said="table unreachable")))


def test_objections_refuse_with_what_forcing_would_do() -> None:
    """Every one of them; forced, none does."""
    with pytest.raises(InputRefused, match="better not led to us-east-2") as refused:
        refuse_objections(SICK, force=False)

    assert "table unreachable" in refused.value.detail
    assert "If forced, callers" in refused.value.detail
    assert "--force" in refused.value.hint
    refuse_objections(SICK, force=True)


def test_objections_do_not_stop_a_mere_wait() -> None:
    """The hold is set already: refusing would change nothing."""
    refuse_objections(replace(SICK, changes_hold=False), force=False)


def test_name_of_the_move_is_what_is_asked() -> None:
    """The shared name, and the standby's own for its hold."""
    standby = Standby()

    standby.perform(over())

    assert set(standby.outside.asked) == {NAME, f"{OHIO}.{NAME}/hold"}
