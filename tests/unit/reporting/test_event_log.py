"""The events as JSON lines."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from deployer.reporting.event_log import both, logged_to
from deployer.vocabulary.events import Event, ResourceMoved, StepStarted
from tests.support.plans import AT

BEGAN = StepStarted(at=AT, phase="global", step="payment-global-local in us-east-2")


def test_every_event_is_one_line_with_its_name_first(tmp_path: Path) -> None:
    """The folder is made when absent."""
    path = tmp_path / "build" / "local" / "events.jsonl"

    with logged_to(path) as tell:
        tell(BEGAN)

    assert path.read_text() == (
        f'{{"event": "step_started", "at": "{AT}", "phase": "global", "step": "payment-global-local in us-east-2"}}\n'
    )


def test_a_second_roll_out_is_appended(tmp_path: Path) -> None:
    """The log of an environment is its history."""
    path = tmp_path / "events.jsonl"
    for _ in range(2):
        with logged_to(path) as tell:
            tell(BEGAN)

    assert len(path.read_text().splitlines()) == 2


def test_an_event_is_on_disk_before_the_next_one(tmp_path: Path) -> None:
    """A killed deployer leaves what it told."""
    path = tmp_path / "events.jsonl"
    with logged_to(path) as tell:
        tell(BEGAN)

        assert path.read_text().endswith("\n")


@given(reason=st.text())
def test_no_reason_of_aws_breaks_a_line(reason: str, tmp_path_factory: object) -> None:
    """Line breaks and any other character come back as they were."""
    event = ResourceMoved(
        at=AT, phase="global", stack_name="s", region="r", logical_id="L", resource_type="T", status="CREATE_FAILED", reason=reason
    )
    path = tmp_path_factory.mktemp("log") / "events.jsonl"  # type: ignore[attr-defined]
    with logged_to(path) as tell:
        tell(event)

    (line,) = path.read_bytes().split(b"\n")[:-1]
    assert json.loads(line)["reason"] == reason


def test_two_listeners_hear_the_same_in_order() -> None:
    """First the first."""
    heard: list[tuple[str, Event]] = []

    both(lambda event: heard.append(("one", event)), lambda event: heard.append(("two", event)))(BEGAN)

    assert heard == [("one", BEGAN), ("two", BEGAN)]
