"""E9725: a Region is not held by a switch that is lost with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.failover_pair import Failover
    from deployer.rules.reading import Fault


class HoldRegion(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a hold that lives with what it holds off."""

    id = "E9725"
    shortdesc = "The inverted check that holds traffic off a Region asks another Region"
    description = (
        "A hold keeps traffic in the standby because the standby serves it. Served by the Region it holds off, it is gone with that "
        "Region, and traffic comes back into the fault. Regions are read from the names that the checks ask; where they name none the "
        "rule is silent."
    )
    source_url = "https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html"
    facts = ("F2.13", "F2.14")
    tags = ("multi-region", "route53")
    parent_rules = ("E9710",)

    def faults(self, failover: Failover) -> Iterator[Fault]:
        """Yield a fault for each hold that its own Region serves."""
        for record in failover.records:
            asked, judged = failover.asked(record.check, inverted=False), failover.judged_regions(record)
            for kind, config, inverted in failover.parts(record.check):
                name = config.first("FullyQualifiedDomainName")
                if not inverted or name is None or kind == "CLOUDWATCH_METRIC":
                    continue
                if name.text in asked or name.regions & judged:
                    yield name.path, f"The hold of {record.key[1]} is served by what it holds off: {name.text}"
