"""E9726: a hold decides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.failover_pair import Failover
    from deployer.rules.reading import Fault


class HoldDecides(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a hold that its record does not feel."""

    id = "E9726"
    shortdesc = "A calculated check with a hold among its children is healthy only when all of them are"
    description = (
        "A hold, an inverted child of a record's calculated check, takes the record out of service by itself only when the threshold is "
        "the number of children. Below it the endpoint's health outweighs the hold, and whoever sets it moves nothing. Children that "
        "depend on a condition, and thresholds that only the deployment knows, are not judged; a threshold of 0 is E9723's."
    )
    source_url = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html"
    facts = ("F2.7", "F2.14")
    tags = ("multi-region", "route53")
    parent_rules = ("E9710",)

    def faults(self, failover: Failover) -> Iterator[Fault]:
        """Yield a fault for each check of a record whose hold can be outvoted."""
        for logical_id in sorted({record.check for record in failover.records if record.check in failover.checks}):
            check = failover.checks[logical_id]
            children = list(check.items("HealthCheckConfig", "ChildHealthChecks"))
            threshold = check.first("HealthCheckConfig", "HealthThreshold")
            written = (threshold.known if threshold else None) or ""
            held = any(inverted for _, _, inverted in failover.parts(logical_id))
            if not held or threshold is None or not written.isdigit() or any("Fn::If" in child.path for child in children):
                continue
            if 0 < int(written) < len(children):
                sentence = f"{logical_id} is healthy with {written} of {len(children)} children, so its hold moves nothing"
                yield threshold.path, sentence
