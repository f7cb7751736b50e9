"""What to do about a failure whose reason is known: CloudFormation's own words on the left, the way out on the right."""

from __future__ import annotations

from typing import Final

RUN_AGAIN: Final = "Remove the cause, then run the same command again: it goes on from what stands."

# Part of a reason, in lower case -> the way out. The first that fits is used.
_KNOWN: Final[tuple[tuple[str, str], ...]] = (
    (
        "acted as a source region",
        "DynamoDB keeps a table that seeded a replica in the last 24 hours (fact 1.18): tear down again tomorrow, or first remove "
        "the other replicas.",
    ),
    ("deletion protection", "Set table.deletion_protection to false, roll that out, then tear down."),
    ("bucket you tried to delete is not empty", "Tear down with consent to empty buckets."),
    ("termination protection", "Switch termination protection off for the stack CloudFormation names, then run again."),
    ("already exists", "Delete, rename or import what has that name, then run the same command again."),
    ("assumerole", "Check that the administration role may assume the execution role and that both exist, then run again."),
    ("not authorized to perform", "Give the role CloudFormation names the action it names, then run the same command again."),
    ("accessdenied", "Give the role CloudFormation names the action it names, then run the same command again."),
    ("limit exceeded", "Raise the quota CloudFormation names, then run the same command again."),
)


def way_out_of(reason: str) -> str:
    """Return what to do about CloudFormation's `reason`; the general advice when it is none of the known ones."""
    said = reason.lower()
    return next((way_out for part, way_out in _KNOWN if part in said), RUN_AGAIN)
