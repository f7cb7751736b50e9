"""Watches one stack while CloudFormation works on it: passes events on, remembers the first failure and nothing more."""

from __future__ import annotations

from datetime import datetime

from deployer.aws.stack_events import StackEvent, failed_validations, newest_operation_events
from deployer.rollout.context import RolloutContext
from deployer.vocabulary.errors import AwsRefused
from deployer.vocabulary.events import ResourceMoved


class StackWatch:
    """One stack under one operation.

    `moved` says whether any of the operation's events were seen; `first_failure` is the root cause as far as it is known.
    """

    def __init__(
        self,
        context: RolloutContext,
        *,
        phase: str,
        stack_name: str,
        stack_id: str,
        region: str,
        after_event_id: str = "",
        since: datetime | None = None,
    ) -> None:
        """Watch `stack_id`, told of as `stack_name`; events up to `after_event_id` or before `since` belong to an earlier operation."""
        self.stack_name, self.stack_id, self.region = stack_name, stack_id, region
        self.first_failure: StackEvent | None = None
        self.moved = False
        self._context, self._phase = context, phase
        # CloudFormation stamps events in milliseconds.
        self._since = since.replace(microsecond=since.microsecond // 1000 * 1000) if since else None
        self._last_event_id = after_event_id

    def look(self) -> None:
        """Read what happened since the last look and tell of it. Raises AwsRefused."""
        events = newest_operation_events(
            self._context.aws, self.stack_id, self.region, after_event_id=self._last_event_id, since=self._since
        )
        for event in events:
            self._last_event_id, self.moved = event.event_id, True
            if self.first_failure is None and is_root_cause(event):
                self.first_failure = event
            self._tell(event)

    def root_cause(self) -> StackEvent | None:
        """Return the first failure, or what CloudFormation objected to before it touched anything; None when neither is known."""
        if self.first_failure is None:
            try:
                return next(iter(failed_validations(self._context.aws, self.stack_id, self.region)), None)
            except AwsRefused:
                # Told on the way to a failure: what cannot be read must not hide what is known.
                return None
        return self.first_failure

    def _tell(self, event: StackEvent) -> None:
        self._context.tell(
            ResourceMoved(
                at=event.at.isoformat(),
                phase=self._phase,
                stack_name=self.stack_name,
                region=self.region,
                logical_id=event.logical_id,
                resource_type=event.resource_type,
                status=event.status,
                reason=event.reason,
                physical_id=event.physical_id,
            )
        )


def is_root_cause(event: StackEvent) -> bool:
    """Return whether the event is a failure of its own: what CloudFormation cancelled in its wake is none, nor is the stack's."""
    return event.status.endswith("_FAILED") and not event.is_of_stack and "cancelled" not in event.reason.lower()
