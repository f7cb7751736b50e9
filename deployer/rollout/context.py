"""What every step needs to be performed: the plan, AWS, a clock, and someone to tell.

A step's file gets its step and this, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event as Flag
from threading import Lock
from typing import TYPE_CHECKING

from deployer.aws.session import Aws
from deployer.aws.template_source import TemplateSource, template_source
from deployer.planning.operation_ids import token_prefix
from deployer.planning.plan import RolloutOpening, RolloutPlan
from deployer.rollout.held_record import HeldRecord
from deployer.vocabulary.clock import Clock
from deployer.vocabulary.events import Event, Listener, StepEnded, StepFailed, StepStarted, UndoEnded, UndoStarted
from deployer.vocabulary.names import name_of

if TYPE_CHECKING:
    from deployer.outside.view import Outside


class StepStopped(Exception):
    """Another thread gave up; this step stops watching what it began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutContext:
    """One performance of one plan. `stopped` is set once a person interrupts it; `under_way` are the steps begun and not ended.

    `outside` is the system as its callers see it, for gates; `held` the roll-out's record, which a tear-down has none of.
    """

    plan: RolloutPlan
    aws: Aws
    clock: Clock
    listener: Listener
    outside: Outside | None = None
    held: HeldRecord | None = None
    stopped: Flag = field(default_factory=Flag)
    under_way: list[str] = field(default_factory=list)
    _one_at_a_time: Lock = field(default_factory=Lock)

    def tell(self, event: Event) -> None:
        """Hand one event to the listener; steps side by side never do so at the same time. Renews the record when it is time.

        Raises RolloutBusy when somebody else has taken the roll-out over.
        """
        with self._one_at_a_time:
            self._keep_what_is_under_way(event)
            self.listener(event)
        self.renew()

    def _keep_what_is_under_way(self, event: Event) -> None:
        match event:
            case StepStarted(step=step):
                self.under_way.append(step)
            case StepEnded(step=step) | StepFailed(step=step) if step in self.under_way:
                self.under_way.remove(step)
            case UndoStarted():
                self.under_way.append("the undo")
            case UndoEnded() if "the undo" in self.under_way:
                self.under_way.remove("the undo")

    def renew(self) -> None:
        """Say that this deployer is alive, when it is time; raises RolloutBusy when somebody else has taken the roll-out over."""
        if self.held is not None:
            self.held.renew()

    def at(self) -> str:
        """Return this moment as events carry it."""
        return self.clock.now().isoformat()

    def patience(self) -> Patience:
        """Return a new bound for one operation, as the plan sets it."""
        return Patience(self)

    def template(self, digest: str, region: str) -> TemplateSource:
        """Return how a request made in `region` names the plan's template; a long one lies in that Region's artifact bucket.

        The plan's templates and those that the record kept are known. Raises AwsRefused, KeyError for any other.
        """
        bucket = name_of("artifact bucket", suffix=self.plan.suffix, account_id=self.plan.account_id, region=region)
        kept = self.held.templates if self.held is not None else {}
        body = kept[digest] if digest in kept else self.plan.template(digest)
        return template_source(self.aws, body, bucket=bucket, region=region)

    @property
    def token_prefix(self) -> str:
        """What every ClientRequestToken of this roll-out begins with, so that it knows its own operations again.

        Made from what is rolled out, so that a plan made anew after a kill knows them too; a tear-down's is its plan's own.
        """
        opening = next((step for step in self.plan.steps if isinstance(step, RolloutOpening)), None)
        return token_prefix(opening.content_digest if opening else self.plan.plan_id)


class Patience:
    """The bound on one wait: `pause` until `used_up`."""

    def __init__(self, context: RolloutContext) -> None:
        """Begin to wait now, for as long as the context's plan allows."""
        self._context = context
        self._began = context.clock.monotonic_seconds()

    @property
    def took_seconds(self) -> float:
        """Seconds since the wait began."""
        return self._context.clock.monotonic_seconds() - self._began

    @property
    def used_up(self) -> bool:
        """Whether the operation has had all the time the plan gives it."""
        return self.took_seconds >= self._context.plan.bounds.operation_seconds_max

    def pause(self) -> None:
        """Wait until the next look. Raises StepStopped when the roll-out was interrupted meanwhile, RolloutBusy when taken over."""
        self._context.clock.sleep(self._context.plan.bounds.poll_seconds)
        if self._context.stopped.is_set():
            raise StepStopped
        self._context.renew()
