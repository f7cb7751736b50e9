"""Who gets to read what, and on which stream."""

from __future__ import annotations

import io
import json

from deployer.reporting.fact_views import OutputsView
from deployer.reporting.report import HumanReport, JsonReport
from tests.support.command_line import StillClock

OUTPUTS = OutputsView(outputs=(("failoverDomain", "api.pay.example.test"), ("hostedZoneNameServers", "ns-1.example.com," * 20)))


def test_results_and_passing_words_go_to_different_streams() -> None:
    """So that `> file` holds the results alone."""
    out, err = io.StringIO(), io.StringIO()
    report = HumanReport(clock=StillClock(), out=out, err=err)

    with report.stage("render", "rendering"):
        report.note("by the way")
    report.show(OUTPUTS)

    assert err.getvalue() == "05:06:07Z  render      rendering\nby the way\n"
    assert out.getvalue().startswith("failoverDomain         api.pay.example.test\n")


def test_a_value_is_never_broken_or_cut() -> None:
    """It is to be copied."""
    out = io.StringIO()

    HumanReport(clock=StillClock(), out=out).show(OUTPUTS)

    assert out.getvalue().splitlines()[1] == "hostedZoneNameServers  " + "ns-1.example.com," * 20


def test_words_are_taken_as_they_are() -> None:
    """Square brackets and colons are neither markup nor emoji."""
    out = io.StringIO()

    HumanReport(clock=StillClock(), out=out).text("[bold]:smile: [/x]")

    assert out.getvalue() == "[bold]:smile: [/x]\n"


def test_a_program_gets_stages_as_records() -> None:
    """Started and ended, with the time it took."""
    out = io.StringIO()

    with JsonReport(clock=StillClock(), out=out).stage("lint", "checking"):
        pass

    started, ended = map(json.loads, out.getvalue().splitlines())
    assert (started["event"], started["stage"]) == ("stage_started", "lint")
    assert (ended["event"], ended["took_seconds"]) == ("stage_ended", 0.0)
