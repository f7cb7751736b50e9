"""What docs/troubles.md says to be recognised is tried by the tests that it names."""

from __future__ import annotations

import ast
import re

from tests.support.source_tree import ROOT, told

DOCUMENT = ROOT / "docs" / "troubles.md"
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def without_a_test(document: str) -> list[str]:
    """Return the rows of the document's table that name no test there is."""
    table = document.partition("<!-- troubles -->")[2].partition("<!-- /troubles -->")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ") and not line.startswith("| trouble")]
    return [row for row in rows if not _is_tried(row)]


def _is_tried(row: str) -> bool:
    found = _TEST.search(row)
    if found is None or not (ROOT / found[1]).exists():
        return False
    tree = ast.parse((ROOT / found[1]).read_text("utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name == found[2] for node in tree.body)


def test_every_trouble_names_a_test_that_exists() -> None:
    """A promise without one is a hope."""
    document = DOCUMENT.read_text("utf-8")

    faults = without_a_test(document)

    assert document.count("::test_") > 15
    assert not faults, told(faults, "Name the test that tries it, in the row's last column.")


def test_row_without_a_test_is_found() -> None:
    """The rule can fail."""
    row = "| a trouble | words | `tests/house/test_troubles_docs.py::test_of_nothing` |"

    assert without_a_test(f"<!-- troubles -->\n{row}\n<!-- /troubles -->") == [row]
