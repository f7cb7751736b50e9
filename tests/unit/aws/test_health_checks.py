"""What checkers saw is told as they said it."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.aws.health_checks import CheckerReport, enough_pass, read_checker_reports
from deployer.aws.session import Aws, AwsAccess
from deployer.vocabulary.errors import AwsRefused
from tests.support.rollout.wire import refusal


class FakeRoute53:
    """Route 53 with one health check of two checkers, one of which has not looked yet."""

    def get_health_check_status(self, *, HealthCheckId: str) -> dict[str, Any]:
        """Return the observations, or refuse what is not there."""
        if HealthCheckId != "check-1":
            raise refusal("NoSuchHealthCheck")
        status = {"Status": "Failure: Connection refused", "CheckedTime": "2026-11-22T18:00:00Z"}
        return {
            "HealthCheckObservations": [
                {"Region": "sa-east-1", "IPAddress": "192.0.2.8", "StatusReport": status},
                {"Region": "us-west-1", "IPAddress": "192.0.2.2", "StatusReport": {"Status": "Success: HTTP Status Code 200, OK"}},
            ]
        }


def asked() -> Aws:
    """Return AWS whose Route 53 is asked where its API is."""

    def client(service: str, region: str) -> FakeRoute53:
        assert (service, region) == ("route53", "us-east-1")
        return FakeRoute53()

    return Aws(AwsAccess(), make_client=client)


def test_each_checker_is_told_with_its_words() -> None:
    """Passed or not is how the words begin."""
    assert read_checker_reports(asked(), "check-1") == (
        CheckerReport(region="sa-east-1", passed=False, status="Failure: Connection refused"),
        CheckerReport(region="us-west-1", passed=True, status="Success: HTTP Status Code 200, OK"),
    )


def test_unknown_check_is_aws_refusal() -> None:
    """AWS's own code is kept."""
    with pytest.raises(AwsRefused, match="NoSuchHealthCheck"):
        read_checker_reports(asked(), "check-2")


@pytest.mark.parametrize(
    ("passing", "of", "enough"), [(0, 0, True), (0, 8, False), (1, 8, False), (2, 8, True), (18, 100, False), (19, 100, True)]
)
def test_more_than_18_percent_have_to_pass(passing: int, of: int, enough: bool) -> None:
    """F2.1; nobody having looked is no verdict against it."""
    reports = tuple(CheckerReport(region="", passed=number < passing, status="") for number in range(of))

    assert enough_pass(reports) is enough
