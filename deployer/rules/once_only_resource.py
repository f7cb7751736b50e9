"""E9781: what exists once is made once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.reading import Fault, Reading


class OnceOnlyResource(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a resource that two stacks would fight over."""

    id = "E9781"
    shortdesc = "A global table and a replicated secret are no part of a body that several Regions get"
    description = (
        "One stack owns all replicas. In a second Region the same body would make the table or secret again, where the first already made "
        "its replica. A condition that keeps it to one Region makes it right. Judged in bodies that say which Regions get them."
    )
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html"
    facts = ("F1.14", "F8.1")
    tags = ("multi-region", "stacksets", "dynamodb", "secretsmanager")
    parent_rules = ("E9700",)

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for each resource that would be made twice."""
        for resource in reading.resources("AWS::DynamoDB::GlobalTable", "AWS::SecretsManager::Secret"):
            once = resource.type == "AWS::DynamoDB::GlobalTable" or resource.first("ReplicaRegions") is not None
            regions = reading.where(resource)
            if once and len(regions) > 1:
                yield resource.path, f"{resource.logical_id} would be made in {' and in '.join(regions)}"
