"""What Route 53's checkers last saw of an endpoint.

The question goes to Route 53's control plane in us-east-1 (F2.13): nice to know, and never needed to move traffic. Source:
GetHealthCheckStatus, Route 53 API Reference; it does not answer for calculated checks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from deployer.aws.calls import asking
from deployer.aws.session import Aws

ROUTE53_REGION: Final = "us-east-1"
HEALTHY_PERCENT_MIN: Final = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckerReport:
    """One checker's last look: its Region, whether the endpoint passed, and Route 53's own words."""

    region: str
    passed: bool
    status: str


def read_checker_reports(aws: Aws, check_id: str) -> tuple[CheckerReport, ...]:
    """Return what each checker last saw, in Route 53's order; () before the first has looked. Raises AwsRefused."""
    with asking("route53", "GetHealthCheckStatus", ROUTE53_REGION):
        answer = aws.client("route53", ROUTE53_REGION).get_health_check_status(HealthCheckId=check_id)
    return tuple(
        CheckerReport(
            region=str(one.get("Region", "")),
            passed=str(one.get("StatusReport", {}).get("Status", "")).startswith("Success"),
            status=str(one.get("StatusReport", {}).get("Status", "")),
        )
        for one in answer["HealthCheckObservations"]
    )


def enough_pass(reports: tuple[CheckerReport, ...]) -> bool:
    """Return whether more than 18 % of the checkers passed the endpoint (F2.1); true while there is no report."""
    return not reports or sum(one.passed for one in reports) * 100 > HEALTHY_PERCENT_MIN * len(reports)
