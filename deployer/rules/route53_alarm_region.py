"""E9770: an alarm stands where its metric is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.reading import Fault, Reading

_HOME = "us-east-1"
_NAMESPACE = ("MetricStat", "Metric", "Namespace")


class Route53AlarmRegion(CloudFormationLintRule):  # type: ignore[misc]
    """Finds an alarm that never has data."""

    id = "E9770"
    shortdesc = "An alarm on a Route 53 metric stands in us-east-1"
    description = (
        "Route 53 publishes its metrics in us-east-1 alone; anywhere else the alarm has no data for ever. Judged where the Region is "
        "known: in bodies that say which Regions get them, a condition on the Region counting, and in templates that are not linted for "
        "us-east-1."
    )
    source_url = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-health-checks.html"
    facts = ("F2.18",)
    tags = ("multi-region", "route53", "cloudwatch")
    parent_rules = ("E9700",)

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for each such alarm that stands elsewhere."""
        for alarm in reading.resources("AWS::CloudWatch::Alarm"):
            nodes = [*alarm.each("Namespace"), *(node for one in alarm.items("Metrics") for node in one.each(*_NAMESPACE))]
            regions = reading.where(alarm) if reading.served else reading.regions if _HOME not in reading.regions else ()
            elsewhere = [region for region in regions if region != _HOME]
            for node in nodes:
                if node.text == "AWS/Route53" and elsewhere:
                    yield node.path, f"{alarm.logical_id} has no data in {', '.join(elsewhere)}"
