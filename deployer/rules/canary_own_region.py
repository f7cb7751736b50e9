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
    shortdesc = "A canary asks another Region than its own"
    description = (
        "A canary that asks its own Region's endpoint goes silent with that Region, when it is needed. Judged by the addresses in its "
        "environment variables and inline script: it is found when all of them name the canary's own Region, and passed when one may lead "
        "elsewhere."
    )
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries.html"
    facts = ("F7.6",)
    tags = ("multi-region", "synthetics")
    parent_rules = ("E9700",)

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for each canary whose addresses all name its own Region."""
        for canary in reading.resources("AWS::Synthetics::Canary"):
            regions = reading.where(canary) or reading.regions
            if regions and all(_asks_only(canary.at(region), region) for region in regions):
                yield canary.path, f"{canary.logical_id} asks its own Region only"


def _asks_only(canary: Node, region: str) -> bool:
    """Return whether the canary has addresses in this Region, and none that may be elsewhere."""
    nodes = [*canary.each("RunConfig", "EnvironmentVariables"), *canary.each("Code", "Script")]
    texts = [leaf.text for node in nodes for leaf in node.leaves()]
    if any(text is None or _OPEN_HOST.search(text) or canary.reading.regions_in(text) - {region} for text in texts):
        return False
    return any("." in (text or "") and region in canary.reading.regions_in(text) for text in texts)
