"""`deployer local fault`, `faults`, `heal` and `lag`, and what `status` says of them."""

from __future__ import annotations

import pytest

from deployer.local.faults import FaultKind
from tests.support.command_line import CommandLine, FakeRooms, an_embedded, records


def test_fault_is_injected_listed_and_mended(deployer: CommandLine) -> None:
    """Only what was given is passed on; its id is what healing takes."""
    rooms = FakeRooms(embedded=an_embedded())

    broken = deployer.run("local", "fault", "partition", "us-east-1", "--peer", "us-east-2", "--json", rooms=rooms)
    assert rooms.faults == ({"kind": "partition", "region": "us-east-1", "peer": "us-east-2", "fault_id": "fault-1"},)
    assert records(broken)[0]["fault_id"] == "fault-1"
    listed = deployer.run("local", "faults", rooms=rooms)
    assert listed.stdout.split() == ["id", "kind", "Region", "details", "fault-1", "partition", "us-east-1", "peer", "us-east-2"]
    assert records(deployer.run("local", "faults", "--json", rooms=rooms))[0]["faults"] == list(rooms.faults)
    healed = deployer.run("local", "heal", "fault-1", rooms=rooms)

    assert "fault-1 is mended" in healed.stderr
    assert rooms.faults == ()


def test_numbers_are_numbers(deployer: CommandLine) -> None:
    """Shares and seconds."""
    rooms = FakeRooms(embedded=an_embedded())

    deployer.run("local", "fault", "failing", "us-east-1", "--rate", "0.25", rooms=rooms)
    deployer.run("local", "fault", "slow", "us-east-1", "--latency-seconds", "3", rooms=rooms)

    assert [(fault.get("rate"), fault.get("latency_seconds")) for fault in rooms.faults] == [(0.25, None), (None, 3.0)]


def test_all_is_mended_at_once(deployer: CommandLine) -> None:
    """And nothing broken is said in words."""
    rooms = FakeRooms(embedded=an_embedded())
    deployer.run("local", "fault", "dead", "us-east-1", rooms=rooms)
    deployer.run("local", "fault", "dead", "us-east-2", rooms=rooms)

    assert "All is mended." in deployer.run("local", "heal", rooms=rooms).stderr
    assert deployer.run("local", "faults", rooms=rooms).stdout == "Nothing is broken.\n"


@pytest.mark.parametrize("words", [("fault", "dead", "us-east-1"), ("faults",), ("heal",), ("lag", "1")])
def test_nothing_is_broken_where_nothing_runs(deployer: CommandLine, words: tuple[str, ...]) -> None:
    """With the way to start it."""
    result = deployer.run("local", *words)

    assert result.exit_code == 2
    assert "deployer local start" in result.stderr


def test_help_names_every_kind(deployer: CommandLine) -> None:
    """None is forgotten when one is added."""
    told = deployer.run("local", "fault", "--help").stdout

    assert [kind for kind in FaultKind if kind not in told] == []


def test_lag_is_set_and_shown(deployer: CommandLine) -> None:
    """In seconds; `status` tells a program as well."""
    rooms = FakeRooms(embedded=an_embedded())

    told = deployer.run("local", "lag", "2.5", "--region", "us-east-1", rooms=rooms)
    assert "Writes of us-east-1 are under way for 2.5 s." in told.stderr
    assert "2.5 s from us-east-1" in deployer.run("local", "status", rooms=rooms).stdout
    assert records(deployer.run("local", "status", "--json", rooms=rooms))[0]["replication"]["lag_seconds"] == [["us-east-1", 2.5]]


def test_status_tells_what_is_broken(deployer: CommandLine) -> None:
    """Nobody wonders why nothing answers."""
    rooms = FakeRooms(embedded=an_embedded())
    deployer.run("local", "fault", "dead", "us-east-1", rooms=rooms)

    shown = [line.split() for line in deployer.run("local", "status", rooms=rooms).stdout.splitlines()]
    assert ["broken:", "fault-1", "dead", "us-east-1"] in shown
