"""`deployer summary`: on standard output, or in a file."""

from __future__ import annotations

from pathlib import Path

from tests.support.command_line import CommandLine

FAILED = Path(__file__).parents[1] / "reporting" / "event_logs" / "failed.jsonl"


def test_markdown_goes_to_standard_output_alone(deployer: CommandLine) -> None:
    """`deployer summary … >> "$GITHUB_STEP_SUMMARY"` is the whole summary; telling of a failure is no failure."""
    result = deployer.run("summary", FAILED)

    assert result.exit_code == 0
    assert result.stdout.startswith("### Roll-out of staging: failed")
    assert result.stderr == ""


def test_junit_is_written_where_asked(deployer: CommandLine) -> None:
    """The folder is made when absent."""
    out = deployer.folder / "reports" / "junit.xml"
    result = deployer.run("summary", FAILED, "--format", "junit", "--out", out)

    assert result.stdout == ""
    assert out.read_text().startswith('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites tests="3"')


def test_log_that_is_not_there_is_refused(deployer: CommandLine) -> None:
    """A roll-out that was refused before it began has written none."""
    assert deployer.run("summary", deployer.folder / "events.jsonl").exit_code == 2
