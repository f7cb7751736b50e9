"""The one dashboard of both Regions, as the JSON text that `AWS::CloudWatch::Dashboard` takes.

Read from top to bottom it goes as a person does who was just woken: is a Region sick, which alarm rings, what do I type; do callers
get through; which part is it. Titles are questions, the Regions stand side by side, primary on the left.

Every metric names its Region, for a dashboard belongs to none [CloudWatch API Reference, "Dashboard Body Structure and Syntax"].
Names in `${...}` are for CloudFormation's Fn::Sub: the account, and what only the global stack knows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from deployer.params.model import Environment, RegionParameters
from deployer.rendering.regions import ROUTE53_METRICS_REGION
from deployer.vocabulary.names import PATTERNS, SECONDARY, name_of

Widget = dict[str, Any]
# Height in grid units, and the widgets that share the row's 24 columns equally.
Row = tuple[int, list[Widget]]

COLUMNS: Final = 24
STAGE: Final = "live"

_COMPOSITES: Final = ("region sick alarm", "peer lost alarm")
# Above it people are told: the line in the picture is the alarm's.
_SLOW_MILLISECONDS: Final = 500
_AUDIT_LATE_SECONDS: Final = 900


def dashboard_body(environment: Environment) -> str:
    """Return the dashboard as JSON, one widget a line, ready for Fn::Sub."""
    widgets = ",\n".join(json.dumps(widget, ensure_ascii=False) for widget in _placed(_rows(environment)))
    return '{"start": "-PT3H", "periodOverride": "inherit", "widgets": [\n' + widgets + "\n]}"


def alarm_kinds(environment: Environment, region: RegionParameters) -> tuple[str, ...]:
    """Return the kinds of alarm (keys of `PATTERNS`) that stand in a live Region, in the order of the names' list."""
    absent = set()
    if environment.table.consistency == "strong":
        absent.add("table replication alarm")
    if region.role != SECONDARY:
        absent |= {"standby traffic alarm", "failover latch errors alarm"}
    if environment.failover.fail_back == "automatic":
        absent.add("failover latch errors alarm")
    if region.name != ROUTE53_METRICS_REGION:
        absent |= {"primary check alarm", "secondary check alarm"}
    return tuple(kind for kind in PATTERNS if kind.endswith(" alarm") and kind not in absent)


def _rows(environment: Environment) -> Iterator[Row]:
    regions = sorted(environment.regions, key=lambda region: region.role)
    yield 2, [_alarms("Is a Region sick, or lost to the other?", environment, [(region, _COMPOSITES) for region in regions])]
    yield (
        4,
        [
            _alarms(f"Which alarm rings in {_where(region)}?", environment, [(region, alarm_kinds(environment, region))])
            for region in regions
        ],
    )
    yield 5, [_text(_what_to_type(environment))]
    for question in (_requests, _latency, _functions, _ledger):
        yield 6, [question(environment, region) for region in regions]
    yield 6, [_health_checks(), _canaries(environment, regions)]
    yield 6, [_audit_copies(environment, region) for region in regions]


def _placed(rows: Iterator[Row]) -> Iterator[Widget]:
    y = 0
    for height, widgets in rows:
        width = COLUMNS // len(widgets)
        for column, widget in enumerate(widgets):
            yield {"x": column * width, "y": y, "width": width, "height": height, **widget}
        y += height


def _requests(environment: Environment, region: RegionParameters) -> Widget:
    api = ["ApiName", _named(environment, region, "api"), "Stage", STAGE]
    return _graph(
        f"Do callers get through in {_where(region)}?",
        region.name,
        [
            ["AWS/ApiGateway", "Count", *api, {"label": "requests"}],
            ["AWS/ApiGateway", "4XXError", *api, {"label": "refused (4xx)"}],
            ["AWS/ApiGateway", "5XXError", *api, {"label": "failed (5xx)", "color": "#d62728"}],
            [f"Payments/{environment.suffix}", "RefusedRequests", {"label": "too many (429)"}],
        ],
    )


def _latency(environment: Environment, region: RegionParameters) -> Widget:
    api = ["ApiName", _named(environment, region, "api"), "Stage", STAGE]
    metrics = [["AWS/ApiGateway", "Latency", *api, {"stat": stat, "label": f"{stat} in ms"}] for stat in ("p50", "p99")]
    line = {"label": "told above 500 ms", "value": _SLOW_MILLISECONDS}
    return _graph(f"Is it fast enough in {_where(region)}?", region.name, metrics, annotations={"horizontal": [line]})


def _functions(environment: Environment, region: RegionParameters) -> Widget:
    kinds = ("payment", "health", "authorizer")
    return _graph(
        f"Do the functions work in {_where(region)}?",
        region.name,
        [
            [
                "AWS/Lambda",
                metric,
                "FunctionName",
                _named(environment, region, f"{kind} function"),
                {"stat": stat, "label": f"{kind} {label}"},
            ]
            for metric, stat, label in (
                ("Errors", "Sum", "failed"),
                ("Throttles", "Sum", "turned away"),
                ("ConcurrentExecutions", "Maximum", "at once"),
            )
            for kind in kinds
        ],
    )


def _ledger(environment: Environment, region: RegionParameters) -> Widget:
    table = ["TableName", name_of("table", suffix=environment.suffix)]
    operations = ("PutItem", "GetItem")
    metrics = [
        *(["AWS/DynamoDB", "SystemErrors", *table, "Operation", one, {"label": f"{one} failed"}] for one in operations),
        ["AWS/DynamoDB", "ReadThrottleEvents", *table, {"label": "reads turned away"}],
        ["AWS/DynamoDB", "WriteThrottleEvents", *table, {"label": "writes turned away"}],
        *(
            [
                "AWS/DynamoDB",
                "SuccessfulRequestLatency",
                *table,
                "Operation",
                one,
                {"stat": "p99", "label": f"{one} p99 in ms", "yAxis": "right"},
            ]
            for one in operations
        ),
    ]
    if environment.table.consistency == "eventual":
        peer = next(other.name for other in environment.regions if other.role != region.role)
        lag = {"stat": "Maximum", "label": f"lag to {peer} in ms", "yAxis": "right"}
        metrics.append(["AWS/DynamoDB", "ReplicationLatency", *table, "ReceivingRegion", peer, lag])
    return _graph(f"Does the ledger take payments in {_where(region)}?", region.name, metrics)


def _health_checks() -> Widget:
    checks = (("HealthCheckPrimary", "primary"), ("HealthCheckSecondary", "secondary"), ("HoldCheck", "not held in the secondary"))
    metrics = [
        ["AWS/Route53", "HealthCheckStatus", "HealthCheckId", f"${{{check}.HealthCheckId}}", {"stat": "Minimum", "label": label}]
        for check, label in checks
    ]
    return _graph("Whom does Route 53 call healthy (1) or not (0)?", ROUTE53_METRICS_REGION, metrics)


def _canaries(environment: Environment, regions: list[RegionParameters]) -> Widget:
    metrics = []
    for region in regions:
        peer = next(other for other in regions if other is not region)
        for kind, asked in (
            ("own canary", f"in {region.name}"),
            ("peer canary", f"in {peer.name}"),
            ("peer health canary", f"health of {peer.name}"),
        ):
            name = name_of(kind, suffix=environment.suffix, role=region.role)
            label = f"{asked}, seen from {region.name}"
            metrics.append(["CloudWatchSynthetics", "SuccessPercent", "CanaryName", name, {"region": region.name, "label": label}])
    return _graph("Can one really pay? (%)", environment.home_region, metrics, stat="Average")


def _audit_copies(environment: Environment, region: RegionParameters) -> Widget:
    peer = next(other for other in environment.regions if other.role != region.role)
    own, other = _named(environment, region, "audit bucket"), name_of("audit bucket", suffix=environment.suffix, role=peer.role)
    coming = ["SourceBucket", other, "DestinationBucket", own, "RuleId", "CopyToTheOtherRegion"]
    going = ["SourceBucket", own, "DestinationBucket", other, "RuleId", "CopyToTheOtherRegion"]
    return _graph(
        f"Do audit records reach {_where(region)}?",
        region.name,
        [
            ["AWS/S3", "ReplicationLatency", *coming, {"stat": "Maximum", "label": "seconds late"}],
            ["AWS/S3", "OperationsPendingReplication", *coming, {"stat": "Maximum", "label": "waiting", "yAxis": "right"}],
            ["AWS/S3", "OperationsFailedReplication", *going, {"label": f"failed to {peer.name}", "yAxis": "right"}],
        ],
        annotations={"horizontal": [{"label": "told above 15 minutes", "value": _AUDIT_LATE_SECONDS}]},
    )


def _what_to_type(environment: Environment) -> str:
    primary, secondary = environment.primary, environment.secondary
    logs = [
        f"`aws logs tail {place} --since 15m --region {region.name}`"
        for region in (primary, secondary)
        for place in (
            f"/aws/lambda/{_named(environment, region, 'payment function')}",
            f"/aws/apigateway/{_named(environment, region, 'api')}",
        )
    ]
    zone = environment.zone.name
    return "\n".join(
        (
            f"**Payments {environment.suffix}**: `api.{zone}` leads to {_where(primary)} while Route 53 calls it healthy"
            f" and traffic is not held, else to {_where(secondary)}.",
            "",
            "**What stands, and is it sound?** `deployer status PARAMS` with this environment's parameter file."
            " **Move traffic?** `deployer fail-over PARAMS` holds it in the secondary, `deployer fail-back PARAMS` lets it go."
            f" **Who answers?** `curl https://{primary.name}.api.{zone}/health` · `curl https://{secondary.name}.api.{zone}/health`",
            "",
            f"**What do they say?** {' · '.join(logs)}",
        )
    )


def _graph(title: str, region: str, metrics: list[list[Any]], *, stat: str = "Sum", annotations: dict[str, Any] | None = None) -> Widget:
    properties = {"title": title, "view": "timeSeries", "region": region, "stat": stat, "period": 60, "metrics": metrics}
    return {"type": "metric", "properties": properties | ({"annotations": annotations} if annotations else {})}


def _alarms(title: str, environment: Environment, wanted: list[tuple[RegionParameters, tuple[str, ...]]]) -> Widget:
    arns = [
        f"arn:${{AWS::Partition}}:cloudwatch:{region.name}:${{AWS::AccountId}}:alarm:{_named(environment, region, kind)}"
        for region, kinds in wanted
        for kind in kinds
    ]
    return {"type": "alarm", "properties": {"title": title, "alarms": arns}}


def _text(markdown: str) -> Widget:
    return {"type": "text", "properties": {"markdown": markdown}}


def _where(region: RegionParameters) -> str:
    return f"{region.name} ({region.role})"


def _named(environment: Environment, region: RegionParameters, kind: str) -> str:
    return name_of(kind, suffix=environment.suffix, role=region.role)
