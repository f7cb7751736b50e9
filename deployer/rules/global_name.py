"""E9782: a name that is taken once is given once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.reading import Fault, Reading

# Names of a StackSet's instances, and what they identify, differ from Region to Region.
_STACK = "${AWS::Stack"
_NAMES = {
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::S3::Bucket": "BucketName",
}


class GlobalName(CloudFormationLintRule):  # type: ignore[misc]
    """Finds a name that the second Region finds taken."""

    id = "E9782"
    shortdesc = "In a body that several Regions get, names of roles and buckets differ from Region to Region"
    description = (
        "Names of IAM resources and buckets are taken for all Regions at once: the second Region's stack fails because the first has the "
        "name. Judged in bodies that say which Regions get them; a name made of parameters alone is the same everywhere."
    )
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-concepts.html"
    facts = ("F4.19",)
    tags = ("multi-region", "stacksets", "iam", "s3")
    parent_rules = ("E9700",)

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for each name that two Regions would take."""
        for resource in reading.resources(*_NAMES):
            taken: dict[str, str] = {}
            for region in reading.where(resource):
                name = resource.at(region).first(_NAMES[resource.type])
                if name is None or name.text is None or _STACK in name.text:
                    continue
                if name.text in taken:
                    yield name.path, f"{name.text} is taken in {taken[name.text]} before {region} gets it"
                    break
                taken[name.text] = region
