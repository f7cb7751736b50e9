"""Which worlds a parameter file asks for, and the page that shows them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deployer.drill.simulation.page import assumptions, write_page
from deployer.drill.simulation.study import Question, limits_bind, study, with_limits_raised
from deployer.drill.simulation.world import world_of
from tests.support.surveys import an_environment


class Stages:
    """Keeps the sentences that were told."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    @contextmanager
    def __call__(self, name: str, sentence: str) -> Iterator[None]:
        self.sentences.append(f"{name}: {sentence}")
        yield


def a_question(*loads: float) -> Question:
    """Return a question of a few trials."""
    return Question(fault="dead", payments_per_second=loads, trials=5, seed=1)


def test_a_world_is_what_the_parameter_file_says() -> None:
    """Its failover, its limits, what it keeps warm."""
    environment = an_environment(
        failover={"request_interval_seconds": 30, "failure_threshold_count": 3, "record_ttl_seconds": 60, "recovery_seconds_max": 600},
        api={"requests_per_second_max": 77, "burst_requests_max": 33},
        functions={"payment": {"provisioned_concurrency_count": 5, "reserved_concurrency_count": 90}},
    )

    world = world_of(environment, fault="dead", payments_per_second=5)

    assert (world.request_interval_seconds, world.failure_threshold_count, world.record_ttl_seconds) == (30, 3, 60)
    assert (world.capacity.requests_per_second_max, world.capacity.burst_requests_max) == (77, 33)
    assert (world.capacity.warm_environments_count, world.capacity.environments_max) == (7, 90)


def test_limits_that_suffice_are_tried_once_and_others_once_more_when_raised() -> None:
    """So that a reader learns what would have been enough."""
    stages = Stages()

    cases = list(study(an_environment(), a_question(10, 5000), stages))

    assert [(case.simulation.world.payments_per_second, case.raised) for case in cases] == [(10, False), (5000, False), (5000, True)]
    assert cases[1].simulation.unrecovered_count == 5
    assert cases[2].simulation.unrecovered_count == 0
    assert len(stages.sentences) == 3
    assert stages.sentences[2] == "simulate: 5 losses under 5,000 payments a second, limits raised"


def test_raised_limits_are_never_lower_than_the_given_ones() -> None:
    """A generous file stays as it is."""
    generous = world_of(an_environment(), fault="dead", payments_per_second=1)

    assert not limits_bind(generous)
    assert with_limits_raised(generous) == generous


def test_the_page_needs_no_network_and_tells_what_was_assumed(tmp_path: Path) -> None:
    """It must open on a train, and years later."""
    cases = list(study(an_environment(), a_question(10), Stages()))
    path = tmp_path / "deep" / "page.html"

    write_page(cases, title="a <study>", recovery_seconds_max=60, path=path)

    text = path.read_text(encoding="utf-8")
    assert "<title>a &lt;study&gt;</title>" in text
    assert 'src="http' not in text
    assert all(sentence in text for sentence in assumptions(cases[0].simulation.world))
