"""E9722: a checker's interval is one that Route 53 has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.reading import Fault, Reading


class RequestInterval(CloudFormationLintRule):  # type: ignore[misc]
    """Finds an interval that fails the deployment."""

    id = "E9722"
    shortdesc = "RequestInterval is 10 or 30 seconds"
    description = (
        "The schema allows every number from 10 to 30, Route 53 only those two. A parameter is judged by all values it allows; one "
        "without AllowedValues or a default is not judged."
    )
    source_url = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html"
    facts = ("F2.1",)
    tags = ("multi-region", "route53")
    parent_rules = ("E9700",)

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for each interval that Route 53 refuses."""
        for check in reading.resources("AWS::Route53::HealthCheck"):
            for interval in check.each("HealthCheckConfig", "RequestInterval"):
                refused = [value for value in interval.possible if value not in ("10", "30")]
                if refused:
                    yield interval.path, f"A RequestInterval of {', '.join(refused)} s is refused; Route 53 has 10 and 30"
