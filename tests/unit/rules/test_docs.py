"""The document of the rules says what the rules say."""

from __future__ import annotations

from tests.support.rule_docs import DOCUMENT, document
from tests.support.rule_pack import pack
from tests.support.source_tree import told


def test_document_of_the_rules_is_fresh() -> None:
    """Whoever meets a number finds its sentence and its source."""
    fault = ["docs/rules.md is not what the rules say"]

    assert DOCUMENT.read_text("utf-8") == document(), told(fault, "Run `python -m tests.support.rule_docs` and commit what it writes.")


def test_document_has_a_row_for_every_rule() -> None:
    """Number, sentence and page."""
    text = document()

    for rule in pack().values():
        assert f"| {rule.id} | {rule.shortdesc} |" in text
        assert f"({rule.source_url})" in text
