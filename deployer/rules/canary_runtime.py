"""E9760: a canary's runtime can be had."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.reading import Fault, Reading

# Family -> the last version that is deprecated.
_DEPRECATED = {
    "syn-python-selenium": (5, 1),
    "syn-nodejs-puppeteer": (7, 0),
    "syn-nodejs-playwright": (0, 0),
    "syn-nodejs": (2, 2),
    "syn-java": (0, 0),
    "syn": (1, 0),
}
_NAME = re.compile(r"(" + "|".join(_DEPRECATED) + r")-(\d+)\.(\d+)(?:-beta)?")


class CanaryRuntime(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a canary that cannot be made."""

    id = "E9760"
    shortdesc = "A canary's runtime is of a family that exists and not deprecated"
    description = (
        "RuntimeVersion is a free text to cfn-lint, and Synthetics makes no canary with a deprecated runtime. The versions are those of "
        "AWS's support policy in November 2026."
    )
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Runtime_Support_Policy.html"
    facts = ("F7.1",)
    tags = ("multi-region", "synthetics")
    parent_rules = ("E9700",)

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for each runtime that no canary can be made with."""
        for canary in reading.resources("AWS::Synthetics::Canary"):
            for runtime in canary.each("RuntimeVersion"):
                for name in runtime.possible:
                    found = _NAME.fullmatch(name)
                    if found is None:
                        yield runtime.path, f"There is no runtime {name}"
                    elif (int(found[2]), int(found[3])) <= _DEPRECATED[found[1]]:
                        yield runtime.path, f"{name} is deprecated: no canary can be made with it"
