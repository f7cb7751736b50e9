"""E9713: a PRIMARY record is judged by something that notices a sick API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.failover_pair import Failover, Record
    from deployer.rules.reading import Fault

_SIGNS = (".RegionalDomainName}", ".RegionalHostedZoneId}", ".DistributionDomainName}", ".execute-api.")


class EvaluateTargetHealth(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a primary that only seems to be judged."""

    id = "E9713"
    shortdesc = "A PRIMARY alias to API Gateway has a health check besides EvaluateTargetHealth"
    description = (
        "For an API Gateway target EvaluateTargetHealth tells nothing but the service's own availability in the Region: an API that "
        "answers 500 to everyone stays healthy. Silent for targets that are parameters, for they may be load balancers, whose health it "
        "does tell."
    )
    source_url = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-complex-configs.html"
    facts = ("F2.10",)
    tags = ("multi-region", "route53", "apigateway")
    parent_rules = ("E9710",)

    def faults(self, failover: Failover) -> Iterator[Fault]:
        """Yield a fault for each PRIMARY whose only judge is API Gateway's availability."""
        for record in failover.records:
            evaluated = record.node.first("AliasTarget", "EvaluateTargetHealth")
            judged = record.node.first("HealthCheckId") is not None
            if record.role == "PRIMARY" and not judged and evaluated and evaluated.text == "true" and _is_api_gateway(record):
                yield evaluated.path, f"EvaluateTargetHealth alone never calls the API behind {record.key[1]} sick"


def _is_api_gateway(record: Record) -> bool:
    """Return whether the alias names API Gateway, by an attribute only its domain names have or by its DNS name."""
    nodes = [*record.node.each("AliasTarget", "DNSName"), *record.node.each("AliasTarget", "HostedZoneId")]
    return any(sign in (node.text or "") for node in nodes for sign in _SIGNS)
