"""E9712: a PRIMARY record is judged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.failover_pair import Failover
    from deployer.rules.reading import Fault


class FailoverHealthCheck(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a primary that nothing can call sick."""

    id = "E9712"
    shortdesc = "A PRIMARY failover record has a health check"
    description = (
        "Without a health check, and without an alias whose target's health is evaluated, Route 53 takes the PRIMARY for healthy for ever "
        "and never answers the SECONDARY. A SECONDARY without one is fine: it is answered when all else is sick."
    )
    source_url = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html"
    facts = ("F2.11",)
    tags = ("multi-region", "route53")
    parent_rules = ("E9710",)

    def faults(self, failover: Failover) -> Iterator[Fault]:
        """Yield a fault for each PRIMARY without a health check."""
        for record in failover.records:
            evaluated = record.node.first("AliasTarget", "EvaluateTargetHealth")
            judged = record.node.first("HealthCheckId") or (evaluated and evaluated.text != "false")
            if record.role == "PRIMARY" and not judged:
                yield record.node.path, f"The PRIMARY record of {record.key[1]} has no health check"
