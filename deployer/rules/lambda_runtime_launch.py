"""W9763: a function's runtime is launched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.data import AdditionalSpecs
from cfnlint.helpers import load_resource
from cfnlint.rules import CloudFormationLintRule
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

if TYPE_CHECKING:
    from deployer.rules.reading import Fault, Reading

_RUNTIMES = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", "AWS::Lambda::Function").schema["properties"]["Runtime"]["enum"]


class LambdaRuntimeLaunch(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a runtime that is in the schema before it is in the Region."""

    id = "W9763"
    shortdesc = "A Lambda runtime is launched, not only in the schema"
    description = (
        "CloudFormation's schema names runtimes that Lambda announces before they can be used, such as python3.15. Those that the schema "
        "has and cfn-lint's own table of launched and deprecated runtimes lacks are reported; the option launched names runtimes that "
        "have come since. Deprecated runtimes are cfn-lint's W2531 and E2531."
    )
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html"
    facts = ("F6.1",)
    tags = ("multi-region", "lambda")
    parent_rules = ("E9700",)

    def __init__(self) -> None:
        super().__init__()
        self.config_definition = {"launched": {"default": [], "type": "list", "itemtype": "string"}}

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for each runtime that is not known to be launched."""
        lifecycle = load_resource(AdditionalSpecs, "LmbdRuntimeLifecycle.json")
        for function in reading.resources("AWS::Lambda::Function"):
            for runtime in function.each("Runtime"):
                for name in runtime.possible:
                    if name in _RUNTIMES and name not in lifecycle and name not in self.config["launched"]:
                        yield runtime.path, f"{name} is not known to be launched"
