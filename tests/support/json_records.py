"""Every record that `--json` and the event log can hold, read from the source, and `docs/json.md`, which lists them.

`python -m tests.support.json_records` writes the table anew: a new record or field is added with this version of the deployer; one
that is gone is refused, for somebody reads it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Final

from deployer import __version__
from deployer.vocabulary import events
from tests.support.source_tree import ROOT, Module, modules

DOCUMENT: Final = ROOT / "docs" / "json.md"
BEGIN, END = "<!-- records -->", "<!-- /records -->"

Records = dict[str, dict[str, str]]  # event -> field -> the version that it came with

_ROW: Final = re.compile(r"^\| `(\w+)` \| (.*) \|$")
_FIELD: Final = re.compile(r"`(\w+)` \(([\d.]+)\)")


def records_written() -> dict[str, set[str]]:
    """Return every record's fields by its name: the dictionaries with an `event` in reporting, and the events of the vocabulary."""
    found: dict[str, set[str]] = {}
    for name, told in (*_of_events(), *(one for module in modules("deployer/reporting") for one in _of_module(module))):
        found.setdefault(name, set()).update(told)
    return found


def records_listed(document: str) -> Records:
    """Return what the document lists."""
    rows = (_ROW.match(line) for line in document.partition(BEGIN)[2].partition(END)[0].splitlines())
    return {row[1]: dict(_FIELD.findall(row[2])) for row in rows if row}


def gone(listed: Records, written: dict[str, set[str]]) -> list[str]:
    """Return what is listed and not written any more, as `event` or `event.field`."""
    lost = [name for name in listed if name not in written]
    return lost + [f"{name}.{field}" for name, told in listed.items() if name in written for field in told if field not in written[name]]


def with_table(document: str, written: dict[str, set[str]]) -> str:
    """Return the document with what is written listed, versions kept; raises ValueError with what would be lost."""
    listed = records_listed(document)
    if lost := gone(listed, written):
        raise ValueError(f"no longer written: {', '.join(lost)}")
    rows = ["| record | fields, and the version each came with |", "|---|---|"]
    for name in sorted(written):
        told = (f"`{field}` ({listed.get(name, {}).get(field, __version__)})" for field in sorted(written[name]))
        rows.append(f"| `{name}` | {', '.join(told)} |")
    before, _, rest = document.partition(BEGIN)
    return f"{before}{BEGIN}\n\n" + "\n".join(rows) + f"\n\n{END}{rest.partition(END)[2]}"


def _of_events() -> Iterator[tuple[str, set[str]]]:
    for kind in events.Event.__subclasses__():
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()
        yield name, {field.name for field in fields(kind)}


def _of_module(module: Module) -> Iterator[tuple[str, set[str]]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Dict):
            told = {key.value: value for key, value in zip(node.keys, node.values, strict=True) if isinstance(key, ast.Constant)}
            name = told.pop("event", None)
            if isinstance(name, ast.Constant):
                yield str(name.value), {str(field) for field in told}


def refresh() -> None:
    """Write the table."""
    DOCUMENT.write_text(with_table(DOCUMENT.read_text("utf-8"), records_written()), "utf-8")


if __name__ == "__main__":
    refresh()
