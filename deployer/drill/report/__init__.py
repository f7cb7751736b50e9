"""A drill as files that people and programs look at: `report.html` and `record.json`, side by side in one folder."""

from __future__ import annotations

from pathlib import Path

from deployer.drill.history import DrillRecord, Verdict
from deployer.drill.record_file import record_text


def write_report(record: DrillRecord, verdict: Verdict, folder: Path) -> tuple[Path, Path]:
    """Write both files into `folder`, made when it is not there; return the page's path and the record's."""
    # The charts' library is large, and whoever only reads a record needs none of it.
    from deployer.drill.report.page import write_page

    folder.mkdir(parents=True, exist_ok=True)
    data, page = folder / "record.json", folder / "report.html"
    # The record first: a page can be drawn from it again, and never the other way round.
    data.write_text(record_text(record, verdict), encoding="utf-8")
    write_page(record, verdict, page)
    return page, data
