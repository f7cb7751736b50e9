"""Spares as data and as steps: which places there are, in which wave, and what is amiss with them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.planning.spare_steps import plan_spares
from deployer.planning.spares import SpareRollout, SpareTargets, waves
from deployer.planning.survey import StackInstanceFacts, StackSetFacts
from tests.support.surveys import ACCOUNT, PRIMARY_REGION, SECONDARY_REGION, a_stack_set, an_instance

OTHER, THIRD = "222233334444", "333344445555"
SPARE_REGION = "us-west-2"
PREPARED = (("Activation", "Prepared"),)
PAIR = frozenset((ACCOUNT, region) for region in (SECONDARY_REGION, PRIMARY_REGION))

_accounts = st.lists(st.sampled_from([ACCOUNT, OTHER, THIRD, "444455556666"]), max_size=6)
_regions = st.lists(st.sampled_from([SECONDARY_REGION, PRIMARY_REGION, SPARE_REGION, "eu-west-1", "eu-west-2"]), max_size=6)
_pairs = st.frozensets(st.tuples(st.sampled_from([ACCOUNT, OTHER]), st.sampled_from([SECONDARY_REGION, PRIMARY_REGION, SPARE_REGION])))


@given(regions=_regions, accounts=_accounts, pair=_pairs)
def test_every_place_is_in_exactly_one_wave(regions: list[str], accounts: list[str], pair: frozenset[tuple[str, str]]) -> None:
    """All accounts in all Regions, but for the pair's own places: each once, and none more."""
    placed = [(account, region) for region, of_region in waves(regions, accounts, pair) for account in of_region]

    assert len(placed) == len(set(placed))
    assert set(placed) == {(account, region) for account in accounts for region in regions} - pair


@given(regions=_regions, accounts=_accounts, pair=_pairs)
def test_waves_keep_the_order_asked_for(regions: list[str], accounts: list[str], pair: frozenset[tuple[str, str]]) -> None:
    """A Region is a wave, in the order of the Regions; a wave without anything to reach is none."""
    planned = waves(regions, accounts, pair)

    assert [region for region, _ in planned] == [region for region in dict.fromkeys(regions) if region in dict(planned)]
    assert all(of_region for _, of_region in planned)


def planned(*instances: StackInstanceFacts, moves: bool = False, **different: object) -> tuple[SpareRollout, ...]:
    """Return the waves over two accounts in the pair's secondary Region and another, with these spares standing."""
    targets = SpareTargets(
        regions=(SECONDARY_REGION, SPARE_REGION), accounts=(ACCOUNT, OTHER), pair=PAIR, overrides=PREPARED, concurrent_count=3
    )
    pair = [an_instance(region) for region in (PRIMARY_REGION, SECONDARY_REGION)]
    standing: StackSetFacts = a_stack_set(*pair, *instances)
    return plan_spares(
        replace(targets, **different),  # type: ignore[arg-type]
        stack_set_name="payment-regional-test",
        home_account=ACCOUNT,
        home_region=SECONDARY_REGION,
        standing=standing,
        definition="one",
        definition_moves=moves,
    )


def a_spare(account: str, region: str, **changes: object) -> StackInstanceFacts:
    """Return a current spare, whose stack nobody here may read."""
    return replace(an_instance(region, stack={}), account_id=account, stack=None, **{"overrides": PREPARED, **changes})  # type: ignore[arg-type]


ALL = (a_spare(OTHER, SECONDARY_REGION), a_spare(ACCOUNT, SPARE_REGION), a_spare(OTHER, SPARE_REGION))


def test_spares_that_are_missing_are_created() -> None:
    """The home account's own secondary is the pair's, so the first wave is the other account alone."""
    first, second = planned()

    assert (first.regions, first.accounts, first.new_accounts, first.action) == ((SECONDARY_REGION,), (OTHER,), (OTHER,), "create")
    assert (second.accounts, second.wave, second.overrides, second.concurrent_count) == ((ACCOUNT, OTHER), "2 of 2", PREPARED, 3)
    assert first.reason == f"{SECONDARY_REGION} of account {OTHER} has no instance yet"
    assert second.reason.startswith(f"{SPARE_REGION} has no instance yet; ")


def test_current_spares_need_nothing() -> None:
    """Nor do they when the pair has nothing to do."""
    assert [step.action for step in planned(*ALL)] == ["none", "none"]


def test_definition_that_moves_leaves_every_spare_behind() -> None:
    """The pair's waves are about to make them OUTDATED."""
    steps = planned(*ALL, moves=True)

    assert [(step.action, step.reason) for step in steps] == [("update", "the definition of the StackSet changes")] * 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"status": "OUTDATED", "status_reason": "it failed"}, "is OUTDATED: it failed", id="outdated"),
        pytest.param({"detailed_status": "CANCELLED"}, "is CANCELLED", id="cancelled"),
        pytest.param({"overrides": ()}, "has no override that keeps it from being live", id="live"),
    ],
)
def test_spare_that_is_not_sound_gives_its_wave_work(changes: dict[str, object], said: str) -> None:
    """One account is enough; the other wave has nothing to do."""
    first, second = planned(*ALL[:2], a_spare(OTHER, SPARE_REGION, **changes))

    assert first.action == "none"
    assert (second.action, second.reason, second.new_accounts) == ("update", f"{SPARE_REGION} of account {OTHER} {said}", ())


def test_operation_ids_differ_between_waves_and_definitions() -> None:
    """Each is a token of its own (F4.8), and the same plan gives the same again."""
    ids = [step.operation_id for step in planned()]

    assert len(set(ids)) == 2
    assert ids == [step.operation_id for step in planned()]
    assert not set(ids) & {step.operation_id for step in planned(accounts=(ACCOUNT, OTHER, THIRD))}


def test_title_says_where_and_how_many() -> None:
    """One account is named, several are counted."""
    first, second = planned()

    assert first.title == f"spares of payment-regional-test to {SECONDARY_REGION} of account {OTHER}"
    assert second.title == f"spares of payment-regional-test to {SPARE_REGION} (2 accounts)"
