"""What stands in AWS before a roll-out: facts only, taken by `take_survey` and never changed.

The planner sees AWS through this module alone. Nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from deployer.planning.restore_point import RestorePoint


@dataclass(frozen=True, slots=True, kw_only=True)
class StackFacts:
    """One existing stack. `parameters` and `outputs` are sorted (name, value) pairs; `template_body` is as it was sent.

    `token` is the ClientRequestToken of the operation that is at work on it, "" when none is or AWS does not tell. `moved_at` is when it
    was last changed.
    """

    name: str
    region: str
    stack_id: str
    status: str
    status_reason: str
    template_body: str
    parameters: tuple[tuple[str, str], ...]
    tags: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, str], ...]
    termination_protection: bool
    token: str = ""
    moved_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StackInstanceFacts:
    """One StackSet instance. `status` is CURRENT, OUTDATED or INOPERABLE; `detailed_status` as AWS spells it.

    `stack` is the instance's own stack as its Region tells it, None when it is gone. `overrides` are this instance's
    parameter overrides, sorted. `drift_status` is the StackSet's own word (DRIFTED, IN_SYNC, UNKNOWN, NOT_CHECKED): all that is to be
    had of another account's stack.
    """

    account_id: str
    region: str
    status: str
    detailed_status: str
    status_reason: str
    overrides: tuple[tuple[str, str], ...]
    stack: StackFacts | None
    drift_status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationFacts:
    """One StackSet operation: its id, CREATE/UPDATE/DELETE/DETECT_DRIFT and RUNNING/SUCCEEDED/FAILED/STOPPING/STOPPED/QUEUED."""

    operation_id: str
    action: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSetFacts:
    """The StackSet's own definition, its instances and its newest operation."""

    name: str
    region: str
    stack_set_id: str
    template_body: str
    parameters: tuple[tuple[str, str], ...]
    tags: tuple[tuple[str, str], ...]
    administration_role_arn: str
    execution_role_name: str
    instances: tuple[StackInstanceFacts, ...]
    last_operation: OperationFacts | None

    def in_account(self, account_id: str, regions: Iterable[str]) -> dict[str, StackInstanceFacts]:
        """Return the instances of this account in these Regions, by Region: the pair, without spares."""
        wanted = set(regions)
        return {one.region: one for one in self.instances if one.account_id == account_id and one.region in wanted}


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketFacts:
    """A bucket a tear-down has to empty first: objects counts every version and delete marker."""

    name: str
    region: str
    objects_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRollout:
    """A roll-out that began and has not ended, as its record tells.

    `holder` is who rolls out, in words; not `is_held` when that one gave it up. `before` is its restore point, with the bodies it
    names in `templates` as (digest, body); `undoing` is the summary of the failure that is being undone, "" while it goes forward.
    """

    content_digest: str
    holder: str
    is_held: bool
    began_at: str
    before: RestorePoint | None
    templates: tuple[tuple[str, str], ...]
    undoing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Everything the planner may know of AWS.

    `bootstrap` has one entry per Region in which the bootstrap stack exists; `artifacts` the (region, key) pairs of packages that
    already lie in that Region's artifact bucket; `lost_packages` those that the StackSet's template names and that do not lie there
    (any more); `buckets` only those of this system that exist; `spare_accounts` are those that the parameter file asks spares in.
    """

    account_id: str
    bootstrap: tuple[StackFacts, ...]
    stack_set: StackSetFacts | None
    global_: StackFacts | None
    artifacts: frozenset[tuple[str, str]]
    buckets: tuple[BucketFacts, ...]
    lost_packages: tuple[tuple[str, str], ...] = ()
    open_rollout: OpenRollout | None = None
    spare_accounts: tuple[str, ...] = ()
