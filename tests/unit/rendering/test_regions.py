"""What differs between the Regions."""

from __future__ import annotations

import pytest

from deployer.rendering.regions import gateway_prefix_lists_known, region_values
from tests.support.rendering import a_region, an_environment


def _values(environment, region):
    return dict(dict(region_values(environment))[region])


def test_each_region_knows_itself_and_its_peer():
    """Everything that is written twice in a pair is written once here."""
    values = _values(an_environment(), "us-east-2")

    assert values["Role"] == "secondary"
    assert values["PeerRegion"] == "us-east-1"
    assert values["AuditBucketName"] == "payment-audit-logs-secondary-test"
    assert values["PeerAuditBucketName"] == "payment-audit-logs-primary-test"
    assert values["PaymentFunctionName"] == "payment-processor-secondary-test"


@pytest.mark.parametrize(("cidr", "bits"), [("10.0.0.0/16", "14"), ("10.0.0.0/20", "10"), ("10.0.0.0/24", "6")])
def test_subnets_are_quarters_of_the_vpc(cidr, bits):
    """Any block from /16 to /24 has room for three zones and one quarter more."""
    environment = an_environment(
        regions=[a_region("us-east-1", "primary", vpc_cidr=cidr), a_region("us-east-2", "secondary", vpc_cidr="10.9.0.0/16")]
    )

    assert _values(environment, "us-east-1")["SubnetBits"] == bits


def test_prefix_lists_are_used_only_when_known_in_both_regions():
    """One body serves both: a list that one Region lacks is left out in both."""
    environment = an_environment(regions=[a_region("us-east-1", "primary"), a_region("sa-east-1", "secondary")])

    assert not gateway_prefix_lists_known(environment)
    assert "DynamoDbPrefixList" not in _values(environment, "us-east-1")


def test_each_region_has_its_own_prefix_lists():
    """A list of another Region does not exist here, and the stack would fail."""
    lists = {_values(an_environment(), region)["DynamoDbPrefixList"] for region in ("us-east-1", "us-east-2")}

    assert len(lists) == 2
