"""E9731: a strongly consistent table asks for nothing such tables lack."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.reading import Fault, Reading


class StrongTableFeatures(CloudFormationLintRule):  # type: ignore[misc]
    """Finds what makes the table fail at deployment."""

    id = "E9731"
    shortdesc = "A global table with strong consistency has no TTL and no local secondary index"
    description = (
        "Multi-Region strong consistency allows neither; cfn-lint passes both and the deployment fails. Transactions are refused too, but "
        "code asks for them, not a template."
    )
    source_url = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html"
    facts = ("F1.7", "F1.13")
    tags = ("multi-region", "dynamodb")
    parent_rules = ("E9700",)

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for each feature that strong tables lack."""
        for table in reading.resources("AWS::DynamoDB::GlobalTable"):
            consistency = table.first("MultiRegionConsistency")
            if consistency is None or consistency.text != "STRONG":
                continue
            expiring = table.first("TimeToLiveSpecification")
            enabled = expiring and expiring.first("Enabled")
            if expiring and not (enabled and enabled.text == "false"):
                yield expiring.path, f"{table.logical_id} is strongly consistent and cannot have a TTL"
            for indexes in table.each("LocalSecondaryIndexes"):
                yield indexes.path, f"{table.logical_id} is strongly consistent and cannot have local secondary indexes"
