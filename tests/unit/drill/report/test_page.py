"""The report's files: one page that needs nothing else, and the record it was drawn from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from deployer.drill.history import DrillRecord
from deployer.drill.record_file import read_record_file
from deployer.drill.report import write_report
from deployer.drill.verdict import judge
from tests.support.drill_records import a_record, limits, without_item
from tests.support.drill_reports import FAULT, a_whole_record


def page_of(record: DrillRecord, folder: Path) -> str:
    """Return the page's text."""
    page, _ = write_report(record, judge(record, limits()), folder)
    return page.read_text(encoding="utf-8")


def test_the_page_holds_all_it_needs(tmp_path: Path) -> None:
    """No script, no font and no picture from elsewhere."""
    text = page_of(a_whole_record(), tmp_path / "deep" / "er")

    assert "<script src=" not in text
    assert "<link" not in text
    assert FAULT in text
    assert all(row in text for row in ("name leads to", "hold, inverted", "primary endpoint"))


def test_the_verdict_comes_first_and_says_what_was_broken(tmp_path: Path) -> None:
    """A lost payment is a red row with its id."""
    kept, lost = page_of(a_record(), tmp_path / "kept"), page_of(without_item(a_record(), 5, "us-east-1", "us-east-2"), tmp_path / "lost")

    assert "every limit kept" in kept
    assert "class='broken'" not in kept
    assert "limits broken" in lost
    assert lost.count("class='broken'") >= 2
    assert lost.index("id-00005") < lost.index("Plotly.newPlot")


def test_what_a_record_says_is_text_and_never_markup(tmp_path: Path) -> None:
    """A scenario's name or a Region's sentence cannot bring a script along."""
    text = page_of(replace(a_record(), scenario="<script>alert(1)</script>"), tmp_path)

    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_the_record_beside_the_page_can_be_read_again(tmp_path: Path) -> None:
    """So that a page can be drawn anew, or a limit be judged anew, years later."""
    record = a_whole_record()
    verdict = judge(record, limits())

    _, data = write_report(record, verdict, tmp_path)

    assert read_record_file(data) == (record, verdict)
