"""`deployer drift`: how it ends, and what it asks."""

from __future__ import annotations

import pytest

from deployer.planning.drift import DriftReport
from tests.support.command_line import CommandLine, FakeRooms, records
from tests.support.drift import a_report, a_resource_drift, a_stack_drift
from tests.support.plans import an_empty_survey


def rooms_with(report: DriftReport) -> FakeRooms:
    """Return rooms that find this."""
    rooms = FakeRooms()
    rooms.drift_found = report
    return rooms


@pytest.mark.parametrize(
    ("report", "exit_code"),
    [
        pytest.param(a_report(), 0, id="as rolled out"),
        pytest.param(a_report(a_stack_drift(a_resource_drift())), 8, id="drifted"),
        pytest.param(a_report(outdated=("us-east-1 is behind",)), 8, id="outdated"),
        pytest.param(a_report(diverged=("both differ",)), 8, id="diverged"),
        pytest.param(a_report(a_stack_drift(a_resource_drift(status="UNKNOWN"), reason="denied")), 3, id="not compared"),
    ],
)
def test_exit_code_says_whether_all_is_as_rolled_out(deployer: CommandLine, report: DriftReport, exit_code: int) -> None:
    """A nightly job can trust it alone."""
    assert deployer.run("drift", deployer.params, rooms=rooms_with(report)).exit_code == exit_code


def test_findings_are_shown_before_the_way_out(deployer: CommandLine) -> None:
    """A record of what was found, then the error that says what to do."""
    result = deployer.run("drift", deployer.params, "--json", rooms=rooms_with(a_report(a_stack_drift(a_resource_drift()))))

    found, error = records(result)[-2:]
    assert (found["event"], found["clean"]) == ("drift", False)
    assert (error["event"], error["summary"]) == ("error", "test is drifted")


def test_nothing_is_rendered(deployer: CommandLine) -> None:
    """What the parameter file asks for is the plan's to tell."""
    rooms = FakeRooms()

    deployer.run("drift", deployer.params, rooms=rooms)

    assert rooms.asked == ["aws", "survey", "drift"]


def test_what_is_not_deployed_cannot_drift(deployer: CommandLine) -> None:
    """An empty answer would look like success to a script."""
    result = deployer.run("drift", deployer.params, rooms=FakeRooms(survey=an_empty_survey()))

    assert result.exit_code == 2
    assert "nothing can drift" in result.stderr
    assert "deployer roll-out" in result.stderr
