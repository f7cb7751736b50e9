"""W9761: a canary's runtime is known to be launched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.reading import Fault, Reading

_NEWEST_MAJOR = {"syn-python-selenium": 14, "syn-nodejs-playwright": 9, "syn-nodejs": 5}


class CanaryRuntimeLaunch(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a version that is probably a slip of the pen."""

    id = "W9761"
    shortdesc = "A canary's runtime is no newer than the newest known one"
    description = (
        "The newest known versions are those of November 2026; the option launched names runtimes that have come since. Families whose "
        "newest version is not known here are not judged."
    )
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Library_python_selenium.html"
    facts = ("F7.1",)
    tags = ("multi-region", "synthetics")
    parent_rules = ("E9700",)

    def __init__(self) -> None:
        super().__init__()
        self.config_definition = {"launched": {"default": [], "type": "list", "itemtype": "string"}}

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for each runtime beyond the newest known."""
        for canary in reading.resources("AWS::Synthetics::Canary"):
            for runtime in canary.each("RuntimeVersion"):
                for name in runtime.possible:
                    family, _, version = name.rpartition("-")
                    major = version.partition(".")[0]
                    newest = _NEWEST_MAJOR.get(family)
                    if newest and major.isdigit() and int(major) > newest and name not in self.config["launched"]:
                        yield runtime.path, f"{name} is not known to be launched; the newest known is {family}-{newest}.x"
