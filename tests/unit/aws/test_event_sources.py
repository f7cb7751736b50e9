"""Event source mappings, found by the function they bring records to."""

from __future__ import annotations

import pytest

from deployer.aws.event_sources import EventSource, disable_event_source, event_sources_of
from deployer.vocabulary.errors import AwsRefused
from tests.support.rollout.fake_aws import FakeAws
from tests.support.rollout.wire import refusal

REGION = "us-east-2"


def a_world() -> FakeAws:
    """Return an AWS with a mapping of this function and one of another."""
    world = FakeAws()
    world.event_sources(REGION).put("own", "audit:live")
    world.event_sources(REGION).put("other", "audit-more:live")
    return world


def test_mappings_are_those_of_the_function_and_region() -> None:
    """Neither another function's nor another Region's."""
    world = a_world()

    assert event_sources_of(world.aws(), "audit:live", REGION) == (EventSource(uuid="own", state="Enabled"),)
    assert event_sources_of(world.aws(), "audit:live", "us-east-1") == ()


def test_function_that_is_gone_has_no_mapping() -> None:
    """Lambda may say so by an error."""
    world = a_world()
    world.refusals["list_event_source_mappings"] = refusal("ResourceNotFoundException", "Function not found")

    assert event_sources_of(world.aws(), "audit:live", REGION) == ()


def test_mapping_that_is_gone_brings_nothing() -> None:
    """One that stands begins to stand still."""
    world = a_world()
    for uuid in ("own", "nobody"):
        disable_event_source(world.aws(), uuid, REGION)

    assert world.event_sources(REGION).states == {"own": "Disabling", "other": "Enabled"}


def test_refusal_is_told() -> None:
    """With AWS's own words, of either call."""
    world = a_world()
    for method in ("list_event_source_mappings", "update_event_source_mapping"):
        world.refusals[method] = refusal("AccessDeniedException", "not authorized")

    with pytest.raises(AwsRefused, match="not authorized"):
        event_sources_of(world.aws(), "audit:live", REGION)
    with pytest.raises(AwsRefused, match="not authorized"):
        disable_event_source(world.aws(), "own", REGION)
