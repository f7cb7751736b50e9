"""E9724: a Region is not judged by an alarm that is lost with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.failover_pair import Failover
    from deployer.rules.reading import Fault


class AlarmCheckRegion(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a judge that lives with the judged."""

    id = "E9724"
    shortdesc = "The alarm behind a failover record's health check lives in another Region than the record's"
    description = (
        "When the Region is lost so is the alarm, and the check falls back to InsufficientDataHealthStatus. The record's Region is read "
        "from its targets, its set identifier and the names its endpoint checks ask; where none of them names a Region the rule is "
        "silent."
    )
    source_url = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html"
    facts = ("F2.8", "F2.14")
    tags = ("multi-region", "route53", "cloudwatch")
    parent_rules = ("E9710",)

    def faults(self, failover: Failover) -> Iterator[Fault]:
        """Yield a fault for each alarm that lives in the Region its record stands for."""
        for record in failover.records:
            judged = failover.judged_regions(record)
            for kind, config, _ in failover.parts(record.check):
                region = config.first("AlarmIdentifier", "Region")
                if kind == "CLOUDWATCH_METRIC" and region and region.known in judged:
                    yield region.path, f"The alarm that judges {region.known} for {record.key[1]} lives in {region.known}"
