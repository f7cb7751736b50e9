"""A roll-out or a tear-down as data: ordered steps, each at the level a person talks about.

The runner gets a plan and nothing else. A step whose `action` is `none` is in the plan so that a person sees it was looked at;
the runner skips it. `operation_id` is the StackSet operation's idempotency token (fact 4.8), derived from the plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from deployer.planning.gates import Gate
from deployer.planning.restore_point import RestorePoint
from deployer.planning.spares import SpareRollout
from deployer.vocabulary.values import StackParameter

Action = Literal["create", "update", "none", "delete", "check"]
Intent = Literal["roll-out", "tear-down"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceChange:
    """One resource's line in the preview, from comparing template bodies: Add, Modify or Remove; `paths` are the property
    paths that differ (`Properties.Code.S3Key`), sorted."""

    action: Literal["Add", "Modify", "Remove"]
    logical_id: str
    resource_type: str
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How long one operation may take and how often it is looked at, in seconds."""

    operation_seconds_max: float
    poll_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StackApply:
    """Create or update one stack: a Region's bootstrap or the global stack."""

    phase: str
    action: Action
    stack_name: str
    region: str
    template_digest: str
    parameters: tuple[StackParameter, ...]
    tags: tuple[tuple[str, str], ...]
    changes: tuple[ResourceChange, ...]
    reason: str

    @property
    def title(self) -> str:
        """What a person calls this step."""
        return f"{self.stack_name} in {self.region}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactUpload:
    """Put one package into one Region's artifact bucket, checked by its SHA-256."""

    phase: str
    action: Action
    region: str
    bucket: str
    key: str
    path: str
    digest: str
    reason: str

    @property
    def title(self) -> str:
        """What a person calls this step."""
        return f"{self.key} to {self.region}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSetRollout:
    """One wave: bring the regional StackSet to its definition and the instances of `accounts` in `regions` to it, in `regions`' order.

    `wave` says which of how many (`1 of 2`); `earlier_regions` had their turn in an earlier one; `new_regions` have no instance yet.
    The definition moves with the first wave that has work, and instances of later waves are OUTDATED until their own (F4.7).
    `parameters` are the StackSet's own.
    """

    phase: str
    action: Action
    stack_set_name: str
    region: str
    accounts: tuple[str, ...]
    wave: str
    regions: tuple[str, ...]
    earlier_regions: tuple[str, ...]
    new_regions: tuple[str, ...]
    template_digest: str
    parameters: tuple[StackParameter, ...]
    tags: tuple[tuple[str, str], ...]
    administration_role_arn: str
    execution_role_name: str
    operation_id: str
    changes: tuple[ResourceChange, ...]
    reason: str

    @property
    def title(self) -> str:
        """What a person calls this step."""
        return f"{self.stack_set_name} to {', '.join(self.regions)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutOpening:
    """Write down, before anything moves, who rolls out what and what stands: lock, restore point and journal in one object.

    `before` is what an undo goes back to, None when there is nothing whole to go back to. `content_digest` tells one roll-out's content
    from another's, whatever stands.
    """

    phase: str
    action: Action
    region: str
    bucket: str
    content_digest: str
    before: RestorePoint | None
    reason: str

    @property
    def title(self) -> str:
        """What a person calls this step."""
        return "open the record and keep what stands"


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutClosing:
    """Take the roll-out's record away: from now on there is nothing to undo and nobody to wait for."""

    phase: str
    action: Action
    region: str
    bucket: str
    reason: str

    @property
    def title(self) -> str:
        """What a person calls this step."""
        return "close the record"


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketEmptying:
    """Delete every version of every object in a bucket; only in a tear-down a person has consented to."""

    phase: str
    action: Action
    region: str
    bucket: str
    objects_count: int
    reason: str

    @property
    def title(self) -> str:
        """What a person calls this step."""
        return f"empty {self.bucket} in {self.region}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptResource:
    """A resource that stays when its stack goes, for its template says so."""

    region: str
    logical_id: str
    resource_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSetRemoval:
    """Delete the StackSet's instances in `regions`' order, then the StackSet; `keeps` is what stays of them."""

    phase: str
    action: Action
    stack_set_name: str
    region: str
    account_id: str
    regions: tuple[str, ...]
    operation_id: str
    reason: str
    keeps: tuple[KeptResource, ...] = ()

    @property
    def title(self) -> str:
        """What a person calls this step."""
        return f"remove {self.stack_set_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StackRemoval:
    """Delete one stack and wait until it is gone; `keeps` is what stays of it."""

    phase: str
    action: Action
    stack_name: str
    region: str
    reason: str
    keeps: tuple[KeptResource, ...] = ()

    @property
    def title(self) -> str:
        """What a person calls this step."""
        return f"remove {self.stack_name} in {self.region}"


Step = (
    StackApply
    | ArtifactUpload
    | RolloutOpening
    | StackSetRollout
    | SpareRollout
    | Gate
    | RolloutClosing
    | BucketEmptying
    | StackSetRemoval
    | StackRemoval
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocker:
    """Something that keeps the plan from being performed, and the way out in words; `is_busy` when waiting is the way out,
    for an operation is under way."""

    summary: str
    hint: str
    is_busy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutPlan:
    """Everything the runner needs. `plan_id` is the SHA-256 of the plan's other fields; `templates` maps digest to body."""

    plan_id: str
    intent: Intent
    suffix: str
    account_id: str
    home_region: str
    steps: tuple[Step, ...]
    blockers: tuple[Blocker, ...]
    templates: tuple[tuple[str, str], ...]
    bounds: Bounds

    @property
    def steps_to_do(self) -> tuple[Step, ...]:
        """The steps that change something."""
        return tuple(step for step in self.steps if step.action != "none")

    def template(self, digest: str) -> str:
        """Return the body with this digest; raises KeyError for one the plan does not carry."""
        return dict(self.templates)[digest]
