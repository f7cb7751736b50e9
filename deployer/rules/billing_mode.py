"""W9734: capacity is chosen, not left over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.reading import Fault, Reading


class BillingMode(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a table that is provisioned by omission."""

    id = "W9734"
    shortdesc = "A global table says its BillingMode"
    description = (
        "The default is PROVISIONED: capacity paid by the hour in every Region, and throttling when the traffic of a lost Region arrives."
    )
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html"
    facts = ("F1.12",)
    tags = ("multi-region", "dynamodb")
    parent_rules = ("E9700",)

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for each global table that leaves its BillingMode to the default."""
        for table in reading.resources("AWS::DynamoDB::GlobalTable"):
            if table.first("BillingMode") is None:
                yield table.path, f"{table.logical_id} leaves BillingMode to its default, PROVISIONED"
