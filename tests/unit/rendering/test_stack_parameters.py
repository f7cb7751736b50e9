"""Values of parameters: from the file, or from another stack."""

from __future__ import annotations

import pytest

from deployer.rendering.interface import declared_parameters
from deployer.rendering.stack_parameters import stack_parameters
from deployer.vocabulary.values import OutputOf
from tests.support.rendering import an_environment


def _values(kind, **changes):
    return {one.name: one.value for one in stack_parameters(kind, an_environment(**changes))}


@pytest.mark.parametrize("kind", ["bootstrap", "regional", "global"])
def test_every_declared_parameter_has_a_value_sorted_by_name(kind):
    """A parameter without a value stops a roll-out half way."""
    names = [one.name for one in stack_parameters(kind, an_environment())]

    assert names == sorted(one.name for one in declared_parameters(kind, an_environment()))


def test_own_zone_is_known_after_bootstrap_in_the_home_region():
    """The zone is made by the home Region's bootstrap stack alone."""
    assert _values("regional")["HostedZoneId"] == OutputOf(stack_name="payment-bootstrap-test", region="us-east-2", output="HostedZoneId")


def test_given_zone_is_known_at_once():
    """Nothing to wait for, nothing to make."""
    assert _values("regional", zone={"name": "pay.example.test", "hosted_zone_id": "Z123"})["HostedZoneId"] == "Z123"


def test_failover_targets_come_from_each_regions_own_instance():
    """A swapped pair would send everybody to the standby."""
    values = _values("global")

    assert values["PrimaryDomainTarget"] == OutputOf(stack_name="payment-regional-test", region="us-east-1", output="RegionalDomainName")
    assert values["SecondaryDomainTarget"] == OutputOf(stack_name="payment-regional-test", region="us-east-2", output="RegionalDomainName")


def test_values_are_written_as_cloudformation_reads_them():
    """Everything is a string there, and true is lower case."""
    values = _values("global", table={"deletion_protection": False, "recovery_days": 7})

    assert values["DeletionProtection"] == "false"
    assert values["RecoveryDays"] == "7"


def test_values_describe_the_finished_system():
    """A first roll-out replaces this by Prepared; every other one leaves the Regions live."""
    assert _values("regional")["Activation"] == "Live"


def test_home_region_is_the_secondary_unless_given():
    """What is lost must not be what is steered from."""
    assert _values("bootstrap")["HomeRegion"] == "us-east-2"
    assert _values("bootstrap", administration_region="us-east-1")["HomeRegion"] == "us-east-1"
