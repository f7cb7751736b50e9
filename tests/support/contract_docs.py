"""The table of docs/account.md: what is believed of AWS, and the test of each belief. `python -m tests.support.contract_docs` writes it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.markdown import table, with_part
from tests.support.source_tree import ROOT

DOCUMENT: Final = ROOT / "docs" / "account.md"
FOLDER: Final = ROOT / "tests" / "aws"
NAME: Final = "contracts"
HEAD: Final = ("belief", "in particular", "test")
# The gate's own tests say nothing of AWS.
_OF_AWS: Final = "test_[!g]*.py"


def main() -> None:
    """Write the table."""
    DOCUMENT.write_text(fresh(DOCUMENT.read_text("utf-8")), "utf-8")


def fresh(document: str, folder: Path = FOLDER) -> str:
    """Return the document with its table as the tests in `folder` say."""
    return with_part(document, NAME, table(HEAD, [row for path in sorted(folder.glob(_OF_AWS)) for row in rows(path)]))


def rows(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield (belief, its docstring, file) of each test in a file, in its order."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            belief = node.name.removeprefix("test_").replace("_", " ")
            said = " ".join((ast.get_docstring(node) or "").split()).replace("|", "\\|")
            yield belief, said, f"`{path.name}`"


if __name__ == "__main__":
    main()
