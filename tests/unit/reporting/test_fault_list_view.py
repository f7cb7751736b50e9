"""What is broken, as a person and a program see it."""

from __future__ import annotations

import io

from deployer.reporting.fault_list_view import FaultListView
from deployer.reporting.report import HumanReport
from tests.support.command_line import StillClock

FAULTS = (
    {"fault_id": "fault-1", "kind": "dead", "region": "us-east-1"},
    {"fault_id": "fault-2", "kind": "slow", "region": "us-east-2", "latency_seconds": 3.0},
)


def shown(view: FaultListView) -> list[list[str]]:
    """Return the words of each line a person reads."""
    out = io.StringIO()
    HumanReport(clock=StillClock(), out=out, err=out).show(view)
    return [line.split() for line in out.getvalue().splitlines()]


def test_faults_are_listed_with_what_counts() -> None:
    """One a line, the oldest first."""
    assert shown(FaultListView(faults=FAULTS))[1:] == [
        ["fault-1", "dead", "us-east-1"],
        ["fault-2", "slow", "us-east-2", "latency", "seconds", "3.0"],
    ]


def test_nothing_broken_is_said() -> None:
    """And an empty list for a program."""
    assert shown(FaultListView(faults=())) == [["Nothing", "is", "broken."]]
    assert FaultListView(faults=()).record() == {"event": "faults", "faults": []}
