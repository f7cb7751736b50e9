"""What the API and what stands before it use: requests, answers, the stage's metrics and traces, the firewall."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from deployer.costing.amount import BYTES_PER_GIGABYTE, Amount, total
from deployer.costing.deployed import Resource
from deployer.costing.load import DECIDED_BY
from deployer.costing.usage import Site, Usage, standing

# Count, Latency, IntegrationLatency, 4XXError and 5XXError of a method, charged while it is called
# ["Amazon API Gateway dimensions and metrics", API Gateway Developer Guide].
_METRICS_OF_A_METHOD: Final = 5
_METHODS: Final = {"/health": 1, "/hold": 1, "/payment": 2}
_FIREWALL: Final = "waf.enabled"


def rest_api(resource: Resource, site: Site) -> Iterator[Usage]:
    """Requests by who sends them, refused ones too, and what the answers weigh on their way to the internet."""
    for cause, decided_by in DECIDED_BY.items():
        asked = total(one.amount for one in site.load.of(site.region) if one.cause == cause)
        yield Usage(what=f"requests of {cause}", price="api request", amount=asked, decided_by=decided_by)
        answered = asked * (site.assumed.answer_bytes / BYTES_PER_GIGABYTE)
        yield Usage(what=f"answers to {cause}", price="transfer out", amount=answered, decided_by=decided_by)


def stage(resource: Resource, site: Site) -> Iterator[Usage]:
    """The methods' own metrics where they are enabled, and the traces of what the sampling rules do not leave out."""
    if any(setting.get("MetricsEnabled") for setting in resource.properties.get("MethodSettings", ())):
        called = {one.route for one in site.load.of(site.region) if one.amount.idle}
        yield standing("metrics of each method", "metric", _METRICS_OF_A_METHOD * sum(_METHODS[route] for route in called))
    if resource.properties.get("TracingEnabled"):
        # Checks of health and hold are recorded by no trace, whoever makes them.
        for one in site.load.of(site.region, "/payment"):
            amount = Amount(one.amount.idle, one.amount.per_million * site.assumed.traced_share)
            yield Usage(what=f"traces of {one.cause}", price="trace", amount=amount, decided_by=DECIDED_BY[one.cause])


def web_acl(resource: Resource, site: Site) -> Iterator[Usage]:
    """The ACL, its rules (a managed group counts as one) and every request that passes, answered or refused."""
    yield standing("web ACL", "web acl", 1, _FIREWALL)
    yield standing("rules", "web acl rule", len(resource.properties["Rules"]), _FIREWALL)
    passed = total(one.amount for one in site.load.of(site.region))
    yield Usage(what="requests", price="web acl request", amount=passed, decided_by=_FIREWALL)
