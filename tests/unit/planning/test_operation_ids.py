"""Operation ids: the same for the same intent, another after anything has happened."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from deployer.planning.operation_ids import is_someone_elses, operation_id
from deployer.planning.survey import OperationFacts


def ended(operation: str, status: str = "FAILED") -> OperationFacts:
    """Return an operation that is over."""
    return OperationFacts(operation_id=operation, action="UPDATE", status=status)


@given(
    phase=st.sampled_from(["regional", "activation", "tear-down"]),
    content=st.lists(st.text()),
    last=st.none() | st.text(max_size=128).map(ended),
)
def test_id_is_one_that_aws_takes(phase: str, content: list[str], last: OperationFacts | None) -> None:
    """With room for what the runner adds (F4.8: 128 characters)."""
    made = operation_id(phase, content, last)

    assert re.fullmatch(r"[a-zA-Z0-9][-a-zA-Z0-9]*", made)
    assert len(made) <= 100
    assert made == operation_id(phase, content, last)


def test_retry_after_a_failure_has_another_id() -> None:
    """AWS takes an id once (F4.9)."""
    first = operation_id("regional", ["x"], None)
    second = operation_id("regional", ["x"], ended(first))
    third = operation_id("regional", ["x"], ended(second))

    assert len({first, second, third}) == 3


def test_other_content_or_phase_has_another_id() -> None:
    """An id stands for one operation."""
    ids = {operation_id(phase, [content], None) for phase in ("regional", "activation") for content in ("x", "y")}

    assert len(ids) == 4


def test_running_operation_of_the_same_content_keeps_its_id() -> None:
    """Whoever runs the same roll-out again meets the operation under way, with what the runner added cut off."""
    first = operation_id("regional", ["x"], ended("before"))
    running = ended(f"{first}-create-1", "RUNNING")

    assert operation_id("regional", ["x"], running) == first
    assert operation_id("regional", ["y"], running) != first


def test_someone_elses_is_what_no_id_of_ours_begins() -> None:
    """Only operations under way are in the way."""
    assert is_someone_elses(ended("theirs", "RUNNING"), ("ours",))
    assert is_someone_elses(ended("ours-update-1", "STOPPING"), ("ours",))
    assert not is_someone_elses(ended("ours-update-1", "RUNNING"), ("ours",))
    assert not is_someone_elses(ended("theirs", "SUCCEEDED"), ("ours",))
    assert not is_someone_elses(None, ("ours",))
