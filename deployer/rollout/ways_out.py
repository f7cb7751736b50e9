"""What to do about a failure whose reason is known: CloudFormation's own words on the left, the way out on the right.

The words are those that services hand on through CloudFormation; several parts may lead to one way out.
"""

from __future__ import annotations

from typing import Final

RUN_AGAIN: Final = "Remove the cause, then run the same command again: it goes on from what stands."

# Parts of a reason, in lower case -> the way out. The first that fits is used, so what says most stands first.
_KNOWN: Final[tuple[tuple[tuple[str, ...], str], ...]] = (
    (
        ("acted as a source region",),
        "DynamoDB keeps a table that seeded a replica in the last 24 hours. Tear down again tomorrow, or remove the other replicas first "
        "(`aws dynamodb update-table --table-name TABLE --replica-updates 'Delete={RegionName=REGION}'`; of a strongly consistent table "
        "both others in one call, the witness with --global-table-witness-updates), then run the same command again.",
    ),
    (("deletion protection",), "Set table.deletion_protection to false, roll that out, then tear down."),
    (("bucket you tried to delete is not empty",), "Tear down with consent to empty buckets."),
    (
        ("termination protection", "terminationprotection"),
        "Run `aws cloudformation update-termination-protection --no-enable-termination-protection` for the stack CloudFormation names, in "
        "its Region, then run the same command again.",
    ),
    # A function's code, in S3's own words that Lambda hands on.
    (
        ("nosuchkey",),
        "The package is not in that Region's artifact bucket: run the same command again, for it uploads what is missing; if it fails "
        "again, correct the key that the template names.",
    ),
    (("already exists",), "Delete, rename or import what has that name, then run the same command again."),
    (
        ("assumerole", "trust relationship"),
        "Check that the administration role may assume the execution role and that both exist, then run again.",
    ),
    (
        ("not authorized to perform", "accessdenied", "access denied"),
        "Give the role CloudFormation names the action it names, then run the same command again.",
    ),
    (("rate exceeded", "throttl"), "AWS was asked too much at once: wait a minute, then run the same command again."),
    (("limit exceeded", "limitexceeded", "quota"), "Raise the quota CloudFormation names, then run the same command again."),
    # A function's network interfaces outlive it by up to 20 minutes [Lambda developer guide: Giving functions access to a VPC].
    (
        ("dependencyviolation", "has a dependent object", "has dependencies and cannot be deleted"),
        "Something still uses it, a function's network interface for up to 20 minutes: wait, then run the same command again.",
    ),
    (
        ("did not stabilize", "notstabilized"),
        "It took longer than CloudFormation waits: look at the resource in the console, then run the same command again.",
    ),
    (
        ("model validation failed", "properties validation failed", "extraneous key", "failed validation constraint", "is not supported"),
        "Correct that property in the parameter file or the template, then run the same command again.",
    ),
)


def way_out_of(reason: str) -> str:
    """Return what to do about CloudFormation's `reason`; the general advice when it is none of the known ones."""
    said = reason.lower()
    return next((way_out for parts, way_out in _KNOWN if any(part in said for part in parts)), RUN_AGAIN)
