"""Every AWS call of a run, by a name that comes again when the run is repeated, and the two moments at which it can be disturbed.

A call is known by service, operation, Region and how many of that kind came before it, not by its number in the run: calls side by
side change places, and how often a running operation is looked at depends on the machine.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.model import OperationModel

from deployer.aws.session import Aws, AwsAccess

_READING: Final = ("Get", "List", "Describe", "Head")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Call:
    """One call of a run; `occurrence` counts calls of this kind from 1."""

    service: str
    operation: str
    region: str
    occurrence: int

    @property
    def is_reading(self) -> bool:
        """Whether the operation's name says that it changes nothing."""
        return self.operation.startswith(_READING)

    def __str__(self) -> str:
        return f"{self.service} {self.operation} in {self.region}, number {self.occurrence}"


# What is done before a request of the call is sent (each attempt): nothing, an answer in AWS's place, or an exception.
BeforeSending = Callable[[Call, OperationModel, AWSPreparedRequest], AWSResponse | None]
AfterAnswer = Callable[[Call], None]


def send(call: Call, model: OperationModel, request: AWSPreparedRequest) -> None:
    """Disturb nothing before a request is sent."""


def listen(call: Call) -> None:
    """Disturb nothing after an answer has come."""


@dataclass
class Calls:
    """Counts the calls of one run and lets it be disturbed; `seen` are they in the order in which they began."""

    before_sending: BeforeSending = send
    after_answer: AfterAnswer = listen
    seen: list[Call] = field(default_factory=list)
    _counted: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    _heard: set[tuple[str, str]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _current: threading.local = field(default_factory=threading.local)

    def through(self, aws: Aws) -> Aws:
        """Return AWS as `aws` reaches it, by the same clients, each call of which is counted here."""

        def client(service: str, region: str) -> Any:
            made = aws.client(service, region)  # type: ignore[call-overload]
            if (service, region) in self._heard:
                return made
            self._heard.add((service, region))
            events = made.meta.events
            events.register("before-call.*.*", self._counting(service, region))
            events.register("before-send.*.*", self._sending)
            events.register("after-call.*.*", self._answered)
            return made

        return Aws(AwsAccess(), make_client=client)

    def _counting(self, service: str, region: str) -> Callable[..., None]:
        def count(model: OperationModel, **_: Any) -> None:
            kind = (service, model.name, region)
            with self._lock:
                self._counted[kind] += 1
                call = Call(service=service, operation=model.name, region=region, occurrence=self._counted[kind])
                self.seen.append(call)
            # All of one call happens in one thread, its further attempts too.
            self._current.call, self._current.model = call, model

        return count

    def _sending(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:
        return self.before_sending(self._current.call, self._current.model, request)

    def _answered(self, **_: Any) -> None:
        self.after_answer(self._current.call)
