"""People at work in a drill: they type `fail-over` or `fail-back`, and wait until every name server follows, while the drill goes on.

What they do is what the commands do (`rollout.holding`), forced: a drill has its own ideas of who is healthy. How long it took is measured
from the command's begin, looking around included, for that is how long somebody waits.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from deployer.aws.session import Aws
from deployer.drill.history import Moved
from deployer.outside.view import Outside
from deployer.params.model import Environment
from deployer.planning.traffic import Intent
from deployer.rollout.holding import MoveResult, fail_back, fail_over
from deployer.vocabulary.clock import Clock
from deployer.vocabulary.errors import RolloutBusy, RolloutFailed
from deployer.vocabulary.events import Event

# A command that is under way does not keep the next one waiting.
AT_ONCE_MAX: Final = 4

# A command and its reason -> whether every name server followed; raises AwsRefused when the hold could not be changed.
Typed = Callable[[Intent, str], bool]


def typed_for(environment: Environment, aws: Aws, outside: Outside, clock: Clock) -> Typed:
    """Return what types a command for one environment, and returns when it does."""

    def typed(intent: Intent, reason: str) -> bool:
        try:
            _move(intent, reason)
        except (RolloutFailed, RolloutBusy):
            return False
        return True

    def _move(intent: Intent, reason: str) -> MoveResult:
        if intent == "fail-over":
            return fail_over(environment, aws, outside, _unheard, clock, reason=reason, force=True)
        return fail_back(environment, aws, outside, _unheard, clock, force=True)

    return typed


@dataclass(slots=True)
class Operators:
    """Everybody who types in one drill. `now` gives the drill's seconds."""

    now: Callable[[], float]
    _people: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(AT_ONCE_MAX, thread_name_prefix="operator"))
    _moves: list[tuple[Intent, float, Future[float | None]]] = field(default_factory=list)

    def begin(self, intent: Intent, work: Callable[[], bool]) -> None:
        """Let somebody do this, and go on."""
        began = self.now()

        def until_followed() -> float | None:
            return self.now() - began if work() else None

        self._moves.append((intent, began, self._people.submit(until_followed)))

    def moves(self) -> tuple[Moved, ...]:
        """Wait for everybody, and return what came of it. Raises what kept a command from changing the hold."""
        return tuple(Moved(intent=intent, began_seconds=began, took_seconds=told.result()) for intent, began, told in self._moves)

    def stop(self) -> None:
        """Wait for whoever still types; each wait is bounded by the command's own."""
        self._people.shutdown()


def _unheard(event: Event) -> None:
    """The drill's timeline shows what came of it."""
