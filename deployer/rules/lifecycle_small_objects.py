"""W9754: a lifecycle rule moves what it is meant to move."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.reading import Fault, Reading

_GLACIER = ("GLACIER", "DEEP_ARCHIVE")


class LifecycleSmallObjects(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a transition that never happens."""

    id = "W9754"
    shortdesc = "A lifecycle transition says what becomes of objects under 128 KB"
    description = (
        "S3 leaves objects under 128 KB where they are, unless a rule has a size filter of its own, or TransitionDefaultMinimumObjectSize "
        "is varies_by_storage_class and the class is a Glacier one. Audit records and logs are small: the rule looks right and moves "
        "nothing."
    )
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html"
    facts = ("F5.8",)
    tags = ("multi-region", "s3")
    parent_rules = ("E9700",)

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for each rule that leaves small objects where they are."""
        for bucket in reading.resources("AWS::S3::Bucket"):
            smallest = bucket.first("LifecycleConfiguration", "TransitionDefaultMinimumObjectSize")
            exempt = _GLACIER if smallest and smallest.text == "varies_by_storage_class" else ()
            for rule in bucket.items("LifecycleConfiguration", "Rules"):
                transitions = [*rule.items("Transitions"), *rule.each("Transition")]
                classes = [node.text or "" for transition in transitions for node in transition.each("StorageClass")]
                stuck = sorted(one for one in classes if one not in exempt)
                if stuck and rule.first("ObjectSizeGreaterThan") is None:
                    yield rule.path, f"{bucket.logical_id}: objects under 128 KB never reach {', '.join(stuck)}"
