"""The rules of global tables, as pure functions of a template's properties."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.local.global_table_rules import mistakes_in, update_mistakes

REGIONS = ("us-east-1", "us-east-2", "us-west-2", "eu-west-1")


def a_strong_table(
    replicas: tuple[str, ...] = ("us-east-1", "us-east-2"), witnesses: tuple[str, ...] = ("us-west-2",), **more: Any
) -> dict[str, Any]:
    """Return a strongly consistent table's properties."""
    own = {
        "MultiRegionConsistency": "STRONG",
        "Replicas": [{"Region": region} for region in replicas],
        "GlobalTableWitnesses": [{"Region": region} for region in witnesses],
    }
    return own | more


def an_eventual_table(*replicas: str, **more: Any) -> dict[str, Any]:
    """Return an eventually consistent table's properties."""
    stream = {"StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"}}
    return {"Replicas": [{"Region": region} for region in replicas]} | stream | more


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param(a_strong_table(), id="two replicas and a witness"),
        pytest.param(a_strong_table(("us-east-1", "us-east-2", "us-west-2"), ()), id="three replicas"),
        pytest.param(a_strong_table(TimeToLiveSpecification={"Enabled": False}), id="expiry off"),
        pytest.param(an_eventual_table("us-east-1"), id="one Region"),
        pytest.param(an_eventual_table(*REGIONS), id="four Regions"),
    ],
)
def test_table_that_dynamodb_takes(properties: dict[str, Any]) -> None:
    """Nothing is said against it."""
    assert mistakes_in(properties, "us-east-1") == ()


@pytest.mark.parametrize(
    ("properties", "sentence"),
    [
        pytest.param(a_strong_table(("us-east-2", "us-west-2"), ("eu-west-1",)), "stack's own Region, us-east-1", id="stack elsewhere"),
        pytest.param(a_strong_table(TimeToLiveSpecification={"Enabled": True}), "TimeToLiveSpecification", id="expiry"),
        pytest.param(a_strong_table(LocalSecondaryIndexes=[{"IndexName": "local"}]), "LocalSecondaryIndexes", id="local index"),
        pytest.param(a_strong_table(witnesses=("us-east-2",)), "both a replica and a witness", id="witness is a replica"),
        pytest.param(a_strong_table(("us-east-1", "us-east-1")), "more than once", id="Region twice"),
        pytest.param(an_eventual_table("us-east-1", GlobalTableWitnesses=[{"Region": "us-west-2"}]), "needs", id="idle witness"),
        pytest.param(an_eventual_table("us-east-1", "us-east-2", StreamSpecification=None), "StreamSpecification", id="no stream"),
    ],
)
def test_table_that_dynamodb_refuses(properties: dict[str, Any], sentence: str) -> None:
    """The sentence names the property that is at fault."""
    assert any(sentence in mistake for mistake in mistakes_in(properties, "us-east-1"))


@given(st.sets(st.sampled_from(REGIONS[1:])), st.sets(st.sampled_from(REGIONS[1:]), max_size=1))
def test_strong_table_has_three_regions_in_all(others: set[str], witnesses: set[str]) -> None:
    """Three replicas, or two and a witness; every other number is refused, and says what was found."""
    replicas = ("us-east-1", *sorted(others))
    refused = any("needs three Regions" in mistake for mistake in mistakes_in(a_strong_table(replicas, tuple(witnesses)), "us-east-1"))

    assert refused == ((len(replicas), len(witnesses)) not in ((3, 0), (2, 1)))


@given(st.sets(st.sampled_from(REGIONS[1:])), st.sets(st.sampled_from(REGIONS[1:])))
def test_replicas_come_and_go_one_at_a_time(before: set[str], after: set[str]) -> None:
    """An update may add or remove one Region of an eventually consistent table."""
    old, new = an_eventual_table("us-east-1", *before), an_eventual_table("us-east-1", *after)
    refused = bool(update_mistakes(old, new, "us-east-1"))

    assert refused == (len(before ^ after) > 1)


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        pytest.param(an_eventual_table("us-east-1", "us-east-2"), "MultiRegionConsistency cannot be changed", id="consistency"),
        pytest.param(a_strong_table(("us-east-1", "eu-west-1")), "cannot be changed", id="replicas of a strong table"),
        pytest.param(a_strong_table(witnesses=("eu-west-1",)), "cannot be changed", id="witness of a strong table"),
        pytest.param(a_strong_table(KeySchema=[{"AttributeName": "other"}]), "KeySchema", id="key"),
        pytest.param(
            a_strong_table(GlobalSecondaryIndexes=[{"IndexName": "one"}, {"IndexName": "two"}]),
            "one global secondary index",
            id="two indexes",
        ),
    ],
)
def test_change_that_dynamodb_refuses(new: dict[str, Any], sentence: str) -> None:
    """What is fixed at creation stays, and indexes come one at a time."""
    assert any(sentence in mistake for mistake in update_mistakes(a_strong_table(), new, "us-east-1"))
