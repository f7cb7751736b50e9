"""What `--json` writes is what docs/json.md lists, and nothing of it ever goes."""

from __future__ import annotations

import pytest

from tests.support.json_records import BEGIN, DOCUMENT, END, gone, records_listed, records_written, with_table
from tests.support.source_tree import told

REFRESH = "Run `python -m tests.support.json_records` and commit docs/json.md."


def test_every_record_is_listed() -> None:
    """Whoever reads the records finds each of them, with its fields."""
    document = DOCUMENT.read_text("utf-8")

    assert len(records_written()) > 20
    assert document == with_table(document, records_written()), told(["docs/json.md is not what the code writes"], REFRESH)


def test_no_record_or_field_is_gone() -> None:
    """Programs read them: fields are added, never taken away or renamed."""
    faults = gone(records_listed(DOCUMENT.read_text("utf-8")), records_written())

    assert not faults, told(faults, "Keep writing it beside the new one.")


def test_new_field_is_listed_with_its_version_and_old_ones_keep_theirs() -> None:
    """The rule can fail: a new field changes the document."""
    document = f"before\n{BEGIN}\n\n| `checked` | `path` (0.0.1) |\n\n{END}\nafter\n"
    fresh = with_table(document, {"checked": {"path", "more"}})

    assert fresh != document
    assert records_listed(fresh)["checked"]["path"] == "0.0.1"
    assert records_listed(fresh)["checked"].keys() == {"path", "more"}
    assert fresh.startswith("before\n")
    assert fresh.endswith("\nafter\n")


def test_lost_field_is_refused() -> None:
    """The rule can fail: the table cannot be written without it."""
    document = f"{BEGIN}\n| `checked` | `path` (0.0.1) |\n{END}"

    with pytest.raises(ValueError, match=r"no longer written: checked\.path"):
        with_table(document, {"checked": {"more"}})
