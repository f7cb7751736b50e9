"""StackSets as they stand."""

from __future__ import annotations

import pytest

from deployer.aws.stack_sets import list_instances, newest_operation, read_overrides, read_stack_set
from deployer.vocabulary.errors import AwsRefused
from tests.support.rollout.fake_aws import FakeAws
from tests.support.rollout.wire import refusal

HOME, NAME = "us-east-2", "payment-regional-test"


def test_absent_stack_set_is_none_without_instances_or_history() -> None:
    """Before the first roll-out every question has an answer."""
    aws = FakeAws().aws()

    assert read_stack_set(aws, NAME, HOME) is None
    assert list_instances(aws, NAME, HOME) == ()
    assert newest_operation(aws, NAME, HOME) is None


def test_every_page_of_instances_is_read() -> None:
    """Three instances, two to a page."""
    world = FakeAws()
    world.stack_sets.add("us-east-2", "us-east-1", "us-west-2")

    assert [instance.region for instance in list_instances(world.aws(), NAME, HOME)] == ["us-east-2", "us-east-1", "us-west-2"]


def test_overrides_of_an_instance_are_sorted() -> None:
    """They come as (name, value) pairs; an instance without any has none."""
    world = FakeAws()
    world.stack_sets.add("us-east-2", "us-east-1")
    world.stack_sets.instances["us-east-1"]["ParameterOverrides"] = [
        {"ParameterKey": "Zones", "ParameterValue": "3"},
        {"ParameterKey": "Email", "ParameterValue": "a@example.com"},
    ]
    secondary, primary = list_instances(world.aws(), NAME, HOME)

    assert read_overrides(world.aws(), NAME, primary, HOME) == (("Email", "a@example.com"), ("Zones", "3"))
    assert read_overrides(world.aws(), NAME, secondary, HOME) == ()


def test_other_refusals_are_not_taken_for_absence() -> None:
    """AccessDenied stays an error."""
    world = FakeAws()
    world.refusals = {
        method: refusal("AccessDenied") for method in ("describe_stack_set", "list_stack_instances", "list_stack_set_operations")
    }

    for ask in (read_stack_set, list_instances, newest_operation):
        with pytest.raises(AwsRefused, match="AccessDenied"):
            ask(world.aws(), NAME, HOME)
