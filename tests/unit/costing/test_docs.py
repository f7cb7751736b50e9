"""docs/cost.md is the bill of params/production.yaml, and says what its commands take."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deployer.cli.cost import cost
from tests.support.cost_docs import DOCUMENT, parts_of, with_parts
from tests.support.source_tree import told


@pytest.fixture(scope="module")
def parts(project: Path) -> dict[str, str]:
    """Return the document's tables as they ought to be."""
    return parts_of(project)


def test_tables_are_what_the_command_would_say(parts: dict[str, str]) -> None:
    """Figures in a document are believed."""
    written = DOCUMENT.read_text("utf-8")

    assert written == with_parts(written, parts), told(["docs/cost.md is not the bill"], "Run python -m tests.support.cost_docs.")


def test_a_figure_that_was_edited_is_found(parts: dict[str, str]) -> None:
    """The rule can fail."""
    written = DOCUMENT.read_text("utf-8")
    edited = re.sub(r"\| \*\*total\*\* \| [\d.]+", "| **total** | 1.00", written)

    assert edited != written
    assert with_parts(edited, parts) == written


def test_options_in_the_document_are_the_commands() -> None:
    """Each that is typed there, and each that there is."""
    typed = set(re.findall(r"--[a-z]+", DOCUMENT.read_text("utf-8").partition("## ")[0]))

    assert typed == {option for parameter in cost.params for option in parameter.opts if option.startswith("--")} - {"--debug"}
