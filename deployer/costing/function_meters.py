"""What functions and canaries use: calls, the time they take, what is kept warm, the metrics and traces they leave."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from deployer.costing.amount import BYTES_PER_GIGABYTE, DAYS_PER_MONTH, SECONDS_PER_MONTH, total
from deployer.costing.deployed import Resource
from deployer.costing.function_calls import Calls, batches, calls_of, function_named, milliseconds_of
from deployer.costing.load import DECIDED_BY, pays, runs_of
from deployer.costing.usage import Site, Usage, standing

_MEGABYTES_PER_GIGABYTE: Final = 1024.0
_CANARIES: Final = DECIDED_BY["canaries"]

# Metrics each function writes in its log, and the share of a month's hours in which it writes them: CloudWatch charges by the hour.
METRICS_WRITTEN: Final = {
    "PaymentFunction": (2, 1.0),
    "AuditFunction": (4, 1.0),
    "ReconciliationFunction": (8, 1 / 24),  # once a proof, and a proof a day
    "RotationFunction": (1, 1.0),
}


def function(resource: Resource, site: Site) -> Iterator[Usage]:
    """Calls and their time by what causes them; metrics and traces; what a call asks of Secrets Manager."""
    calls = calls_of(resource, site)
    second = f"lambda second {_architecture(resource)}"
    gigabytes = _gigabytes(resource)
    for one in calls:
        yield Usage(what=f"calls for {one.cause}", price="lambda request", amount=one.amount, decided_by=one.decided_by)
        seconds = one.amount * (milliseconds_of(resource, site) / 1000 * gigabytes)
        yield Usage(what=f"time for {one.cause}", price=second, amount=seconds, decided_by=one.decided_by)
    if resource.logical_id == "ReconciliationFunction" and calls:
        proved = site.load.all_payments * (site.assumed.months_stored_count * DAYS_PER_MONTH / 1_000_000)
        seconds = proved * (site.assumed.proof_seconds_per_million * gigabytes)
        yield Usage(what="time for a proof a day", price=second, amount=seconds)
    yield from _left_behind(resource, site, calls)
    yield from _secret_calls(resource, site, calls)


def alias(resource: Resource, site: Site) -> Iterator[Usage]:
    """Environments that are kept warm, by the second, whether or not anybody calls them."""
    warm = resource.properties.get("ProvisionedConcurrencyConfig", {}).get("ProvisionedConcurrentExecutions", 0)
    if warm:
        target = function_named(site.stack, resource.properties["FunctionName"])
        seconds = float(warm) * _gigabytes(target) * SECONDS_PER_MONTH
        parameter = f"functions.{target.logical_id.removesuffix('Function').lower()}.provisioned_concurrency_count"
        yield standing(f"{warm} environments kept warm", f"provisioned second {_architecture(target)}", seconds, parameter)


def canary(resource: Resource, site: Site) -> Iterator[Usage]:
    """Runs, their function's calls and time, the objects they leave, and the key that those that pay read."""
    runs, assumed = runs_of(resource), site.assumed
    gigabytes = float(resource.properties["RunConfig"]["MemoryInMB"]) / _MEGABYTES_PER_GIGABYTE
    yield standing("runs", "canary run", runs, _CANARIES)
    yield standing("calls of its function", "canary request", runs, _CANARIES)
    yield standing("time of its function", "canary second", runs * assumed.canary_run_seconds * gigabytes, _CANARIES)
    yield standing("objects left", "canary object", runs * assumed.canary_objects_per_run_count, _CANARIES)
    kept = runs * assumed.canary_run_kilobytes * 1024 / BYTES_PER_GIGABYTE
    months = float(resource.properties["SuccessRetentionPeriod"]) / DAYS_PER_MONTH
    yield standing("objects kept", "canary storage", kept * months, _CANARIES)
    if pays(resource):
        yield standing("reads of the key", "secret call", runs, _CANARIES)


def _left_behind(resource: Resource, site: Site, calls: tuple[Calls, ...]) -> Iterator[Usage]:
    """Yield metrics, and traces of what no API has traced already."""
    if not any(one.amount for one in calls):
        return
    if resource.logical_id in METRICS_WRITTEN:
        count, share = METRICS_WRITTEN[resource.logical_id]
        yield standing("metrics in its log", "metric", count * share)
    if resource.properties.get("TracingConfig", {}).get("Mode") == "Active":
        for one in calls:
            if not one.through_api:
                yield Usage(what=f"traces for {one.cause}", price="trace", amount=one.amount, decided_by=one.decided_by)


def _secret_calls(resource: Resource, site: Site, calls: tuple[Calls, ...]) -> Iterator[Usage]:
    """Yield what the two functions that look at the secret ask of Secrets Manager."""
    asked = total(one.amount for one in calls)
    if resource.logical_id == "AuthorizerFunction":
        # Canaries come minutes apart: each run finds what the function knew too old.
        minutes = batches(site, site.region)
        yield Usage(what="looks for keys", price="secret call", amount=minutes * site.assumed.secret_reads_per_look_count)
    if resource.logical_id == "HealthFunction" and asked:
        looks = 2 * SECONDS_PER_MONTH / 60 * site.assumed.health_environments_count
        yield standing("looks at the secret", "secret call", min(looks, asked.idle))


def _gigabytes(resource: Resource) -> float:
    return float(resource.properties.get("MemorySize", 128)) / _MEGABYTES_PER_GIGABYTE


def _architecture(resource: Resource) -> str:
    return str(resource.properties.get("Architectures", ["x86_64"])[0])
