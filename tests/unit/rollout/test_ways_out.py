"""CloudFormation's own words, and the way out that is told for each."""

from __future__ import annotations

import pytest

from deployer.rollout.ways_out import RUN_AGAIN, way_out_of


@pytest.mark.parametrize(
    ("reason", "way_out"),
    [
        pytest.param(
            "Replica cannot be deleted because it has acted as a source region for new replica(s) in the last 24 hours",
            "Tear down again tomorrow, or remove the other replicas first",
            id="24-hour rule (F1.18)",
        ),
        pytest.param(
            "ValidationException: Resource cannot be deleted as it is protected. Disable deletion protection first.",
            "Set table.deletion_protection to false",
            id="protected table",
        ),
        pytest.param(
            "The bucket you tried to delete is not empty. You must delete all versions", "consent to empty buckets", id="full bucket"
        ),
        pytest.param(
            "Stack [StackSet-payment-regional] cannot be deleted while TerminationProtection is enabled",
            "--no-enable-termination-protection",
            id="protected stack",
        ),
        pytest.param(
            "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.",
            "uploads what is missing",
            id="missing package",
        ),
        pytest.param("payment-audit-logs-primary-x already exists in stack arn:aws:…", "Delete, rename or import", id="name taken"),
        pytest.param(
            "Account 111122223333 should have 'execution' role with trust relationship to Role 'administration'.",
            "administration role may assume the execution role",
            id="role not trusted",
        ),
        pytest.param(
            "User: arn:aws:sts::111122223333:assumed-role/execution/x is not authorized to perform: lambda:CreateFunction on resource: …",
            "Give the role CloudFormation names the action it names",
            id="action denied",
        ),
        pytest.param("Rate exceeded (Service: Lambda, Status Code: 429)", "wait a minute", id="throttled"),
        pytest.param("The maximum number of addresses has been reached. (LimitExceeded)", "Raise the quota", id="quota"),
        pytest.param("resource sg-1 has a dependent object (DependencyViolation)", "up to 20 minutes", id="still in use"),
        pytest.param(
            "Resource of type 'AWS::Synthetics::Canary' did not stabilize.", "longer than CloudFormation waits", id="slow resource"
        ),
        pytest.param(
            "Properties validation failed for resource Topic with message: #: extraneous key [Nmae] is not permitted",
            "Correct that property",
            id="unknown property",
        ),
    ],
)
def test_known_reason_has_a_way_out_of_its_own(reason: str, way_out: str) -> None:
    """In words that can be acted on, with the command where there is one."""
    assert way_out in way_out_of(reason)


def test_unknown_reason_has_the_general_way_out() -> None:
    """It is honest: the cause is told, what to do about it is the reader's to find."""
    assert way_out_of("Internal Failure") == RUN_AGAIN
