"""Writes anew what the documents take from the code: `python -m tests.support.fresh_docs`.

The parameter file's schema, and the README's tables between `<!-- parameters -->` or `<!-- commands -->` and their ends.
`tests/house/test_docs_fresh.py` fails while any of it is not what would be written here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from deployer.cli.reference import command_table
from deployer.params.schema import parameter_table_text, schema_text
from tests.support.source_tree import ROOT

SCHEMA: Final = ROOT / "params" / "schema.json"
README: Final = ROOT / "README.md"

TABLES: Final[Mapping[str, Callable[[], str]]] = {"parameters": parameter_table_text, "commands": command_table}


def marks(name: str) -> tuple[str, str]:
    """Return the comments that stand before and after a table."""
    return f"<!-- {name} -->", f"<!-- /{name} -->"


def missing_marks(document: str) -> list[str]:
    """Return the tables that the document has no place for: each mark once, the end after the beginning."""
    return [name for name in TABLES if len(_place(name).findall(document)) != 1]


def with_tables(document: str) -> str:
    """Return the document with each table as the code has it now, blank lines around it as Markdown wants them."""
    for name, table in TABLES.items():
        before, after = marks(name)
        text = f"{before}\n\n{table()}\n{after}"
        document = _place(name).sub(lambda _, text=text: text, document)
    return document


def _place(name: str) -> re.Pattern[str]:
    before, after = marks(name)
    return re.compile(re.escape(before) + r".*?" + re.escape(after), re.DOTALL)


def refresh() -> None:
    """Write the schema and the README's tables."""
    SCHEMA.write_text(schema_text(), "utf-8")
    README.write_text(with_tables(README.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    refresh()
