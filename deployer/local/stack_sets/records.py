"""What the imitation remembers: stack sets, their instances and operations. Changed only under `shelves.LOCK`.

Words of state are AWS's own enums [B cloudformation]; an empty text stands for "not there (yet)".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from deployer.local.stack_sets.preferences import Preferences
from deployer.local.stack_sets.templates import Template

DEFAULT_ADMINISTRATION_ROLE: Final = "AWSCloudFormationStackSetAdministrationRole"
DEFAULT_EXECUTION_ROLE: Final = "AWSCloudFormationStackSetExecutionRole"
SELF_MANAGED: Final = "SELF_MANAGED"
SERVICE_MANAGED: Final = "SERVICE_MANAGED"
ENDED: Final = frozenset({"SUCCEEDED", "FAILED", "STOPPED"})

# (account id, Region): what tells the instances of one stack set apart.
Place = tuple[str, str]


def now() -> datetime:
    """Return the current moment in UTC."""
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class StackInstance:
    """One stack of a stack set in one account and Region. `overrides` maps parameter names to values.

    `organizational_unit_id` is the unit or root that the account is in, of a service-managed stack set.
    """

    account: str
    region: str
    organizational_unit_id: str = ""
    status: str = "OUTDATED"
    detailed_status: str = "PENDING"
    status_reason: str = ""
    stack_id: str = ""
    overrides: dict[str, str] = field(default_factory=dict)
    last_operation_id: str = ""
    drift_status: str = "NOT_CHECKED"
    drift_checked_at: datetime | None = None
    resource_drifts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        """Return where the instance is."""
        return self.account, self.region

    @property
    def inoperable(self) -> bool:
        """Tell whether updates must leave the instance alone (F4.11)."""
        return self.status == "INOPERABLE"


@dataclass(slots=True, kw_only=True)
class OperationResult:
    """How an operation went in one account and Region."""

    account: str
    region: str
    organizational_unit_id: str = ""
    status: str = "PENDING"
    status_reason: str = ""


@dataclass(slots=True, kw_only=True)
class DriftCount:
    """What a drift detection found, counted in instances. `status` is a StackSetDriftDetectionStatus, or empty."""

    status: str = ""
    total: int = 0
    drifted: int = 0
    in_sync: int = 0
    failed: int = 0
    checked_at: datetime | None = None

    @property
    def drift_status(self) -> str:
        """Return DRIFTED, IN_SYNC or NOT_CHECKED for the stack set as a whole."""
        if self.drifted:
            return "DRIFTED"
        return "IN_SYNC" if self.in_sync else "NOT_CHECKED"


@dataclass(slots=True, kw_only=True)
class Operation:
    """One operation of a stack set. The roles are those in force when it was asked for; `targets` its DeploymentTargets."""

    id: str
    action: str
    preferences: Preferences
    administration_role_arn: str
    execution_role_name: str
    retain_stacks: bool | None = None
    targets: Mapping[str, Any] = field(default_factory=dict)
    status: str = "RUNNING"
    status_reason: str = ""
    created_at: datetime = field(default_factory=now)
    ended_at: datetime | None = None
    results: dict[Place, OperationResult] = field(default_factory=dict)
    drift: DriftCount | None = None

    @property
    def failed_count(self) -> int:
        """Return in how many instances the operation failed (F4.10)."""
        return sum(result.status == "FAILED" for result in self.results.values())


@dataclass(slots=True, kw_only=True)
class StackSet:
    """One stack set. `parameters` holds given values only; a parameter left out takes its template's default.

    `unit_targets` are the (unit or root, Region) pairs that a service-managed one was deployed to.
    """

    name: str
    uuid: str
    account: str
    region: str
    template: Template
    parameters: dict[str, str]
    administration_role_arn: str
    execution_role_name: str
    custom_administration_role: bool
    permission_model: str = SELF_MANAGED
    unit_targets: set[tuple[str, str]] = field(default_factory=set)
    description: str = ""
    capabilities: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    managed_execution: bool = False
    request_token: str = ""
    request: Mapping[str, Any] = field(default_factory=dict)
    status: str = "ACTIVE"
    instances: dict[Place, StackInstance] = field(default_factory=dict)
    operations: dict[str, Operation] = field(default_factory=dict)
    drift: DriftCount = field(default_factory=DriftCount)

    @property
    def id(self) -> str:
        """Return the StackSetId, `name:uuid`."""
        return f"{self.name}:{self.uuid}"

    @property
    def arn(self) -> str:
        """Return the StackSetARN."""
        return f"arn:aws:cloudformation:{self.region}:{self.account}:stackset/{self.id}"

    @property
    def is_service_managed(self) -> bool:
        """Tell whether the organization's own service, and no role of the accounts, does the work."""
        return self.permission_model == SERVICE_MANAGED

    def unended(self) -> list[Operation]:
        """Return the operations that have not ended, oldest first."""
        return [operation for operation in self.operations.values() if operation.status not in ENDED]
