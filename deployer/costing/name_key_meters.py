"""What names, checks, endpoints, keys and secrets use: nearly all of it by the month, whoever comes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from deployer.costing.amount import HOURS_PER_MONTH, Amount
from deployer.costing.deployed import Resource, words
from deployer.costing.usage import Site, Usage, standing

_INTERVAL: Final = "failover.request_interval_seconds"
_QUICK_SECONDS: Final = 10
_GLOBAL: Final = "global"
# The two customer-managed keys that a parameter decides on; the topics' is always there.
_KEYS: Final = {"BackupKey": "backup.enabled", "AuditKey": "audit.encryption"}


def vpc_endpoint(resource: Resource, site: Site) -> Iterator[Usage]:
    """An interface endpoint is paid by the hour in each zone; a gateway endpoint costs nothing (F9.1)."""
    if resource.properties["VpcEndpointType"] == "Interface":
        zones = len(resource.properties["SubnetIds"])
        service = words(resource.properties["ServiceName"]).rpartition(".")[2]
        yield standing(f"{service} in {zones} zones", "endpoint hour", zones * HOURS_PER_MONTH, "network.interface_endpoints")


def hosted_zone(resource: Resource, site: Site) -> Iterator[Usage]:
    """A zone of our own; one that is given by its id is on somebody else's bill."""
    yield standing("zone", "hosted zone", 1, region=_GLOBAL)


def record_set(resource: Resource, site: Site) -> Iterator[Usage]:
    """Queries for the shared name, charged where it answers; those for an alias of an AWS resource are free (F2.9)."""
    if resource.properties.get("Failover") == "PRIMARY":
        asked = Amount(per_million=1_000_000 * site.assumed.queries_per_payment_count)
        yield Usage(what="queries", price="dns query", amount=asked, region=_GLOBAL)


def health_check(resource: Resource, site: Site) -> Iterator[Usage]:
    """A check of what runs on AWS, one made of others too, and each option of it: HTTPS, a quick interval, a string, latency."""
    config = resource.properties["HealthCheckConfig"]
    kind = str(config["Type"])
    yield standing("check", "health check", 1, region=_GLOBAL)
    if kind.startswith("HTTPS"):
        yield standing("over HTTPS", "health check feature", 1, region=_GLOBAL)
    if kind.endswith("STR_MATCH"):
        yield standing("matching a string", "health check feature", 1, region=_GLOBAL)
    if config.get("MeasureLatency"):
        yield standing("measuring latency", "health check feature", 1, region=_GLOBAL)
    if float(config.get("RequestInterval", 30)) == _QUICK_SECONDS:
        decided_by = "" if config.get("Inverted") else _INTERVAL
        yield standing("every 10 seconds", "health check feature", 1, decided_by, region=_GLOBAL)


def key(resource: Resource, site: Site) -> Iterator[Usage]:
    """A key of our own, by the month; each of its first two yearly rotations adds as much again, which a new system has not met."""
    yield standing("key", "key", 1, _KEYS.get(resource.logical_id, ""))


def secret(resource: Resource, site: Site) -> Iterator[Usage]:
    """The secret and each replica of it."""
    yield standing("secret", "secret", 1)
    for replica in resource.properties.get("ReplicaRegions", ()):
        yield standing("replica", "secret", 1, region=str(replica["Region"]))
