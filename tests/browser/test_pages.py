"""The pages in a real browser: headless Chromium runs their scripts and tells what it drew.

Needs `chromium` on the PATH (Debian: `apt-get install chromium`); without it these tests fail and say so.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from contextlib import nullcontext
from pathlib import Path

import pytest

from deployer.drill.report import write_report
from deployer.drill.simulation.page import write_page
from deployer.drill.simulation.study import Question, study
from deployer.drill.verdict import judge
from tests.support.drill_records import limits
from tests.support.drill_reports import FAULT, a_whole_record
from tests.support.surveys import an_environment

CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
SECONDS_MAX = 120


def drawn(page: Path, folder: Path) -> str:
    """Return the document as the browser has it after its scripts ran; fails on any error that a script threw."""
    assert CHROMIUM, "no Chromium on the PATH: install it (Debian: apt-get install chromium)"
    flags = (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--enable-logging=stderr",
        f"--user-data-dir={folder}",
        "--window-size=1300,1900",
    )
    ended = subprocess.run(
        (CHROMIUM, *flags, "--virtual-time-budget=8000", "--dump-dom", page.as_uri()), capture_output=True, text=True, timeout=SECONDS_MAX
    )
    assert "Uncaught" not in ended.stderr, re.findall(r"Uncaught[^\n]*", ended.stderr)
    return ended.stdout


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the drawn report of a drill with everything in it."""
    folder = tmp_path_factory.mktemp("report")
    record = a_whole_record()
    page, _ = write_report(record, judge(record, limits()), folder)
    return drawn(page, folder / "profile")


def test_a_report_draws_every_row_of_its_timeline(report: str) -> None:
    """Bars of requests and states, a line a check, and each row under its title."""
    for title in ("Requests a second, by what came of them", "Seconds until answered", "Checkers that say healthy", "State"):
        assert re.search(rf"<text[^>]*>{title}", report), title
    assert report.count('class="barlayer') == 2
    assert len(re.findall(r'class="trace bars"', report)) >= 10


def test_a_report_names_regions_faults_and_phases_in_its_chart(report: str) -> None:
    """What a person looks for first."""
    for word in ("us-east-2", FAULT, "name leads to", "hold", "acknowledged in us-east-1"):
        assert re.search(rf"<text[^>]*>[^<]*{re.escape(word)}", report), word
    assert re.search(r"<text[^>]*>fault</text>", report)


def test_a_simulation_draws_both_its_charts(tmp_path: Path) -> None:
    """How recovery spreads, and how bad each second was."""
    question = Question(fault="dead", payments_per_second=(10.0, 200.0), trials=20, seed=1)
    cases = tuple(study(an_environment(), question, lambda *_: nullcontext()))
    path = tmp_path / "page.html"
    write_page(cases, title="Simulated", recovery_seconds_max=60, path=path)

    document = drawn(path, tmp_path / "profile")

    assert len(re.findall(r'class="trace scatter', document)) == 4
    assert re.search(r"<text[^>]*>Recovered, share of trials", document)
