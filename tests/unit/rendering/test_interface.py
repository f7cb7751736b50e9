"""Parameters say in the console what the parameter file's own fields say."""

from __future__ import annotations

import pytest

from deployer.params.model import FailoverParameters, FunctionParameters
from deployer.rendering.interface import GROUPS, parameter_groups, template_parameters
from tests.support.rendering import an_environment

KINDS = ("bootstrap", "regional", "global")


def _parameter(kind, name, **changes):
    return next(one for one in template_parameters(kind, an_environment(**changes)) if one.name == name)


def test_description_is_the_fields_own():
    """One sentence, written once, in the model."""
    described = FailoverParameters.model_fields["record_ttl_seconds"].description

    assert _parameter("global", "RecordTtlSeconds").description == described


def test_description_says_whose_size_it_is():
    """Three functions share one model of size: without the parent's words the console would show one sentence three times."""
    own = FunctionParameters.model_fields["memory_megabytes"].description
    descriptions = {_parameter("regional", f"{one}MemoryMegabytes").description for one in ("Payment", "Health", "Authorizer")}

    assert len(descriptions) == 3
    assert all(own[1:] in description for description in descriptions)


def test_limits_are_the_fields_own():
    """What the model refuses, the console refuses."""
    assert dict(_parameter("global", "RecordTtlSeconds").constraints) == {"MinValue": 1, "MaxValue": 300}
    assert dict(_parameter("global", "RequestIntervalSeconds").constraints) == {"AllowedValues": [10, 30]}
    assert dict(_parameter("global", "DeletionProtection").constraints) == {"AllowedValues": ["true", "false"]}


def test_pattern_comes_with_an_example():
    """A pattern alone tells a reader nothing."""
    constraints = dict(_parameter("regional", "HostedZoneId").constraints)

    assert constraints["AllowedPattern"].startswith("^Z")
    assert constraints["ConstraintDescription"] == "It must have the form of Z0123456789ABC."


@pytest.mark.parametrize("kind", KINDS)
def test_every_parameter_has_a_label_a_description_with_example_and_a_group(kind):
    """Nobody should have to guess what to type."""
    for one in template_parameters(kind, an_environment()):
        assert one.label
        assert "Example: " in one.description
        assert one.group in GROUPS


@pytest.mark.parametrize("kind", KINDS)
def test_groups_hold_every_parameter_once_in_the_order_of_thinking(kind):
    """The console shows parameters that are in no group at the end, where nobody looks."""
    parameters = template_parameters(kind, an_environment())
    groups = parameter_groups(parameters)

    assert [name for _group, names in groups for name in names] == [one.name for one in parameters]
    assert [group for group, _names in groups] == [group for group in GROUPS if group in dict(groups)]


def test_given_zone_leaves_out_what_only_an_own_zone_needs():
    """A parameter nobody reads is a question nobody can answer."""
    given = {"zone": {"name": "pay.example.test", "hosted_zone_id": "Z123"}}

    assert "ZoneName" not in {one.name for one in template_parameters("bootstrap", an_environment(**given))}
    assert "HostedZoneNameServers" not in {one.name for one in template_parameters("global", an_environment(**given))}
