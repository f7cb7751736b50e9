"""What is believed of AWS stands in docs/account.md, belief by belief."""

from __future__ import annotations

from pathlib import Path

from tests.support.contract_docs import DOCUMENT, fresh
from tests.support.source_tree import told


def test_beliefs_about_aws_are_listed() -> None:
    """Who has an account sees what a run of the contracts tells them."""
    written = DOCUMENT.read_text("utf-8")

    assert written == fresh(written), told(
        ["docs/account.md: its table is not what tests/aws says"], "Run python -m tests.support.contract_docs."
    )


def test_belief_without_a_line_is_found(tmp_path: Path) -> None:
    """The rule can fail: a test more is a line more."""
    (tmp_path / "test_more.py").write_text('def test_one_thing_more() -> None:\n    """In so many words."""\n')
    empty = "<!-- contracts -->\n<!-- /contracts -->"

    assert "| one thing more | In so many words. | `test_more.py` |" in fresh(empty, tmp_path)
