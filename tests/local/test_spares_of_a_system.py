"""A whole system with spares of two accounts, once through its life: roll-out, no change, update, a spare that fails, tear-down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial

import pytest

from tests.support.spared_systems import (
    HOME_ACCOUNT,
    OTHER_ACCOUNT,
    PAIR,
    SPARE_REGION,
    SPARES,
    SUFFIX,
    SparedSystem,
    a_spared_system,
)
from tests.support.what_is_left import REGIONS, what_is_left

pytestmark = pytest.mark.whole_system

PLACES = (*((HOME_ACCOUNT, region) for region in PAIR), *SPARES)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparedSystem]:
    """A system that is rolled out, the spares with it."""
    with a_spared_system(tmp_path_factory.mktemp("spared")) as spared:
        ended = spared.run("roll-out", "--yes")
        assert ended[0] == 0, ended[1]
        yield spared


def release(system: SparedSystem, word: str) -> None:
    """Change the payment function."""
    handler = system.copy.folder / "functions" / "payment" / "handler.py"
    handler.write_text(f"{handler.read_text()}\n# {word}\n")


def in_turn(system: SparedSystem, phase: str) -> list[tuple[str, str]]:
    """Return the places in the order in which they settled in a phase of the last roll-out."""
    settled = (event for event in system.events() if event["event"] == "region_settled" and event["phase"] == phase)
    return [(event["account_id"], event["region"]) for event in settled]


def test_system_with_spares_lives_its_life(system: SparedSystem) -> None:
    """What follows is one story, since each part begins where the one before has ended; a system takes a minute to stand."""
    stands_with_its_spares_never_live(system)
    nothing_changed_needs_no_roll_out(system)
    update_reaches_pair_and_then_spares(system)
    spare_that_fails_takes_everything_back(system)
    tear_down_leaves_nothing_in_any_account(system)


def stands_with_its_spares_never_live(system: SparedSystem) -> None:
    """Four instances, two of them live; the other account's is told by its StackSet's word."""
    (status, standing), (drift, compared) = (system.run(command) for command in ("status", "drift"))

    assert (status, drift) == (0, 0), standing + compared
    assert f"spare in {SPARE_REGION}: current  account {OTHER_ACCOUNT}; instance CURRENT SUCCEEDED; stack not looked into" in standing
    assert f"not looked into: regional in {SPARE_REGION} of account {OTHER_ACCOUNT}" in compared
    assert system.statuses() == dict.fromkeys(PLACES, "CURRENT")
    assert system.activations() == {place: "Prepared" if place in SPARES else "Live" for place in PLACES}


def nothing_changed_needs_no_roll_out(system: SparedSystem) -> None:
    """Not one call changes anything."""
    system.copy.calls.clear()

    code, output = system.run("roll-out", "--yes")

    assert (code, system.copy.mutating_calls) == (0, []), output


def update_reaches_pair_and_then_spares(system: SparedSystem) -> None:
    """One function changes: the standby, the primary, then a spare after the other; all run the same code in the end."""
    before = system.code()
    release(system, "second version")

    code, output = system.run("roll-out", "--yes")
    [matrix] = [line for line in output.splitlines() if line.strip().startswith("PaymentFunction ")]

    assert code == 0, output
    assert matrix.count("~ modify") == len(PLACES)
    assert in_turn(system, "regional") == [(HOME_ACCOUNT, region) for region in PAIR]
    assert in_turn(system, "spares") == list(SPARES)
    assert len(set(system.code().values())) == 1
    assert set(system.code().values()).isdisjoint(before.values())
    assert system.statuses() == dict.fromkeys(PLACES, "CURRENT")
    assert system.activations() == {place: "Prepared" if place in SPARES else "Live" for place in PLACES}


def spare_that_fails_takes_everything_back(system: SparedSystem) -> None:
    """The other account cannot have what is new: pair and the spare before it are put back, and the roll-out after is whole."""
    before = system.code()
    release(system, "third version")

    with system.broken_in_other_account():
        code, output = system.run("roll-out", "--yes")

    assert code == 5, output
    assert f"{SPARE_REGION} of account {OTHER_ACCOUNT}" in output[output.index("error: ") :], output
    assert system.code() == before
    assert system.statuses() == dict.fromkeys(PLACES, "CURRENT")
    assert system.activations() == {place: "Prepared" if place in SPARES else "Live" for place in PLACES}


def tear_down_leaves_nothing_in_any_account(system: SparedSystem) -> None:
    """Neither in the pair's account nor in the other one, but for the role that its owner made."""
    regions = (*REGIONS, SPARE_REGION)
    stands = what_is_left(partial(system.copy.client, account=OTHER_ACCOUNT), SUFFIX, regions=regions)
    _, refused = system.run("tear-down", "--confirm", SUFFIX, "--json")
    named = [mistake["sentence"].split()[3].rstrip(":") for mistake in json.loads(refused.splitlines()[-1])["mistakes"]]

    code, output = system.run("tear-down", "--confirm", SUFFIX, *(f"--empty-bucket={name}" for name in named))

    assert code == 0, output
    assert f"lambda {SPARE_REGION} payment-processor-{SPARE_REGION}-{SUFFIX}" in stands
    assert what_is_left(system.copy.client, SUFFIX, regions=regions) == []
    left = what_is_left(partial(system.copy.client, account=OTHER_ACCOUNT), SUFFIX, regions=regions)
    assert {one.split(" ", 2)[2] for one in left} == {f"payment-stackset-execution-{SUFFIX}"}
