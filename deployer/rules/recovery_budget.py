"""E9714: a lost Region is left in time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.failover_pair import Failover, Record
    from deployer.rules.reading import Fault, Node

_PROBED = ("HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP")
_BLACK_HOLE_SECONDS = 6
_PUBLICATION_SECONDS = 10
_FASTEST_SECONDS = 10 + _BLACK_HOLE_SECONDS


class RecoveryBudget(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a pair that fails over too late."""

    id = "E9714"
    shortdesc = "Detection, publication and the record's TTL together stay within the recovery budget"
    description = (
        "The worst case is threshold x (interval + 6 s for a silent endpoint) + 10 s publication + TTL, in seconds. The option "
        "recovery_seconds_max is the budget, 60 unless given. A parameter counts with its given value, its default, or the least it "
        "allows: a finding says that no allowed value would do. The TTL of an alias is its target's and counts as nothing here."
    )
    source_url = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html"
    facts = ("F2.2", "F2.20")
    tags = ("multi-region", "route53")
    parent_rules = ("E9710",)

    def __init__(self) -> None:
        super().__init__()
        self.config_definition = {"recovery_seconds_max": {"default": 60, "type": "integer"}}

    def faults(self, failover: Failover) -> Iterator[Fault]:
        """Yield a fault for each PRIMARY that is left too late."""
        budget = self.config["recovery_seconds_max"]
        for record in failover.records:
            ttl = record.node.first("TTL")
            ttl_seconds = least(ttl, 0) if ttl else 0
            worst = max((_detection_seconds(config) for config in _endpoint_checks(failover, record)), default=_FASTEST_SECONDS)
            if record.role == "PRIMARY" and worst + _PUBLICATION_SECONDS + ttl_seconds > budget:
                total = f"{worst} s detection + {_PUBLICATION_SECONDS} s publication + {ttl_seconds} s TTL"
                sentence = f"{record.key[1]} leaves a lost Region after {worst + _PUBLICATION_SECONDS + ttl_seconds} s ({total})"
                yield (ttl or record.node).path, f"{sentence}; the budget is {budget} s"


def _endpoint_checks(failover: Failover, record: Record) -> tuple[Node, ...]:
    return tuple(config for kind, config, inverted in failover.parts(record.check) if kind in _PROBED and not inverted)


def _detection_seconds(config: Node) -> int:
    interval, threshold = config.first("RequestInterval"), config.first("FailureThreshold")
    interval_seconds = least(interval, 10) if interval else 30
    threshold_count = least(threshold, 1) if threshold else 3
    return threshold_count * (interval_seconds + _BLACK_HOLE_SECONDS)


def least(node: Node, unknown: int) -> int:
    """Return the number, or the least that its parameter allows; `unknown` when the template sets no bound."""
    numbers = [int(text) for text in node.possible if text.isdigit()]
    if not numbers and node.target:
        least_allowed = str(node.reading.parameter(node.target).get("MinValue"))
        numbers = [int(least_allowed)] if least_allowed.isdigit() else []
    return min(numbers, default=unknown)
