"""A finished run for those who were not there: Markdown for a job's summary page, JUnit for whatever counts tests.

Both are made from the event log alone, so they can be made on another machine and long after. The same log gives the same text.
"""

from __future__ import annotations

from collections.abc import Iterator
from re import sub
from textwrap import indent
from typing import Final
from xml.etree import ElementTree

from deployer.reporting.run_log import LoggedCheck, LoggedRun, LoggedStep
from deployer.reporting.words import count, duration, short_digests

# A job's summary may have 1 MiB [GitHub docs: Workflow commands, job summaries]; the first failure is the one that matters.
_RESOURCES_MAX: Final = 10
# What XML 1.0 cannot hold, not even escaped [XML 1.0, 2.2: Characters].
_NOT_XML: Final = r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


def run_markdown(run: LoggedRun) -> str:
    """Return the run as GitHub-flavoured Markdown ending in a newline: how it ended, what failed and why, what gates saw, every step."""
    lines = [f"### {_title(run)}: {_ending(run)}", "", f"{_tally(run)}; plan `{run.plan_id[:12]}`.", ""]
    for step in run.steps:
        if step.state == "failed":
            lines += _failure(step)
    if run.standing:
        lines += ["What stands where after the undo:", "", *(f"- {line}" for line in run.standing), ""]
    if run.failed_resources:
        lines += ["| Region | stack | resource | status | CloudFormation's reason |", "|---|---|---|---|---|"]
        for one in run.failed_resources[:_RESOURCES_MAX]:
            what = f"{one.logical_id} ({one.resource_type})"
            lines.append(_row(one.region, one.stack_name, what, one.status, one.reason))
        if len(run.failed_resources) > _RESOURCES_MAX:
            lines += ["", f"… and {len(run.failed_resources) - _RESOURCES_MAX} more; the event log has them all."]
        lines.append("")
    if run.checks:
        lines += ["| gate | Region | check | looks | bad | seen last, or last that was bad |", "|---|---|---|---|---|---|"]
        lines += [_row(one.step, one.region, one.check, *map(str, (one.looks_count, one.bad_count)), _seen(one)) for one in run.checks]
        lines.append("")
    lines += ["| phase | step | | took |", "|---|---|---|---|"]
    for step in run.steps:
        took = duration(step.took_seconds) if step.state == "done" else ""
        lines.append(_row(step.phase, short_digests(step.step), step.state, took))
    return "\n".join(lines) + "\n"


def run_junit(run: LoggedRun) -> str:
    """Return the run as a JUnit report: a suite of one case a step; left-out steps are skipped, cut-off ones errors."""
    of = {state: sum(step.state == state for step in run.steps) for state in ("failed", "cut off", "unchanged")}
    counts = {"tests": len(run.steps), "failures": of["failed"], "errors": of["cut off"], "skipped": of["unchanged"]}
    numbers = {name: str(number) for name, number in counts.items()} | {"time": f"{run.took_seconds:.3f}"}
    suites = ElementTree.Element("testsuites", numbers)
    suite = ElementTree.SubElement(suites, "testsuite", {"name": _xml(_title(run)), "timestamp": _xml(run.began_at), **numbers})
    for step in run.steps:
        attributes = {"classname": _xml(f"{run.suffix}.{step.phase}"), "name": _xml(step.step), "time": f"{step.took_seconds:.3f}"}
        case = ElementTree.SubElement(suite, "testcase", attributes)
        match step.state:
            case "failed":
                failure = ElementTree.SubElement(case, "failure", {"message": _xml(step.summary)})
                failure.text = _xml("\n".join(part for part in (step.detail, step.hint) if part))
            case "unchanged":
                ElementTree.SubElement(case, "skipped", {"message": _xml(step.reason)})
            case "cut off":
                ElementTree.SubElement(case, "error", {"message": "The deployer ended before this step did"})
            case "done":
                pass
        if told := [one for one in run.checks if one.step == step.step]:
            ElementTree.SubElement(case, "system-out").text = _xml("\n".join(_check_line(one) for one in told))
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"


def _title(run: LoggedRun) -> str:
    intent = run.intent or "run"
    return f"{intent[0].upper()}{intent[1:]} of {run.suffix}"


def _ending(run: LoggedRun) -> str:
    match run.outcome:
        case "cut off":
            return "cut off; what AWS had begun went on without the deployer, and the same command goes on from there"
        case "nothing_to_do":
            return "nothing to do"
        case "interrupted":
            return f"interrupted after {duration(run.took_seconds)}; the same command goes on from there"
        case outcome:
            return f"{outcome} after {duration(run.took_seconds)}"


def _tally(run: LoggedRun) -> str:
    tallies = ((sum(step.state == state for step in run.steps), state) for state in ("done", "unchanged", "failed", "cut off"))
    return f"{count(len(run.steps), 'step')}: " + ", ".join(f"{number} {state}" for number, state in tallies if number)


def _failure(step: LoggedStep) -> Iterator[str]:
    yield f"**{step.phase}, {short_digests(step.step)}**: {' '.join(step.summary.split())}"
    yield ""
    # Indented text is shown as it is, whatever AWS put into it.
    if step.detail:
        yield from (indent(step.detail, "    "), "")
    if step.hint:
        yield from (f"Way out: {' '.join(step.hint.split())}", "")


def _seen(check: LoggedCheck) -> str:
    return check.last_bad or check.last


def _check_line(check: LoggedCheck) -> str:
    return f"{check.region}, {check.check}: {count(check.looks_count, 'look')}, {check.bad_count} bad: {_seen(check)}"


def _row(*cells: str) -> str:
    """A bar would end a cell and a line break the row."""
    return "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |"


def _xml(text: str) -> str:
    return sub(_NOT_XML, "\ufffd", text)
