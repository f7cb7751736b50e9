"""E9723: a calculated check can be healthy, and can be sick."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.failover_pair import Failover
    from deployer.rules.reading import Fault, Resource


class CalculatedCheck(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a sum that always comes out the same."""

    id = "E9723"
    shortdesc = "A calculated health check has a threshold its children can both reach and miss, and no calculated children"
    description = (
        "With a threshold of 0 it is always healthy and with one above the number of children never: either way its record no longer "
        "fails over. Route 53 refuses calculated checks among the children. Children that depend on a condition are not counted."
    )
    source_url = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html"
    facts = ("F2.7",)
    tags = ("multi-region", "route53")
    parent_rules = ("E9710",)

    def faults(self, failover: Failover) -> Iterator[Fault]:
        """Yield a fault for each calculated check that decides nothing."""
        calculated = {check.logical_id for check in failover.checks.values() if _is_calculated(check)}
        for check in failover.checks.values():
            if check.logical_id not in calculated:
                continue
            children = list(check.items("HealthCheckConfig", "ChildHealthChecks"))
            for child in children:
                if child.target in calculated:
                    yield child.path, f"{child.target} is calculated itself"
            threshold = check.first("HealthCheckConfig", "HealthThreshold")
            written = (threshold.known if threshold else None) or ""
            needed = int(written) if written.isdigit() else None
            if needed == 0:
                yield check.path, f"{check.logical_id} is healthy whatever its children say"
            elif needed is not None and needed > len(children) and not any("Fn::If" in child.path for child in children):
                yield check.path, f"{check.logical_id} wants {needed} healthy children and has {len(children)}"


def _is_calculated(check: Resource) -> bool:
    kind = check.first("HealthCheckConfig", "Type")
    return kind is not None and kind.text == "CALCULATED"
