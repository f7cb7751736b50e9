"""Which record answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.local.record_choice import Record, chosen


def record(set_id: str, *, failover: str = "", weight: int | None = None) -> Record:
    """Return an A record of one name."""
    return Record(name="api.test.", kind="A", ttl_seconds=10, values=(set_id,), set_id=set_id, failover=failover, weight=weight)


PAIR = (record("one", failover="PRIMARY"), record("two", failover="SECONDARY"))
WEIGHTED = st.lists(st.tuples(st.integers(0, 255), st.booleans()), min_size=1, max_size=6)


def answering(records: tuple[Record, ...], *healthy: str, draw: float = 0.0) -> str:
    """Return the set id of the record that answers."""
    found = chosen(records, lambda one: one.set_id in healthy, draw)
    assert found is not None
    return found.set_id


@pytest.mark.parametrize(
    ("healthy", "answer"),
    [
        pytest.param(("one", "two"), "one", id="both healthy"),
        pytest.param(("one",), "one", id="secondary unhealthy"),
        pytest.param(("two",), "two", id="primary unhealthy"),
        pytest.param((), "one", id="both unhealthy"),
    ],
)
def test_failover_pair(healthy: tuple[str, ...], answer: str) -> None:
    """F2.11, in whatever order they are stored."""
    assert answering(PAIR, *healthy) == answering(PAIR[::-1], *healthy) == answer


def test_half_a_pair_answers_whatever_its_health() -> None:
    """There is nothing else."""
    assert answering(PAIR[:1]) == "one"
    assert answering(PAIR[1:]) == "two"


def test_simple_record_answers_whatever_its_health() -> None:
    """Health decides only between several."""
    assert answering((record(""),)) == ""
    assert chosen((), lambda one: True, 0.0) is None


@given(WEIGHTED, st.floats(0, 1, exclude_max=True))
def test_weight_goes_to_the_healthy(weights: list[tuple[int, bool]], draw: float) -> None:
    """Healthy ones with weight first, healthy ones without next; when nobody is healthy, all count."""
    records = tuple(record(str(number), weight=weight) for number, (weight, _) in enumerate(weights))
    healthy = {str(number) for number, (_, well) in enumerate(weights) if well}
    heavy = {one.set_id for one in records if one.weight}

    answer = answering(records, *healthy, draw=draw)

    assert answer in (heavy & healthy or healthy or heavy or {one.set_id for one in records})


def test_weights_share_the_draws() -> None:
    """A quarter of the draws for a quarter of the weight."""
    records = (record("a", weight=1), record("b", weight=3))

    answers = [answering(records, "a", "b", draw=number / 100) for number in range(100)]

    assert (answers.count("a"), answers.count("b")) == (25, 75)
