"""A whole AWS made by hand: stacks in each Region, one administration Region's StackSets, buckets, one account.

`FakeAws.aws()` is the deployer's own `Aws` over it, so that everything from `deployer/aws` upwards is the real thing.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any

from deployer.aws.session import Aws, AwsAccess
from tests.support.rollout.clock import FakeClock
from tests.support.rollout.fake_buckets import FakeBuckets
from tests.support.rollout.fake_canaries import FakeCanaries
from tests.support.rollout.fake_event_sources import FakeEventSources
from tests.support.rollout.fake_stack_sets import FakeStackSets
from tests.support.rollout.fake_stacks import FakeStacks
from tests.support.rollout.fake_watch import FakeAlarms, FakeSecrets
from tests.support.rollout.wire import Pages

_PAGED = {
    "describe_stack_events": ("StackEvents",),
    "describe_events": ("OperationEvents",),
    "list_stack_instances": ("Summaries",),
    "list_stack_resources": ("StackResourceSummaries",),
    "list_stack_set_operation_results": ("Summaries",),
    "list_object_versions": ("Versions", "DeleteMarkers"),
}
_READING = ("describe_", "list_", "get_", "head_")
ACCOUNT_ID = "111122223333"


class FakeAws:
    """The world behind the calls. `calls` records (service, region, method) in order; `refusals` maps a method to its error."""

    def __init__(self, clock: FakeClock | None = None) -> None:
        """Begin empty."""
        self.clock = clock or FakeClock()
        self.calls: list[tuple[str, str, str]] = []
        self.refusals: dict[str, Exception] = {}
        self.account_id = ACCOUNT_ID
        self._stacks: dict[str, FakeStacks] = {}
        self._buckets: dict[str, FakeBuckets] = {}
        self._canaries: dict[str, FakeCanaries] = {}
        self._event_sources: dict[str, FakeEventSources] = {}
        self._alarms: dict[str, FakeAlarms] = {}
        self._secrets: dict[str, FakeSecrets] = {}
        self.stack_sets = FakeStackSets(self.clock, self.stacks)
        self._lock = Lock()

    def aws(self) -> Aws:
        """Return the deployer's way to this AWS."""
        return Aws(AwsAccess(), make_client=lambda service, region: _FakeClient(self, service, region))

    def stacks(self, region: str) -> FakeStacks:
        """Return the stacks of a Region."""
        return self._stacks.setdefault(region, FakeStacks(region, self.clock))

    def buckets(self, region: str) -> FakeBuckets:
        """Return the buckets of a Region."""
        return self._buckets.setdefault(region, FakeBuckets())

    def canaries(self, region: str) -> FakeCanaries:
        """Return the canaries of a Region."""
        return self._canaries.setdefault(region, FakeCanaries())

    def event_sources(self, region: str) -> FakeEventSources:
        """Return the event source mappings of a Region."""
        return self._event_sources.setdefault(region, FakeEventSources())

    def alarms(self, region: str) -> FakeAlarms:
        """Return the alarms of a Region."""
        return self._alarms.setdefault(region, FakeAlarms())

    def secrets(self, region: str) -> FakeSecrets:
        """Return the secrets of a Region."""
        return self._secrets.setdefault(region, FakeSecrets())

    @property
    def changes(self) -> list[tuple[str, str]]:
        """The (region, method) of every call that changes something."""
        return [(region, method) for _, region, method in self.calls if not method.startswith(_READING)]

    def called(self, service: str, region: str, method: str) -> Callable[..., Any]:
        """Return what answers `method`, or raise its refusal; the call is recorded."""
        rooms = {
            "cloudformation": (self.stack_sets, self.stacks(region)),
            "s3": (self.buckets(region),),
            "synthetics": (self.canaries(region),),
            "lambda": (self.event_sources(region),),
            "cloudwatch": (self.alarms(region),),
            "secretsmanager": (self.secrets(region),),
            "sts": (self,),
        }[service]
        answer = next(getattr(room, method) for room in rooms if hasattr(room, method))

        def call(**arguments: Any) -> Any:
            with self._lock:
                self.calls.append((service, region, method))
                if method in self.refusals:
                    raise self.refusals[method]
                return answer(**arguments)

        return call

    def get_caller_identity(self) -> dict[str, str]:
        """Tell the account and the user."""
        return {"Account": self.account_id, "Arn": f"arn:aws:iam::{self.account_id}:user/tester"}


class _FakeClient:
    def __init__(self, world: FakeAws, service: str, region: str) -> None:
        self._world, self._service, self._region = world, service, region

    def get_paginator(self, method: str) -> Pages:
        return Pages(self._world.called(self._service, self._region, method), _PAGED[method], size=1000 if "object" in method else 2)

    def __getattr__(self, method: str) -> Callable[..., Any]:
        return self._world.called(self._service, self._region, method)
