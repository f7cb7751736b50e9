"""A preview for a person at a terminal and for a program: resources × Regions, and what it says in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from deployer.planning.preview import Preview, PreviewRow
from deployer.reporting.preview_cells import KindShown, cell_words, kinds_shown, legend, place_lines

_COLOURS: Final = {"+": "green", "~": "yellow", "±": "bold red", "-": "red", ">": "cyan", "·": "dim"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewView:
    """A preview to be shown."""

    preview: Preview

    def record(self) -> dict[str, Any]:
        """Return the whole matrix: columns, rows with a cell or null for each column, and words."""
        return {
            "event": "preview_taken",
            "columns": [asdict(column) for column in self.preview.columns],
            "rows": [asdict(row) for row in self.preview.rows],
            "words": list(self.preview.words),
        }

    def drawing(self) -> RenderableType:
        """Return a table for each kind of stack that something happens to, then the words; nothing when nothing would change."""
        parts: list[RenderableType] = [part for shown in kinds_shown(self.preview) for part in _drawing_of(shown)]
        if marks := legend(self.preview):
            parts.append(Text(";  ".join(marks), "dim"))
        parts += [Text(f"• {sentence}") for sentence in self.preview.words]
        return Group(*parts)


def _drawing_of(shown: KindShown) -> Iterator[RenderableType]:
    yield Text(f"\n{shown.kind} resources", "bold")
    yield from (Text(f"  {sentence}", "green" if ": new, " in sentence else "dim") for sentence in shown.sentences)
    if not shown.rows:
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False, expand=False)
    table.add_column("resource", overflow="fold")
    table.add_column("type", style="dim", overflow="fold")
    for column in shown.columns:
        table.add_column(column.title, no_wrap=True)
    table.add_column("what", overflow="fold", ratio=1)
    for row in shown.rows:
        cells = [_cell(cell_words(row, row.cells[column.index])) for column in shown.columns]
        table.add_row(_name(row), row.resource_type.removeprefix("AWS::"), *cells, "\n".join(place_lines(row, shown.columns)))
    yield table


def _name(row: PreviewRow) -> Text:
    return Text.assemble(row.logical_id, (" ≠", "bold magenta") if row.differs_between_regions else "")


def _cell(words: str) -> Text:
    return Text(words, _COLOURS.get(words[0], ""))
