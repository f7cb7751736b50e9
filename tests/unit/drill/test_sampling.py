"""What samples show becomes marks on the timeline; what does not answer is written down as not answering."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deployer.drill.history import Mark, PhaseName, Sample
from deployer.drill.sampling import Sampler, seen_in
from tests.support.drill_hands import FakeHands
from tests.support.paying_regions import EAST, MIDDLE, PayingRegions, paying_regions, target_of

MARKS = (Mark(at_seconds=0, phase=PhaseName.WARM_UP, text="warm-up"), Mark(at_seconds=3, phase=PhaseName.FAULT, text="fault"))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[PayingRegions]:
    """Two Regions for one test."""
    with paying_regions(tmp_path) as running:
        yield running


def sampled(world: PayingRegions, hands: FakeHands, count: int = 2, **target: object) -> tuple[Sample, ...]:
    """Return some samples."""
    began = time.monotonic()
    heard: list[Sample] = []
    sampler = Sampler(replace(target_of(world), **target), hands, lambda: time.monotonic() - began, heard.append)  # type: ignore[arg-type]
    sampler.start()
    while len(heard) < count and time.monotonic() - began < 30:
        time.sleep(0.05)
    samples = sampler.stop()

    assert list(samples[:count]) == heard[:count]
    return samples


def test_sample_holds_name_hold_checks_and_faults(world: PayingRegions) -> None:
    """As they are at that moment."""
    hands = FakeHands(world)
    first = sampled(world, hands)[0]
    world.leads_to, world.held = MIDDLE, True
    second = sampled(world, hands)[0]

    assert (first.answer_region, first.held, first.checks, first.faults) == (EAST, False, (("primary", True),), ())
    assert first.checkers == (("primary", "sa-east-1", True),)
    assert (second.answer_region, second.held) == (MIDDLE, True)
    assert first.looked_seconds is not None
    assert 0 <= first.looked_seconds < 30


def test_what_does_not_answer_is_unknown(world: PayingRegions) -> None:
    """And the sampler goes on."""
    world.leads_to = None
    [first, *_] = sampled(world, FakeHands(world), ports={MIDDLE: 1})

    assert (first.answer_region, first.held) == (None, None)


def test_changes_become_marks_in_their_phase() -> None:
    """Only changes, and silence is none."""
    told = [(0, EAST, False), (2, EAST, None), (4, None, True), (5, MIDDLE, True), (6, MIDDLE, False)]
    samples = tuple(Sample(at_seconds=at, answer_region=region, held=held) for at, region, held in told)

    assert [(one.at_seconds, one.phase, one.text) for one in seen_in(samples, MARKS)] == [
        (4, PhaseName.FAULT, "the hold is seen"),
        (5, PhaseName.FAULT, f"the name leads to {MIDDLE}"),
        (6, PhaseName.FAULT, "the hold is seen to be gone"),
    ]
