"""What happened during a roll-out, a tear-down or a move of traffic: facts in the past tense, never sentences.

Who does the work emits them, reporting draws them; the two meet only here. In the JSON event log the `event` field is the
class name in snake case and every field below is a key. `phase` is one of `PHASES`; `step` is the step's title.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from re import sub
from typing import Any, Final

PHASES: Final = ("bootstrap", "artifacts", "record", "regional", "gate", "global", "activation", "undo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The common shape: `at` is the moment in ISO 8601, UTC."""

    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutStarted(Event):
    """A plan began to be performed; `steps_count` counts the steps that do something."""

    plan_id: str
    suffix: str
    intent: str
    steps_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted(Event):
    """One step began."""

    phase: str
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSkipped(Event):
    """One step had nothing to do."""

    phase: str
    step: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceMoved(Event):
    """CloudFormation reported a resource's status; `reason` is CloudFormation's own text or empty; a resource that a tear-down
    keeps has the status DELETE_SKIPPED. `physical_id` is its name or id in AWS, empty until it has one."""

    phase: str
    stack_name: str
    region: str
    logical_id: str
    resource_type: str
    status: str
    reason: str
    physical_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionSettled(Event):
    """A stack or stack instance reached a final state in one Region of `account_id`; `status` is AWS's own word."""

    phase: str
    stack_name: str
    region: str
    status: str
    took_seconds: float
    account_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSampled(Event):
    """A gate looked at one Region once: `check` is `health`, `payment`, `alarms` or `canary`, `detail` what was seen, in a few words."""

    phase: str
    region: str
    check: str
    is_good: bool
    detail: str
    took_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEnded(Event):
    """One step reached what the plan asked for."""

    phase: str
    step: str
    took_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFailed(Event):
    """One step did not; summary, detail and hint are those of the error that ends the roll-out."""

    phase: str
    step: str
    summary: str
    detail: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutInterrupted(Event):
    """A person pressed Ctrl-C, or SIGTERM came; `choice` is empty while that person is asked, then `go on`, `stop watching` or
    `stop operation`."""

    choice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoStarted(Event):
    """What a failed roll-out has moved began to be put back; `cause` is why it failed, `regions` go in this order."""

    plan_id: str
    cause: str
    regions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoEnded(Event):
    """The undo ended: `outcome` is `undone` or `failed`; `standing` says what stands, a line a Region and one for the global stack."""

    plan_id: str
    outcome: str
    standing: tuple[str, ...]
    took_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutEnded(Event):
    """The plan was performed or given up; `outcome` is `done`, `nothing_to_do`, `failed`, `undone`, or `interrupted`
    when a person or a signal ended the deployer and AWS goes on with what it has begun."""

    plan_id: str
    intent: str
    outcome: str
    took_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldChanged(Event):
    """The hold in the standby `region` was `set` or `cleared` (`action`); `set_at`, `set_by` and `reason` are that hold's own."""

    region: str
    action: str
    set_at: str
    set_by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NameAnswered(Event):
    """The zone's name servers began to lead `name` to these Regions, sorted and joined by commas, `after_seconds` into the move."""

    name: str
    regions: str
    after_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficMoved(Event):
    """Every name server leads `name` to `region`, and the standby tells the hold as it is; callers follow within the record's TTL."""

    name: str
    region: str
    took_seconds: float


Listener = Callable[[Event], None]


def event_name(event: Event) -> str:
    """Return the event's name in the JSON log: `RegionSettled` -> `region_settled`."""
    return sub(r"(?<!^)(?=[A-Z])", "_", type(event).__name__).lower()


def as_record(event: Event) -> dict[str, Any]:
    """Return the event as one JSON-ready record, its name first."""
    return {"event": event_name(event), **asdict(event)}
