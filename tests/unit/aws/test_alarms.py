"""Alarms as they stand, by name."""

from __future__ import annotations

import pytest

from deployer.aws.alarms import AlarmInAlarm, alarms_in_alarm
from deployer.vocabulary.errors import AwsRefused
from tests.support.rollout.fake_aws import FakeAws
from tests.support.rollout.wire import refusal

REGION = "us-east-2"


def test_what_rings_is_told_by_name_composite_or_not() -> None:
    """Sorted; what nobody asked for is not told."""
    world = FakeAws()
    now = world.clock.now()
    alarms = world.alarms(REGION)
    alarms.ringing = dict.fromkeys(("b", "a", "other"), now)
    alarms.composite = {"a"}

    found = alarms_in_alarm(world.aws(), ("a", "b", "silent"), REGION)

    assert found == tuple(AlarmInAlarm(name=name, since=now, reason="too many") for name in "ab")
    assert alarms_in_alarm(world.aws(), ("a", "b"), "us-east-1") == ()


def test_more_names_than_one_question_takes_are_a_mistake() -> None:
    """Rather than an answer that leaves some out."""
    with pytest.raises(ValueError, match="101 names"):
        alarms_in_alarm(FakeAws().aws(), ["name"] * 101, REGION)


def test_refusal_is_told() -> None:
    """With AWS's own code."""
    world = FakeAws()
    world.refusals["describe_alarms"] = refusal("AccessDenied", "not authorized")

    with pytest.raises(AwsRefused, match="not authorized"):
        alarms_in_alarm(world.aws(), ("a",), REGION)
