"""What watching uses: alarms by their metrics, metrics made of logs, dashboards, and logs by who writes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from deployer.costing.amount import BYTES_PER_GIGABYTE, DAYS_PER_MONTH, Amount
from deployer.costing.deployed import Resource
from deployer.costing.function_calls import calls_of, function_named
from deployer.costing.load import DECIDED_BY, runs_of
from deployer.costing.usage import Site, Usage, standing
from deployer.vocabulary.errors import DeployerError

# An alarm that looks more often than once a minute is a high-resolution one, and dearer.
_STANDARD_PERIOD_SECONDS: Final = 60

Written = tuple[str, Amount, str]  # who writes, bytes, the parameter it hangs on


def alarm(resource: Resource, site: Site) -> Iterator[Usage]:
    """An alarm is charged for each metric it looks at; one on an expression looks at all of the expression's."""
    metrics = [one["MetricStat"] for one in resource.properties.get("Metrics", ()) if "MetricStat" in one] or [resource.properties]
    quick = any(float(one.get("Period", _STANDARD_PERIOD_SECONDS)) < _STANDARD_PERIOD_SECONDS for one in metrics)
    yield standing("metrics looked at", "alarm metric quick" if quick else "alarm metric", len(metrics))


def composite_alarm(resource: Resource, site: Site) -> Iterator[Usage]:
    """Charged as one, whatever its rule names."""
    yield standing("composite alarm", "composite alarm", 1)


def dashboard(resource: Resource, site: Site) -> Iterator[Usage]:
    """Charged as one, whatever it shows."""
    yield standing("dashboard", "dashboard", 1)


def metric_filter(resource: Resource, site: Site) -> Iterator[Usage]:
    """A metric for each transformation, as long as its log is written: none is in a Region nobody asks."""
    if site.load.of(site.region):
        yield standing("metrics made of a log", "metric", len(resource.properties["MetricTransformations"]))


def log_group(resource: Resource, site: Site) -> Iterator[Usage]:
    """What is taken in, by who writes it, and what of it is kept for as many days as the group keeps it."""
    months = float(resource.properties["RetentionInDays"]) / DAYS_PER_MONTH
    for writer, written, decided_by in _written(resource, site):
        taken_in = written * (1 / BYTES_PER_GIGABYTE)
        yield Usage(what=f"lines of {writer}", price="log", amount=taken_in, decided_by=decided_by)
        kept = taken_in * (site.assumed.log_compressed_share * months)
        yield Usage(what=f"lines kept of {writer}", price="log storage", amount=kept, decided_by=decided_by)


def _written(resource: Resource, site: Site) -> Iterator[Written]:
    name, assumed = resource.logical_id, site.assumed
    owner = name.removesuffix("LogGroup")
    if name == "ApiAccessLogGroup":
        for one in site.load.of(site.region):
            yield f"requests of {one.cause}", one.amount * assumed.access_log_bytes, DECIDED_BY[one.cause]
    elif name == "FirewallLogGroup":
        return  # requests that were blocked, of which a quiet month has none
    elif name == "FlowLogGroup":
        yield "flows", Amount(assumed.flow_log_gigabytes * BYTES_PER_GIGABYTE), "network.flow_logs"
    elif owner.endswith("Canary"):
        for canary in site.stack.of_type("AWS::Synthetics::Canary"):
            if canary.logical_id == owner:
                yield "runs", Amount(runs_of(canary) * assumed.canary_log_bytes), DECIDED_BY["canaries"]
    elif name.endswith("FunctionLogGroup"):
        for calls in calls_of(function_named(site.stack, owner), site):
            yield f"calls for {calls.cause}", calls.amount * assumed.function_log_bytes, calls.decided_by
    else:
        hint = "Say it in deployer/costing/watch_meters.py."
        raise DeployerError(f"Nobody can say what is written to {name}, so it has no price", hint=hint)
