"""A finished run told from its event log: recorded logs, and whatever AWS may have written into one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.reporting.event_log import logged_to
from deployer.reporting.run_log import LoggedRun, LoggedStep, read_last_run
from deployer.reporting.run_summary import run_junit, run_markdown
from deployer.vocabulary.errors import InputRefused
from deployer.vocabulary.events import Event, RolloutEnded, RolloutStarted, StepEnded, StepSkipped, StepStarted
from tests.support.plans import AT, sampled

LOGS = Path(__file__).parent / "event_logs"
FAILED = LOGS / "failed.jsonl"
CUT_OFF = LOGS / "cut_off.jsonl"


def a_run(**step: str) -> LoggedRun:
    """Return a failed run of one step."""
    told = LoggedStep(**{"phase": "global", "step": "s", "state": "failed"} | step)  # type: ignore[arg-type]
    return LoggedRun(
        plan_id="p", suffix="x", intent="roll-out", began_at=AT, outcome="failed", took_seconds=1.0, steps=(told,), failed_resources=()
    )


def suite_of(text: str) -> ElementTree.Element:
    """Return the only suite of a JUnit report."""
    [suite] = ElementTree.fromstring(text)  # noqa: S314 - written by the deployer a line earlier
    return suite


def test_only_the_newest_run_is_told() -> None:
    """The log of an environment holds every roll-out there was."""
    run = read_last_run(FAILED)

    assert (run.plan_id, run.outcome, run.took_seconds) == ("5a4b3c2d1e0f5a4b3c2d", "failed", 61.5)
    assert [(step.phase, step.state) for step in run.steps] == [("bootstrap", "unchanged"), ("artifacts", "done"), ("regional", "failed")]


def test_resource_that_another_one_took_down_is_no_cause() -> None:
    """A reader looks for the first reason, not for its echoes."""
    assert [one.logical_id for one in read_last_run(FAILED).failed_resources] == ["PaymentFunction"]


def test_failed_run_shows_cause_and_way_out_first() -> None:
    """The table of steps comes last."""
    lines = run_markdown(read_last_run(FAILED)).splitlines()

    assert lines[0] == "### Roll-out of staging: failed after 1 min 02 s"
    assert lines[2] == "3 steps: 1 done, 1 unchanged, 1 failed; plan `5a4b3c2d1e0f`."
    assert lines[4] == "**regional, payment-regional-staging to us-east-2, us-east-1**: payment-regional-staging failed in us-east-2"
    assert lines[6:8] == ["    PaymentFunction <b>is</b> too large", "    us-east-1 was not begun"]
    assert lines[9] == "Way out: Correct the size, then run the same command."


def test_reason_of_aws_stays_in_its_cell() -> None:
    """Bars and line breaks in a reason do not tear the table."""
    [row] = [one for one in run_markdown(read_last_run(FAILED)).splitlines() if "PaymentFunction (" in one]

    assert 'message: "Memory \\| size is too large"' in row
    assert row.replace("\\|", "").count("|") == 6


def test_failed_run_is_a_failed_test_to_whoever_counts() -> None:
    """One case a step; what was left out is skipped."""
    suite = suite_of(run_junit(read_last_run(FAILED)))

    assert suite.attrib == {
        "name": "Roll-out of staging",
        "timestamp": "2026-03-04T05:06:00.000+00:00",
        **{"tests": "3", "failures": "1", "errors": "0", "skipped": "1", "time": "61.500"},
    }
    assert [[one.tag for one in case] for case in suite] == [["skipped"], [], ["failure"]]
    assert suite[2][0].text == "PaymentFunction <b>is</b> too large\nus-east-1 was not begun\nCorrect the size, then run the same command."
    assert suite[1].attrib["classname"] == "staging.artifacts"


def test_run_of_a_killed_deployer_is_never_done() -> None:
    """Its last line is torn, its last step without an end."""
    run = read_last_run(CUT_OFF)

    assert (run.outcome, run.steps[0].state) == ("cut off", "cut off")
    assert run_markdown(run).startswith("### Tear-down of prod: cut off;")
    assert suite_of(run_junit(run)).attrib["errors"] == "1"


def test_what_the_deployer_logs_is_what_is_told(tmp_path: Path) -> None:
    """The events themselves, through the file, so that neither side can be renamed alone."""
    path = tmp_path / "events.jsonl"
    with logged_to(path) as tell:
        tell(RolloutStarted(at=AT, plan_id="p", suffix="local", intent="roll-out", steps_count=1))
        tell(StepSkipped(at=AT, phase="bootstrap", step="a", reason="nothing differs"))
        tell(StepStarted(at=AT, phase="global", step="b"))
        tell(StepEnded(at=AT, phase="global", step="b", took_seconds=2.0))
        tell(RolloutEnded(at=AT, plan_id="p", intent="roll-out", outcome="done", took_seconds=2.5))

    run = read_last_run(path)

    assert run.steps == (
        LoggedStep(phase="bootstrap", step="a", state="unchanged", reason="nothing differs"),
        LoggedStep(phase="global", step="b", state="done", took_seconds=2.0),
    )
    assert (run.outcome, run.took_seconds, run.failed_resources) == ("done", 2.5, ())


def test_interrupted_run_is_neither_done_nor_failed() -> None:
    """Its way on is said where a failure's cause would be."""
    run = replace(a_run(state="cut off"), outcome="interrupted", took_seconds=12.0)

    assert run_markdown(run).splitlines()[0] == "### Roll-out of x: interrupted after 12.0 s; the same command goes on from there"
    assert suite_of(run_junit(run)).attrib["failures"] == "0"


@given(detail=st.text(), reason=st.text(min_size=1))
def test_nothing_aws_may_say_breaks_the_report(detail: str, reason: str) -> None:
    """Control characters, markup and whatever else: a report that cannot be read hides the failure."""
    suite = suite_of(run_junit(a_run(detail=detail, summary=reason)))

    assert suite[0][0].tag == "failure"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param('{"event": "step_started"}\n', id="no run"),
        pytest.param("not json\n", id="no json"),
        pytest.param("[1]\n", id="no record"),
    ],
)
def test_what_is_no_event_log_is_refused(text: str, tmp_path: Path) -> None:
    """Rather than told as a run without steps, which looks like success."""
    path = tmp_path / "events.jsonl"
    path.write_text(text)

    with pytest.raises(InputRefused):
        read_last_run(path)


def test_what_gates_saw_is_told_check_by_check(tmp_path: Path) -> None:
    """How often was looked and how often it was bad; the bad look last, for it is what a reader asks about."""
    title, other = "gate of us-east-2", "gate of us-east-1"
    events: tuple[Event, ...] = (
        RolloutStarted(at=AT, plan_id="p", suffix="x", intent="roll-out", steps_count=2),
        StepStarted(at=AT, phase="gate", step=title),
        *(sampled("health"), sampled("payment", good=False, detail="HTTP 500 | no"), sampled("health"), sampled("payment", detail="paid")),
        StepEnded(at=AT, phase="gate", step=title, took_seconds=1.0),
        StepStarted(at=AT, phase="gate", step=other),
        sampled("health", region="us-east-1"),
        StepEnded(at=AT, phase="gate", step=other, took_seconds=1.0),
        RolloutEnded(at=AT, plan_id="p", intent="roll-out", outcome="done", took_seconds=2.0),
    )
    with logged_to(tmp_path / "events.jsonl") as tell:
        for event in events:
            tell(event)
    run = read_last_run(tmp_path / "events.jsonl")

    assert "| gate of us-east-2 | us-east-2 | payment | 2 | 1 | HTTP 500 \\| no |" in run_markdown(run).splitlines()
    assert [one.findtext("system-out") for one in suite_of(run_junit(run))] == [
        "us-east-2, health: 2 looks, 0 bad: seen\nus-east-2, payment: 2 looks, 1 bad: HTTP 500 | no",
        "us-east-1, health: 1 look, 0 bad: seen",
    ]
