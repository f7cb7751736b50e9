"""W9762: a Region is watched from outside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.reading import Fault, Node, Reading

# An address whose host begins with something only the deployment knows, or a value that is wholly unknown.
_OPEN_HOST = re.compile(r"://\$\{|^\$\{[^}]*\}$")


class CanaryOwnRegion(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a watcher that is lost with what it watches."""

    id = "W9762"
    shortdesc = "Some canary asks another Region than its own"
    description = (
        "A canary that asks its own Region's endpoint goes silent with that Region, when it is needed. Beside one that asks another "
        "Region it is right, for it tells a sick watcher from a sick Region: a template is found when none of its canaries looks "
        "elsewhere. Judged by the addresses in environment variables and inline scripts; one that may lead elsewhere passes."
    )
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries.html"
    facts = ("F7.6",)
    tags = ("multi-region", "synthetics")
    parent_rules = ("E9700",)

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for each canary when the addresses of all of them name their own Region."""
        canaries = reading.resources("AWS::Synthetics::Canary")
        regions = {canary.logical_id: reading.where(canary) or reading.regions for canary in canaries}
        if all(_asks_only(canary.at(region), region) for canary in canaries for region in regions[canary.logical_id]):
            for canary in canaries:
                yield canary.path, f"{canary.logical_id} asks its own Region, and no canary asks another"


def _asks_only(canary: Node, region: str) -> bool:
    """Return whether the canary has addresses in this Region, and none that may be elsewhere."""
    nodes = [*canary.each("RunConfig", "EnvironmentVariables"), *canary.each("Code", "Script")]
    texts = [leaf.text for node in nodes for leaf in node.leaves()]
    if any(text is None or _OPEN_HOST.search(text) or canary.reading.regions_in(text) - {region} for text in texts):
        return False
    return any("." in (text or "") and region in canary.reading.regions_in(text) for text in texts)
