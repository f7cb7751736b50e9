"""docs/cost.md is the bill of params/production.yaml, and says what its commands take."""

from __future__ import annotations

import re
from pathlib import Path

from deployer.cli.cost import cost
from tests.support.cost_docs import DOCUMENT, fresh
from tests.support.source_tree import told


def test_tables_are_what_the_command_would_say(project: Path) -> None:
    """Figures in a document are believed."""
    written = DOCUMENT.read_text("utf-8")

    assert written == fresh(written, project), told(["docs/cost.md is not the bill"], "Run python -m tests.support.cost_docs.")


def test_a_figure_that_was_edited_is_found(project: Path) -> None:
    """The rule can fail."""
    written = DOCUMENT.read_text("utf-8")
    edited = re.sub(r"\| \*\*total\*\* \| [\d.]+", "| **total** | 1.00", written)

    assert edited != written
    assert fresh(edited, project) == written


def test_options_in_the_document_are_the_commands() -> None:
    """Each that is typed there, and each that there is."""
    typed = set(re.findall(r"--[a-z]+", DOCUMENT.read_text("utf-8").partition("## ")[0]))

    assert typed == {option for parameter in cost.params for option in parameter.opts if option.startswith("--")} - {"--debug"}
