"""What is broken, as a person and a program see it."""

from __future__ import annotations

import io
from dataclasses import replace

from deployer.reporting.embedded_view import EmbeddedView
from deployer.reporting.fault_list_view import FaultListView
from deployer.reporting.report import HumanReport
from tests.support.command_line import StillClock

FAULTS = (
    {"fault_id": "fault-1", "kind": "dead", "region": "us-east-1"},
    {"fault_id": "fault-2", "kind": "slow", "region": "us-east-2", "latency_seconds": 3.0},
)


def shown(view: FaultListView | EmbeddedView) -> list[list[str]]:
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


def test_embedded_aws_tells_what_waits() -> None:
    """Of eventual tables by direction, of strong ones by who is behind; nothing when nothing does."""
    view = EmbeddedView(endpoint="http://127.0.0.1:4566", dns=None, ca_bundle="/ca.pem", edges=(), pid=7, account_id="111122223333")
    waiting = {"lag_seconds": (), "backlogs": (("us-east-1", "us-east-2", 3, 12.4),), "behind": (("ledger", "us-east-1", 2),)}
    waiting["copies"] = (("us-east-2", "us-east-1", 1),)

    lines = [" ".join(line) for line in shown(replace(view, replication=waiting))]
    assert "writes waiting 3 from us-east-1 to us-east-2 for 12 s; us-east-1 does not know of 2 in ledger" in lines
    assert "copies waiting 1 from us-east-2 to us-east-1" in lines
    assert not any("waiting" in line for line in map(" ".join, shown(view)))
