"""Drift as a table for a person and a record for a program."""

from __future__ import annotations

import io
import json

from deployer.planning.drift import DriftReport
from deployer.reporting.drift_view import DriftView, sentence_of
from deployer.reporting.report import HumanReport
from tests.support.command_line import StillClock
from tests.support.drift import a_report, a_resource_drift, a_stack_drift


def drawn(report: DriftReport) -> str:
    """Return what a person sees."""
    out = io.StringIO()
    HumanReport(clock=StillClock(), out=out, err=out).show(DriftView(report=report))
    return out.getvalue()


def test_property_stands_beside_both_values() -> None:
    """Stack, resource, property, expected, actual; the stack is named once."""
    stack = a_stack_drift(a_resource_drift("PaymentFunction", "MODIFIED", ("/MemorySize", "256", "128"), ("/Timeout", "10", "29")))

    text = drawn(a_report(stack))

    first, second = (line.split() for line in text.splitlines() if "/MemorySize" in line or "/Timeout" in line)
    assert first[:4] == ["regional", "in", "us-east-1", "PaymentFunction"]
    assert first[-3:] == ["/MemorySize", "256", "128"]
    assert second == ["/Timeout", "10", "29"]


def test_deleted_resource_has_a_row_of_its_own() -> None:
    """It has no properties left to compare."""
    text = drawn(a_report(a_stack_drift(a_resource_drift("Topic", "DELETED", kind="AWS::SNS::Topic"))))

    assert any("Topic" in line and "deleted" in line for line in text.splitlines())


def test_long_value_is_cut_for_a_person_and_whole_for_a_program() -> None:
    """A policy document would fill the screen."""
    long = "x" * 400
    report = a_report(a_stack_drift(a_resource_drift("Role", "MODIFIED", ("/Description", long, "short"))))

    assert "…" in drawn(report)
    assert long in json.dumps(DriftView(report=report).record())


def test_sound_system_is_one_line() -> None:
    """With how much was compared."""
    assert drawn(a_report()) == "1 resource of 1 stack compared: everything is as it was rolled out.\n"


def test_kinds_are_told_apart() -> None:
    """Outdated, diverged and not compared, each by its word."""
    unsure = a_stack_drift(a_resource_drift("Role", "UNKNOWN"), part="global", reason="Failed to detect drift on resources [Role]")

    lines = drawn(a_report(unsure, outdated=("us-east-1 is behind",), diverged=("both differ",))).splitlines()

    assert lines[:3] == [
        "outdated: us-east-1 is behind",
        "diverged: both differ",
        "not compared: global in us-east-1: Failed to detect drift on resources [Role]",
    ]


def test_record_holds_every_difference() -> None:
    """For a program, without words to parse."""
    report = a_report(a_stack_drift(a_resource_drift()), outdated=("us-east-1 is behind",))

    record = DriftView(report=report).record()

    [stack] = record["stacks"]
    assert (record["clean"], stack["word"], stack["compared_count"]) == (False, "drifted", 2)
    assert stack["resources"][0]["differences"] == [{"path": "/MemorySize", "kind": "NOT_EQUAL", "expected": "256", "actual": "128"}]
    assert sentence_of(report) == "2 resources of 1 stack compared: 1 drifted."
