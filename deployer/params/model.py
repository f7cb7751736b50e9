"""One environment, as a person describes it in a parameter file.

Every field's description says meaning, unit and example; the same sentence is the JSON schema's help in an editor, the
README's parameter table and the label and description a person reads in the CloudFormation console. Fields checked one by one
are checked here; rules across fields are in `rules.py`.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from deployer.params.delivery import CiParameters, RolloutParameters
from deployer.params.operations import BackupParameters, BudgetParameters, CanaryParameters
from deployer.params.part import Part, RegionName
from deployer.params.payments import PaymentsParameters, SecretParameters
from deployer.params.protection import AuditParameters, SecurityParameters, WafParameters
from deployer.params.spares import SparesParameters
from deployer.vocabulary.names import PRIMARY, SECONDARY


class RegionParameters(Part):
    """One Region of the pair."""

    name: RegionName = Field(description="AWS Region this half of the system runs in. Example: us-east-1.")
    role: Literal["primary", "secondary"] = Field(
        description="Which half of the failover pair this Region is; each role is given once. Example: primary."
    )
    vpc_cidr: str = Field(description="IPv4 block of this Region's VPC, /16 to /24; the two may not overlap. Example: 10.0.0.0/16.")


class ZoneParameters(Part):
    """The public name payments are sent to."""

    name: str = Field(
        pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$",
        max_length=200,
        description="DNS zone of the API: api.<zone> fails over, <region>.api.<zone> names one Region. Example: pay.example.com.",
    )
    hosted_zone_id: str | None = Field(
        default=None,
        pattern=r"^Z[A-Z0-9]{1,31}$",
        description="Existing Route 53 hosted zone of that name; without it the bootstrap stack makes one. Example: Z0123456789ABC.",
    )


class NotificationParameters(Part):
    """Who hears of alarms."""

    email: str = Field(
        pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
        description="Address that alarm topics in both Regions send to. Example: payments-oncall@example.com.",
    )


class TableParameters(Part):
    """The ledger of payments, a DynamoDB global table."""

    consistency: Literal["strong", "eventual"] = Field(
        default="strong",
        description="Multi-Region consistency, fixed at creation: strong loses nothing, eventual may lose about a second. Example: strong.",
    )
    recovery_days: int = Field(default=35, ge=1, le=35, description="Days of point-in-time recovery kept on every replica. Example: 35.")
    deletion_protection: bool = Field(default=True, description="Whether DynamoDB refuses to delete the table. Example: true.")


class NetworkParameters(Part):
    """The isolated network the payment functions run in."""

    zones_per_vpc_count: int = Field(default=2, ge=2, le=3, description="Availability Zones with a private subnet in each VPC. Example: 2.")
    interface_endpoints: tuple[Literal["secretsmanager", "logs", "ssm", "monitoring", "kms"], ...] = Field(
        default=("secretsmanager", "ssm"),
        description="AWS services reached by an interface endpoint, paid by zone and hour; Lambda ships logs itself. "
        "Example: [secretsmanager, ssm].",
    )
    flow_logs: bool = Field(
        default=False, description="Whether every connection in the VPC is logged, paid by the gigabyte. Example: false."
    )


def _memory(megabytes: int) -> Any:
    return Field(default=megabytes, ge=128, le=10240, description="Memory of the function in MB. Example: 256.")


def _timeout(seconds: int) -> Any:
    return Field(default=seconds, ge=1, le=29, description="Longest run of the function in seconds. Example: 10.")


class FunctionParameters(Part):
    """How a Lambda function is sized."""

    memory_megabytes: int = _memory(128)
    timeout_seconds: int = _timeout(3)
    provisioned_concurrency_count: int = Field(
        default=0, ge=0, le=1000, description="Environments kept warm for the live version, paid by the hour; 0 keeps none. Example: 2."
    )
    reserved_concurrency_count: int | None = Field(
        default=None,
        ge=1,
        le=1000,
        description="Share of the account's concurrency in a Region that is this function's alone, and its limit. Example: 100.",
    )


class PaymentFunctionParameters(FunctionParameters):
    """The function that takes payments."""

    memory_megabytes: int = _memory(256)
    timeout_seconds: int = _timeout(10)


class HealthFunctionParameters(FunctionParameters):
    """The function that answers health checks."""

    timeout_seconds: int = _timeout(1)


class FunctionsParameters(Part):
    """The functions behind the API."""

    payment: PaymentFunctionParameters = Field(
        default=PaymentFunctionParameters(),
        description="Size of the function that takes payments. Example: {memory_megabytes: 256, timeout_seconds: 10}.",
    )
    health: HealthFunctionParameters = Field(
        default=HealthFunctionParameters(),
        description="Size of the function that answers health checks. Example: {memory_megabytes: 128, timeout_seconds: 1}.",
    )
    authorizer: FunctionParameters = Field(
        default=FunctionParameters(),
        description="Size of the function that checks API keys. Example: {memory_megabytes: 128, timeout_seconds: 3}.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="Least severe level the functions log. Example: INFO."
    )


class ApiParameters(Part):
    """Limits of the REST API."""

    requests_per_second_max: int = Field(
        default=1000, ge=1, le=10000, description="Steady requests a second the stage lets through. Example: 1000."
    )
    burst_requests_max: int = Field(default=500, ge=1, le=5000, description="Requests the stage lets through at once. Example: 500.")


class FailoverParameters(Part):
    """How fast traffic leaves a sick primary Region; `check` does the arithmetic."""

    request_interval_seconds: Literal[10, 30] = Field(
        default=10, description="Seconds between two probes of one health checker: 10 or 30. Example: 10."
    )
    failure_threshold_count: int = Field(
        default=2, ge=1, le=10, description="Failed probes in a row that make a checker call the endpoint unhealthy. Example: 2."
    )
    record_ttl_seconds: int = Field(default=10, ge=1, le=300, description="TTL of the failover records in seconds. Example: 10.")
    recovery_seconds_max: int = Field(
        default=60, ge=1, le=600, description="Longest time to recovery that is acceptable, worst case, in seconds. Example: 60."
    )
    fail_back: Literal["latched", "automatic"] = Field(
        default="latched",
        description="Whether traffic returns by an operator's fail-back (latched) or by itself (automatic). Example: latched.",
    )


class RetentionParameters(Part):
    """How long things are kept, and what a tear-down may take."""

    logs_days: Literal[1, 3, 5, 7, 14, 30, 60, 90, 180, 365] = Field(
        default=7, description="Days that log groups keep entries. Example: 7."
    )
    audit_infrequent_access_days: int = Field(
        default=30, ge=30, le=3650, description="Age in days at which audit records move to infrequent access. Example: 30."
    )
    audit_glacier_days: int = Field(
        default=90, ge=60, le=3650, description="Age in days at which audit records move to Glacier. Example: 90."
    )
    on_tear_down: Literal["retain", "delete"] = Field(
        default="retain",
        description="What a tear-down does with the ledger, the audit log and the secret. Example: retain.",
    )


class TagParameters(Part):
    """Cost allocation."""

    owner: str = Field(min_length=1, max_length=128, description="Team that answers for the stacks. Example: payments-platform.")
    cost_centre: str = Field(min_length=1, max_length=128, description="Where the cost is booked. Example: cc-4711.")


class Environment(Part):
    """One whole system: two Regions, one table, one name."""

    target: Literal["local", "aws"] = Field(
        description="Where it runs: local is the embedded AWS here, aws is the account of the ambient credentials. Example: local."
    )
    suffix: str = Field(
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
        description="Environment suffix that ends every physical name, lower-case letters, digits and single hyphens. Example: staging.",
    )
    account_id: str | None = Field(
        default=None,
        pattern=r"^[0-9]{12}$",
        description="The only AWS account this file may be rolled out to; without it any. Example: '111122223333'.",
    )
    regions: tuple[RegionParameters, ...] = Field(
        min_length=2, max_length=2, description="The failover pair: one primary and one secondary Region."
    )
    witness_region: RegionName = Field(
        default="us-west-2", description="Third Region that makes a strongly consistent table's quorum. Example: us-west-2."
    )
    administration_region: RegionName | None = Field(
        default=None,
        description="Region that holds the StackSet and the global stack; the secondary unless given. Example: us-east-2.",
    )
    spares: SparesParameters = Field(default=SparesParameters(), description="What stands ready beyond the pair.")
    zone: ZoneParameters = Field(description="The public name payments are sent to.")
    notifications: NotificationParameters = Field(description="Who hears of alarms.")
    table: TableParameters = Field(default=TableParameters(), description="The ledger of payments.")
    payments: PaymentsParameters = Field(default=PaymentsParameters(), description="On which terms payments are taken.")
    secret: SecretParameters = Field(default=SecretParameters(), description="The API key that callers send.")
    network: NetworkParameters = Field(default=NetworkParameters(), description="The isolated network of the functions.")
    functions: FunctionsParameters = Field(default=FunctionsParameters(), description="The functions behind the API.")
    api: ApiParameters = Field(default=ApiParameters(), description="Limits of the REST API.")
    waf: WafParameters = Field(default=WafParameters(), description="The firewall before the REST API.")
    audit: AuditParameters = Field(default=AuditParameters(), description="How the audit log is kept.")
    security: SecurityParameters = Field(default=SecurityParameters(), description="What the account's own rules ask of the stacks.")
    failover: FailoverParameters = Field(default=FailoverParameters(), description="How fast traffic leaves a sick Region.")
    retention: RetentionParameters = Field(default=RetentionParameters(), description="How long things are kept.")
    canaries: CanaryParameters = Field(default=CanaryParameters(), description="What pays in both Regions to see whether one can.")
    backup: BackupParameters = Field(default=BackupParameters(), description="Backups of the ledger.")
    budget: BudgetParameters = Field(default=BudgetParameters(), description="What the environment may cost.")
    tags: TagParameters = Field(description="Cost allocation.")
    rollout: RolloutParameters = Field(default=RolloutParameters(), description="Bounds of a roll-out and of its gates.")
    ci: CiParameters = Field(default=CiParameters(), description="Who rolls out without a person's keys.")

    @property
    def primary(self) -> RegionParameters:
        """The Region that serves while all is well."""
        return next(region for region in self.regions if region.role == PRIMARY)

    @property
    def secondary(self) -> RegionParameters:
        """The standby Region, and by default the one everything is steered from (decision 3)."""
        return next(region for region in self.regions if region.role == SECONDARY)

    @property
    def home_region(self) -> str:
        """The Region that holds the StackSet and the global stack."""
        return self.administration_region or self.secondary.name

    @property
    def rollout_order(self) -> tuple[str, ...]:
        """Region names in the order a change reaches them: secondary first (decision 2)."""
        return (self.secondary.name, self.primary.name)

    @property
    def all_regions(self) -> tuple[str, ...]:
        """Region names of the pair in that order, then those of spares."""
        return (*self.rollout_order, *self.spares.region_names)

    @property
    def is_backed_up(self) -> bool:
        """Whether the ledger is backed up: as the file says, or on AWS only."""
        return self.target == "aws" if self.backup.enabled is None else self.backup.enabled
