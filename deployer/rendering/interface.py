"""The CloudFormation parameters of each template: declared once here, described by the parameter model's own fields.

Type, limits, description and label of a parameter come from the model's JSON schema, so the parameter file, the schema an
editor uses and the CloudFormation console never disagree. What another stack knows has a description of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from deployer.params.model import Environment
from deployer.rendering.rendered import TemplateKind
from deployer.vocabulary.names import ROLES

# Group names, in the order a person thinks of them.
IDENTITY: Final = "Identity"
REGIONS: Final = "Regions and names"
PAYMENTS: Final = "Payments"
FAILOVER: Final = "Health and failover"
RETENTION: Final = "Retention"
COST: Final = "Cost"
ROLLOUT: Final = "Roll-out"
GROUPS: Final = (IDENTITY, REGIONS, PAYMENTS, FAILOVER, RETENTION, COST, ROLLOUT)

ACTIVATION: Final = "Activation"
PREPARED: Final = "Prepared"
LIVE: Final = "Live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One parameter as a template declares it: `field` is its path in the parameter file, empty when another stack knows the value.

    `default` is what holds when nothing is given, None when something has to be.
    """

    name: str
    group: str
    field: str = ""
    description: str = ""
    allowed: tuple[str, ...] = ()
    default: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateParameter:
    """One parameter ready to be written: `constraints` are (CloudFormation keyword, value) pairs in their order of writing."""

    name: str
    group: str
    label: str
    description: str
    type: str
    constraints: tuple[tuple[str, Any], ...]


_COMMON: Final = (
    Declared(name="Owner", group=IDENTITY, field="tags.owner"),
    Declared(name="CostCentre", group=IDENTITY, field="tags.cost_centre"),
)
_ZONE: Final = Declared(name="ZoneName", group=REGIONS, field="zone.name")
_HOSTED_ZONE: Final = Declared(name="HostedZoneId", group=REGIONS, field="zone.hosted_zone_id")

_DECLARED: Final[dict[TemplateKind, tuple[Declared, ...]]] = {
    "bootstrap": (*_COMMON, Declared(name="HomeRegion", group=REGIONS, field="administration_region"), _ZONE),
    "regional": (
        *_COMMON,
        _ZONE,
        _HOSTED_ZONE,
        Declared(name="NotificationEmail", group=IDENTITY, field="notifications.email"),
        Declared(name="PaymentMemoryMegabytes", group=PAYMENTS, field="functions.payment.memory_megabytes"),
        Declared(name="PaymentTimeoutSeconds", group=PAYMENTS, field="functions.payment.timeout_seconds"),
        Declared(name="AuthorizerMemoryMegabytes", group=PAYMENTS, field="functions.authorizer.memory_megabytes"),
        Declared(name="AuthorizerTimeoutSeconds", group=PAYMENTS, field="functions.authorizer.timeout_seconds"),
        Declared(name="KeyCacheSeconds", group=PAYMENTS, field="secret.key_cache_seconds"),
        Declared(name="RequestsPerSecondMax", group=PAYMENTS, field="api.requests_per_second_max"),
        Declared(name="BurstRequestsMax", group=PAYMENTS, field="api.burst_requests_max"),
        Declared(name="HealthMemoryMegabytes", group=FAILOVER, field="functions.health.memory_megabytes"),
        Declared(name="HealthTimeoutSeconds", group=FAILOVER, field="functions.health.timeout_seconds"),
        *(
            Declared(
                name=f"HealthCheckId{role.capitalize()}",
                group=FAILOVER,
                default="",
                description=f"Route 53 health check of the {role} Region, from the global stack; empty until that stands."
                " Example: 1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d.",
            )
            for role in ROLES
        ),
        Declared(name="LogLevel", group=RETENTION, field="functions.log_level"),
        Declared(name="LogsDays", group=RETENTION, field="retention.logs_days"),
        Declared(name="AuditInfrequentAccessDays", group=RETENTION, field="retention.audit_infrequent_access_days"),
        Declared(name="AuditGlacierDays", group=RETENTION, field="retention.audit_glacier_days"),
        Declared(name="CanaryResultDays", group=RETENTION, field="canaries.result_days"),
        Declared(
            name=ACTIVATION,
            group=ROLLOUT,
            allowed=(PREPARED, LIVE),
            default=PREPARED,
            description="Prepared makes everything but what needs the other Region; Live adds two-way replication and canaries,"
            " and lets alarms send. Example: Live.",
        ),
    ),
    "global": (
        *_COMMON,
        _ZONE,
        _HOSTED_ZONE,
        Declared(
            name="HostedZoneNameServers",
            group=REGIONS,
            description="Name servers of the hosted zone, from the bootstrap stack. Example: ns-1.example.com, ns-2.example.com.",
        ),
        Declared(name="RecoveryDays", group=PAYMENTS, field="table.recovery_days"),
        Declared(name="RotationDays", group=PAYMENTS, field="secret.rotation_days"),
        Declared(name="DeletionProtection", group=PAYMENTS, field="table.deletion_protection"),
        Declared(
            name="PrimaryDomainTarget",
            group=FAILOVER,
            description="Regional domain name behind api.<zone> in the primary Region, from its regional stack."
            " Example: d-abc.execute-api.us-east-1.amazonaws.com.",
        ),
        Declared(
            name="SecondaryDomainTarget",
            group=FAILOVER,
            description="Regional domain name behind api.<zone> in the secondary Region, from its regional stack."
            " Example: d-abc.execute-api.us-east-2.amazonaws.com.",
        ),
        Declared(name="RequestIntervalSeconds", group=FAILOVER, field="failover.request_interval_seconds"),
        Declared(name="FailureThresholdCount", group=FAILOVER, field="failover.failure_threshold_count"),
        Declared(name="RecordTtlSeconds", group=FAILOVER, field="failover.record_ttl_seconds"),
        Declared(name="BackupDays", group=RETENTION, field="backup.retention_days"),
        Declared(name="NotificationEmail", group=IDENTITY, field="notifications.email"),
        Declared(name="MonthlyUsdMax", group=COST, field="budget.monthly_usd_max"),
    ),
}

# Only a system that makes its own hosted zone has a zone to name in bootstrap, and name servers to hand on.
_OWN_ZONE_ONLY: Final = {("bootstrap", "ZoneName"), ("global", "HostedZoneNameServers")}
_BACKED_UP_ONLY: Final = {("global", "BackupDays")}
_ROTATED_ONLY: Final = {("global", "RotationDays")}


def declared_parameters(kind: TemplateKind, environment: Environment) -> tuple[Declared, ...]:
    """Return what the template of this kind declares for this environment, in the order of thinking."""
    absent = set() if environment.zone.hosted_zone_id is None else _OWN_ZONE_ONLY
    absent = absent if environment.is_backed_up else absent | _BACKED_UP_ONLY
    absent = absent if environment.secret.rotation_days else absent | _ROTATED_ONLY
    present = [one for one in _DECLARED[kind] if (kind, one.name) not in absent]
    return tuple(sorted(present, key=lambda one: GROUPS.index(one.group)))


def template_parameters(kind: TemplateKind, environment: Environment) -> tuple[TemplateParameter, ...]:
    """Return the same parameters as they are written into the template, each with type, limits, label and description."""
    return tuple(_written(one, _schema()) for one in declared_parameters(kind, environment))


@cache
def _schema() -> dict[str, Any]:
    return Environment.model_json_schema()


def parameter_groups(parameters: tuple[TemplateParameter, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return (group, names of its parameters) in the order of thinking, groups without a parameter left out."""
    members = ((group, tuple(one.name for one in parameters if one.group == group)) for group in GROUPS)
    return tuple((group, names) for group, names in members if names)


def _written(declared: Declared, schema: dict[str, Any]) -> TemplateParameter:
    if not declared.field:
        constraints: list[tuple[str, Any]] = [("AllowedValues", list(declared.allowed))] if declared.allowed else []
        if declared.default is not None:
            constraints.insert(0, ("Default", declared.default))
        return TemplateParameter(
            name=declared.name,
            group=declared.group,
            label=_words(declared.name),
            description=declared.description,
            type="String",
            constraints=tuple(constraints),
        )
    path = declared.field.split(".")
    field, parents = _field(schema, path)
    description = field["description"]
    if len(path) > 2:
        # Functions share one model of their size: the parent says whose size it is.
        whose = parents[-1]["description"].split(". ")[0].rstrip(".")
        description = f"{whose}: {description[0].lower()}{description[1:]}"
    return TemplateParameter(
        name=declared.name,
        group=declared.group,
        label=" ".join(path[-2:]).replace("_", " ").capitalize(),
        description=description,
        type="Number" if field.get("type") == "integer" else "String",
        constraints=_constraints(field),
    )


def _field(schema: dict[str, Any], path: list[str]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Walk the JSON schema down `path`; return the field's own schema, references and `null` resolved, and those above it."""
    here, above = schema, []
    for step in path:
        above.append(here)
        here = here["properties"][step]
        if "$ref" in here:
            here = {**schema["$defs"][here["$ref"].rsplit("/", 1)[1]], **here}
        if "anyOf" in here:
            here = {**next(one for one in here["anyOf"] if one.get("type") != "null"), **here}
    return here, above


def _constraints(field: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    if field.get("type") == "boolean":
        return (("AllowedValues", ["true", "false"]),)
    if "enum" in field:
        return (("AllowedValues", field["enum"]),)
    keywords = (("minimum", "MinValue"), ("maximum", "MaxValue"), ("minLength", "MinLength"), ("maxLength", "MaxLength"))
    found: list[tuple[str, Any]] = [(ours, field[theirs]) for theirs, ours in keywords if theirs in field]
    if "pattern" in field:
        example = field["description"].rsplit("Example: ", 1)[-1].rstrip(".").strip("'")
        found += [("AllowedPattern", field["pattern"]), ("ConstraintDescription", f"It must have the form of {example}.")]
    return tuple(found)


def _words(name: str) -> str:
    """Return a parameter's name as words: `PrimaryDomainTarget` -> `Primary domain target`."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip().capitalize()
