"""E9720: a health check asks a Region's own name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.failover_pair import Failover
    from deployer.rules.reading import Fault


class CheckOfSharedName(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a check that asks whoever is in service."""

    id = "E9720"
    shortdesc = "A health check does not ask the name that its answer moves"
    description = (
        "A check of the failover record's own name follows the failover it is meant to decide: once traffic has moved it judges the other "
        "Region, and AWS calls the outcome unpredictable. Compared within one template."
    )
    source_url = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html"
    facts = ("F2.4",)
    tags = ("multi-region", "route53")
    parent_rules = ("E9710",)

    def faults(self, failover: Failover) -> Iterator[Fault]:
        """Yield a fault for each check of a failover record's name."""
        shared = {name for _, name, _ in failover.pairs}
        for check in failover.checks.values():
            for asked in check.each("HealthCheckConfig", "FullyQualifiedDomainName"):
                if asked.text is not None and asked.text.lower().removesuffix(".") in shared:
                    yield asked.path, f"{check.logical_id} asks {asked.text}, the name that failover moves"
