"""E9730: every replica is as safe as the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.reading import Fault, Node, Reading

_VALUES = {
    ("PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled"): "false",
    ("PointInTimeRecoverySpecification", "RecoveryPeriodInDays"): "absent",
    ("DeletionProtectionEnabled",): "false",
    ("TableClass",): "STANDARD",
    ("ContributorInsightsSpecification", "Enabled"): "false",
}
_GIVEN = (("SSESpecification", "KMSMasterKeyId"), ("ResourcePolicy",))


class ReplicaSettings(CloudFormationLintRule):  # type: ignore[misc]
    """Finds the replica that was forgotten."""

    id = "E9730"
    shortdesc = "All replicas of a global table have the same recovery, protection, key, class, insights and tag keys"
    description = (
        "DynamoDB never copies these settings between replicas: point-in-time recovery, deletion protection, table class, Contributor "
        "Insights, resource policy, tags and whether a customer's key is used. One replica without them is found out in the Region that "
        "is left. Values that only the deployment knows are compared as they are written."
    )
    source_url = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html"
    facts = ("F1.16",)
    tags = ("multi-region", "dynamodb")
    parent_rules = ("E9700",)

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for each setting in which a replica differs from the first."""
        for table in reading.resources("AWS::DynamoDB::GlobalTable"):
            replicas = list(table.items("Replicas"))
            for replica in replicas[1:]:
                first, this = _settings(replicas[0]), _settings(replica)
                for name in first:
                    if first[name] != this[name]:
                        where = [_shown(one.first("Region")) for one in (replicas[0], replica)]
                        yield replica.path, f"{name} is {first[name]} in {where[0]} and {this[name]} in {where[1]}"


def _settings(replica: Node) -> dict[str, str]:
    """Return setting -> value as a person reads it."""
    values = {".".join(keys): _shown(replica.first(*keys), absent) for keys, absent in _VALUES.items()}
    given = {".".join(keys): "given" if replica.first(*keys) else "absent" for keys in _GIVEN}
    tags = sorted(_shown(tag.first("Key")) for tag in replica.items("Tags"))
    return values | given | {"Tags": ", ".join(tags) or "none"}


def _shown(node: Node | None, absent: str = "absent") -> str:
    return absent if node is None else node.text if node.text is not None else str(node.value)
