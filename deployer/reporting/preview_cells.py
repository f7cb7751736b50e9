"""How a preview's cells are worded, the same at a terminal and in a comment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from deployer.planning.preview import Kind, Preview, PreviewCell, PreviewColumn, PreviewRow, PropertyChange
from deployer.planning.stateful import gives_way
from deployer.reporting.preview_columns import ColumnShown, Indexed, columns_shown, folded_sentences, places_named
from deployer.reporting.words import count, short_digests

_VALUE_CHARACTERS_MAX = 48
_KINDS_SHOWN_MAX = 5
_NAMES_SHOWN_MAX = 12
_PLACES_SHOWN_MAX = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class KindShown:
    """One kind of stack as it is shown: `columns` that are looked at, `rows` worth a line, and `sentences` for all others."""

    kind: Kind
    columns: tuple[ColumnShown, ...]
    rows: tuple[PreviewRow, ...]
    sentences: tuple[str, ...]


def kinds_shown(preview: Preview) -> Iterator[KindShown]:
    """Yield what is to be shown of each kind of stack that something happens to.

    The resources of a stack that is all new are counted and not listed, and those that CloudFormation merely cannot rule out are named.
    """
    home_account = next((column.account_id for column in preview.columns if not column.is_spare), "")
    for kind in dict.fromkeys(column.kind for column in preview.columns):
        columns = preview.columns_of(kind)
        if all(column.state == "untouched" for _, column in columns):
            continue
        rows = [row for row in preview.rows if row.kind == kind]
        only_new = [row for row in rows if _is_only_new(row, columns)]
        vague = [row for row in rows if row not in only_new and _is_vague(row)]
        sentences = [*_state_sentences(columns, home_account), *_new_sentences(only_new, columns, home_account)]
        if vague:
            names = [row.logical_id for row in vague]
            more = f" and {len(names) - _NAMES_SHOWN_MAX} more" if len(names) > _NAMES_SHOWN_MAX else ""
            sentences.append(
                f"{count(len(vague), 'resource')} may be touched, as {'it refers' if len(vague) == 1 else 'they refer'} to what changes: "
                f"{', '.join(names[:_NAMES_SHOWN_MAX])}{more}"
            )
        listed = tuple(row for row in rows if row not in only_new and row not in vague)
        behaviour = partial(_behaviour, listed)
        shown = columns_shown(columns, home_account, behaviour)
        if listed:
            sentences += folded_sentences(shown, home_account)
        yield KindShown(kind=kind, columns=shown, rows=listed, sentences=tuple(sentences))


def cell_words(row: PreviewRow, cell: PreviewCell | None) -> str:
    """Return what happens to a resource in one stack, a word or two."""
    if cell is None:
        return "·"
    if cell.action == "Modify":
        word = {"True": "± replace", "Conditional": "± may replace"}.get(cell.replacement, "~ modify")
    else:
        word = {"Add": "+ add", "Remove": "- remove", "Import": "> import"}.get(cell.action, cell.action.lower())
    return word + (" (!)" if gives_way(row, cell) else "") + (" (?)" if cell.unsettled else "")


def place_lines(row: PreviewRow, columns: tuple[ColumnShown, ...]) -> list[str]:
    """Return a line for each place in a resource that changes, by Region where they differ; of spares what the pair does not have."""
    told: dict[str, list[str]] = {}
    with_cell = [(column, cell) for column in columns if (cell := row.cells[column.index])]
    of_pair = {path for column, cell in with_cell if not column.is_spare for path, _ in _lines_of(cell)}
    for column, cell in with_cell:
        for path, line in _lines_of(cell):
            # A spare of another account tells no values: said of the pair, a place has been said.
            if not (column.is_spare and path in of_pair):
                told.setdefault(line, []).append(_in_line(column))
    seen = [_in_line(column) for column, _ in with_cell if not column.is_spare] or [_in_line(column) for column, _ in with_cell]
    return [line if where == seen and not row.differs_between_regions else f"{', '.join(where)}: {line}" for line, where in told.items()]


def legend(preview: Preview) -> tuple[str, ...]:
    """Return what the marks mean that this preview has."""
    cells = [(row, cell) for row in preview.rows for cell in row.cells if cell]
    marks = (
        ("(!)", "holds what cannot be made again", any(gives_way(row, cell) for row, cell in cells)),
        ("(?)", "judged by a value that may move on the way", any(cell.unsettled for _, cell in cells)),
        ("≠", "not the same in every Region", any(row.differs_between_regions for row in preview.rows)),
    )
    return tuple(f"{mark} {words}" for mark, words, is_there in marks if is_there)


def _in_line(column: ColumnShown) -> str:
    return column.title.replace("\n", " of account ")


def _behaviour(rows: tuple[PreviewRow, ...], index: int) -> tuple[str, ...]:
    return tuple(cell_words(row, row.cells[index]) for row in rows)


def _lines_of(cell: PreviewCell) -> Iterator[tuple[str, str]]:
    """Yield (path, line) for each place that changes for certain, as many as are worth reading."""
    certain = [one for one in cell.properties if one.is_certain]
    for one in certain[:_PLACES_SHOWN_MAX]:
        yield one.path, _place(one)
    if len(certain) > _PLACES_SHOWN_MAX:
        yield "…", f"and {len(certain) - _PLACES_SHOWN_MAX} places more"
    for name in cell.unsettled:
        yield name, f"takes {name}, known only on the way"


def _place(one: PropertyChange) -> str:
    values = ""
    if one.before is not None or one.after is not None:
        values = f": {_value(one.before)} → {_value(one.after)}"
    elif one.causes:
        values = f" (by {', '.join(one.causes)})"
    replaced = {"Always": ", which replaces it", "Conditionally": ", which may replace it"}.get(one.requires_recreation, "")
    return f"{one.path}{values}{replaced}"


def _value(value: str | None) -> str:
    if value is None:
        return "nothing"
    text = short_digests(" ".join(value.split()))
    if "KNOWN_AFTER_APPLY" in text:
        return "(known afterwards)"
    return text if len(text) <= _VALUE_CHARACTERS_MAX else f"{text[: _VALUE_CHARACTERS_MAX - 1]}…"


def _is_only_new(row: PreviewRow, columns: tuple[Indexed, ...]) -> bool:
    return all(row.cells[index] is None or column.state == "new" for index, column in columns)


def _is_vague(row: PreviewRow) -> bool:
    cells = [cell for cell in row.cells if cell]
    return all(cell.action == "Modify" and not any(one.is_certain for one in cell.properties) for cell in cells) and not any(
        gives_way(row, cell) for cell in cells
    )


def _state_sentences(columns: tuple[Indexed, ...], home_account: str) -> Iterator[str]:
    untouched = [column for _, column in columns if column.state == "untouched"]
    yield from (f"{column.region}: nothing to do" for column in untouched if not column.is_spare)
    if spares := [column for column in untouched if column.is_spare]:
        yield f"spares in {places_named(spares, home_account)}: nothing to do"


def _new_sentences(rows: list[PreviewRow], columns: tuple[Indexed, ...], home_account: str) -> Iterator[str]:
    new = [(index, column) for index, column in columns if column.state == "new"]
    counted: dict[str, list[PreviewColumn]] = {}
    for index, column in new:
        types = Counter(row.resource_type.removeprefix("AWS::") for row in rows if row.cells[index])
        most = sorted(types.items(), key=lambda pair: (-pair[1], pair[0]))
        named = ", ".join(f"{number} {kind}" for kind, number in most[:_KINDS_SHOWN_MAX])
        others = sum(number for _, number in most[_KINDS_SHOWN_MAX:])
        sentence = f"new, with {count(sum(types.values()), 'resource')}: {named}" + (f" and {others} more" if others else "")
        counted.setdefault(sentence, []).append(column)
    for sentence, there in counted.items():
        yield f"{'spares in ' if there[0].is_spare else ''}{places_named(there, home_account)}: {sentence}"
