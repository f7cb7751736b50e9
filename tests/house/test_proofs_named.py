"""A document that names a test as its proof names one that there is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.support.source_tree import ROOT, told

NAMED = re.compile(r"\[`(\w+(?:\.\w+)?)`\]\(([^)]+\.py)\)")
LINKED = re.compile(r"\]\((?!https?://|#|mailto:)([^)#]+)")


def unproved(document: Path) -> Iterator[str]:
    """Yield a sentence for each link of a document that leads nowhere, and each test it names that its file does not define."""
    text = document.read_text("utf-8")
    for target in LINKED.findall(text):
        if not (document.parent / target).exists():
            yield f"{document.name}: {target} does not exist"
    for name, target in NAMED.findall(text):
        file = document.parent / target
        defined = file.read_text("utf-8") if file.exists() else ""
        if not all(re.search(rf"(?:def|class) {part}\b|^{part} =", defined, re.MULTILINE) for part in name.split(".")):
            yield f"{document.name}: {target} has no {name}"


def test_documents_name_tests_that_exist() -> None:
    """A promise whose proof was renamed or deleted looks proved and is not."""
    faults = [fault for document in sorted((ROOT / "docs").glob("*.md")) for fault in unproved(document)]

    assert not faults, told(faults, "Name the test that shows it now, or take the promise back.")


def test_missing_proof_is_found(tmp_path: Path) -> None:
    """The rule can fail."""
    (tmp_path / "test_it.py").write_text("def test_a():\n    pass\n")
    document = tmp_path / "page.md"
    document.write_text("[`test_a`](test_it.py) [`test_b`](test_it.py) [`test_c`](gone.py)")

    assert list(unproved(document)) == [
        "page.md: gone.py does not exist",
        "page.md: test_it.py has no test_b",
        "page.md: gone.py has no test_c",
    ]
