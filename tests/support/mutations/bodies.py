"""What mutations of rendered bodies are made of. Each is a fault of a system in two Regions, and a small change of one body.

Resources are found by type, never by logical id, so that a template may grow and rename without a fault losing its place. A mutation
that finds nothing to break fails its test: then it proves nothing any more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

Template = dict[str, Any]

RECORD = "AWS::Route53::RecordSet"
CHECK = "AWS::Route53::HealthCheck"
TABLE = "AWS::DynamoDB::GlobalTable"
SECRET = "AWS::SecretsManager::Secret"
BUCKET = "AWS::S3::Bucket"
CANARY = "AWS::Synthetics::Canary"
KEY_OF_ONE_REGION = "arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555"
HERE = {"Fn::FindInMap": ["Regions", {"Ref": "AWS::Region"}, "Role"]}


class Mutation(NamedTuple):
    """One fault: the kind of body it is put in, the change, and the rule that has to object."""

    kind: str
    change: Callable[[Template], None]
    number: str


def of_type(template: Template, kind: str) -> list[Any]:
    """Return the properties of every resource of a type; there is at least one."""
    found = [resource["Properties"] for resource in template["Resources"].values() if resource["Type"] == kind]

    assert found, f"no {kind} to break"
    return found
