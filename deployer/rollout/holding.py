"""Moves traffic by the hold: sets or clears it, and watches until the zone's name servers answer as intended.

    refuse what must not begin → set or clear the hold → ask name servers and the standby's own /hold until both follow

Everything it cannot do without is the standby Region's DynamoDB; no control plane and nothing of the primary is asked. Whatever is
interrupted can be run again: a hold that is there is left as it is, and only watched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from deployer.aws.holds import Hold, clear_hold, set_hold
from deployer.aws.session import Aws
from deployer.outside.names import NameAnswer, NameServer
from deployer.outside.view import Outside
from deployer.params.model import Environment
from deployer.planning.move_planner import plan_fail_back, plan_fail_over
from deployer.planning.traffic import Move, all_lead_to, led_to
from deployer.planning.traffic_taking import take_traffic
from deployer.vocabulary.clock import Clock
from deployer.vocabulary.errors import AwsRefused, InputRefused, Mistake, RolloutBusy, RolloutFailed, StoppedWatching
from deployer.vocabulary.events import HoldChanged, Listener, NameAnswered, TrafficMoved

POLL_SECONDS: Final = 1.0
CALLER_SECONDS_MAX: Final = 3.0
UNKNOWN_CALLER: Final = "somebody whom STS does not name"
# What the sum promises, and as much again for what it cannot know: a checker that comes late, a name server that does.
PATIENCE: Final = 2
_HELD: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveResult:
    """How a move ended that did not fail.

    `hold` is the hold that is there now, `answers` what name servers said last, `took_seconds` the time from the change of the hold
    to answers as intended.
    """

    move: Move
    outcome: Literal["done", "nothing_to_do"]
    hold: Hold | None
    answers: tuple[NameAnswer, ...]
    took_seconds: float


def fail_over(
    environment: Environment, aws: Aws, outside: Outside, listener: Listener, clock: Clock, *, reason: str, force: bool = False
) -> MoveResult:
    """Hold traffic in the standby, whatever the primary says of itself; return once every name server leads there.

    For programs: it looks, plans, refuses and performs in one. Raises as `refuse_objections` and `perform_move` do.
    """
    move = plan_fail_over(take_traffic(aws, environment, outside), environment)
    refuse_objections(move, force=force)
    return perform_move(move, aws, outside, listener, clock, reason=reason)


def fail_back(environment: Environment, aws: Aws, outside: Outside, listener: Listener, clock: Clock, *, force: bool = False) -> MoveResult:
    """Let traffic go that is held in the standby; return once every name server leads to the primary. Else as `fail_over`."""
    move = plan_fail_back(take_traffic(aws, environment, outside), environment)
    refuse_objections(move, force=force)
    return perform_move(move, aws, outside, listener, clock)


def refuse_objections(move: Move, *, force: bool) -> None:
    """Return when nothing speaks against the move, or it is forced; raises InputRefused with every objection and its risk."""
    if force or not move.objections or not move.changes_hold:
        return
    mistakes = tuple(Mistake(place=move.intent, sentence=f"{one.fault}. If forced, {one.risk}") for one in move.objections)
    raise InputRefused(
        f"Traffic is better not led to {move.region}; nothing was changed",
        mistakes,
        f"Mend {move.region} first, or run `deployer {move.intent}` with --force to do it all the same.",
    )


def perform_move(move: Move, aws: Aws, outside: Outside, listener: Listener, clock: Clock, *, reason: str = "") -> MoveResult:
    """Change the hold as the move says and wait until name servers answer by it.

    Raises:
        RolloutBusy: the hold is another one by now than the move was made with.
        RolloutFailed: names do not lead where they shall within twice the time the sum promises.
        AwsRefused: the standby's DynamoDB answered with an error; nothing was changed.
        StoppedWatching: a person pressed Ctrl-C; the hold is as it is, and names follow it.
    """
    hold = move.hold
    began = clock.monotonic_seconds()
    if move.is_nothing:
        return MoveResult(move=move, outcome="nothing_to_do", hold=hold, answers=(), took_seconds=0.0)
    if move.changes_hold and move.intent == "fail-over":
        hold = Hold(set_at=clock.now().isoformat(timespec="milliseconds"), set_by=_caller(aws, move.standby), reason=reason)
        if not set_hold(aws, hold, table=move.table, region=move.standby):
            raise _changed_meanwhile(move)
        listener(_changed(hold, move, "set", clock))
    elif hold is not None and move.intent == "fail-back":
        if not clear_hold(aws, hold, table=move.table, region=move.standby):
            raise _changed_meanwhile(move)
        listener(_changed(hold, move, "cleared", clock))
        hold = None
    try:
        answers = _Watch(move, outside, listener, clock, began).until_settled()
    except KeyboardInterrupt:
        raise _stopped_watching(move) from None
    took_seconds = clock.monotonic_seconds() - began
    listener(TrafficMoved(at=clock.now().isoformat(), name=move.name, region=move.region, took_seconds=took_seconds))
    return MoveResult(move=move, outcome="done", hold=hold, answers=answers, took_seconds=took_seconds)


class _Watch:
    """The wait for name servers and for the standby's own word, told as it goes."""

    def __init__(self, move: Move, outside: Outside, listener: Listener, clock: Clock, began_seconds: float) -> None:
        self._move, self._outside, self._listener, self._clock, self._began = move, outside, listener, clock, began_seconds
        self._told: tuple[str, ...] | None = None

    def until_settled(self) -> tuple[NameAnswer, ...]:
        """Return the answers once all lead where they shall and the standby tells the hold as it is."""
        servers = self._outside.authorities(self._move.zone)
        while True:
            answers = self._look(servers)
            says = self._outside.get(self._move.standby, f"{self._move.standby}.{self._move.name}", "/hold")
            followed = all_lead_to(self._move.region, answers)
            if followed and (says.status == _HELD) == (self._move.intent == "fail-over"):
                return answers
            passed = self._clock.monotonic_seconds() - self._began
            if passed >= PATIENCE * self._move.answered_seconds_max:
                raise _does_not_follow(self._move, answers, says.status, passed)
            self._clock.sleep(POLL_SECONDS)

    def _look(self, servers: tuple[NameServer, ...]) -> tuple[NameAnswer, ...]:
        answers = self._outside.answers(self._move.name, servers)
        regions = led_to(answers)
        if regions != self._told:
            self._told = regions
            passed = self._clock.monotonic_seconds() - self._began
            at = self._clock.now().isoformat()
            self._listener(NameAnswered(at=at, name=self._move.name, regions=",".join(regions), after_seconds=passed))
        return answers


def _caller(aws: Aws, region: str) -> str:
    """Return who asks; moving traffic does not hang on STS."""
    try:
        return aws.in_a_hurry(CALLER_SECONDS_MAX).caller(region).arn
    except AwsRefused:
        return UNKNOWN_CALLER


def _changed(hold: Hold, move: Move, action: str, clock: Clock) -> HoldChanged:
    at = clock.now().isoformat()
    return HoldChanged(at=at, region=move.standby, action=action, set_at=hold.set_at, set_by=hold.set_by, reason=hold.reason)


def _changed_meanwhile(move: Move) -> RolloutBusy:
    return RolloutBusy(
        "The hold is another one by now",
        f"Somebody, or the latch, changed it in {move.standby} since it was read; it was left as it is.",
        "Run the same command again: it shows who holds now, and why.",
    )


def _does_not_follow(move: Move, answers: tuple[NameAnswer, ...], hold_status: int | None, passed: float) -> RolloutFailed:
    now = ", ".join(f"{one.server.address} {one.region or one.target or one.problem}" for one in answers) or "no name server was found"
    told = {200: "held", 404: "not held"}.get(hold_status or 0, "nothing of the hold")
    return RolloutFailed(
        f"{move.name} does not lead to {move.region} after {passed:.0f} s",
        f"Name servers answer: {now}.\nThe standby tells checkers: {told}."
        f"\nThe hold in {move.standby} is {'set' if move.intent == 'fail-over' else 'cleared'} and stays so.",
        "Route 53 leads to the primary while both Regions are unhealthy, and to the standby while the primary is: look at both with"
        " `deployer status PARAMS`. Once they allow it names follow the hold by themselves; the same command again goes on watching.",
    )


def _stopped_watching(move: Move) -> StoppedWatching:
    done, undo = ("set", "fail-back") if move.intent == "fail-over" else ("cleared", "fail-over")
    return StoppedWatching(
        "Stopped watching",
        f"The hold in {move.standby} is {done}; names follow it by themselves.",
        f"Run the same command again to go on watching, or `deployer {undo} PARAMS` to undo it.",
    )
