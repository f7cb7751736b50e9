"""E9711: the two records of a failover pair lead to two Regions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.failover_pair import Failover
    from deployer.rules.reading import Fault


class FailoverTargets(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a pair that fails over to where it came from."""

    id = "E9711"
    shortdesc = "PRIMARY and SECONDARY lead to different targets in different Regions and hang on different health checks"
    description = (
        "A pair whose records answer the same name, name the same Region, or hang on one health check has nowhere to fail over to. "
        "Targets that are parameters of different names are taken for different: only the deployment knows their values."
    )
    source_url = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-types.html"
    facts = ("F2.11",)
    tags = ("multi-region", "route53")
    parent_rules = ("E9710",)

    def faults(self, failover: Failover) -> Iterator[Fault]:
        """Yield a fault for each pair whose records lead to one place."""
        for (_, name, kind), records in failover.pairs.items():
            primary = next((record for record in records if record.role == "PRIMARY"), None)
            secondary = next((record for record in records if record.role == "SECONDARY"), None)
            if primary is None or secondary is None:
                continue
            regions = [failover.judged_regions(record) for record in (primary, secondary)]
            if primary.targets and primary.targets == secondary.targets:
                yield secondary.node.path, f"Both records of {name} ({kind}) lead to {', '.join(primary.targets)}"
            elif primary.check and primary.check == secondary.check:
                yield secondary.node.path, f"Both records of {name} ({kind}) hang on the health check {primary.check}"
            elif len(regions[0]) == 1 and regions[0] == regions[1]:
                yield secondary.node.path, f"Both records of {name} ({kind}) lead to {', '.join(regions[0])}"
