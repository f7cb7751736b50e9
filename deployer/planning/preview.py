"""What a roll-out would do to every resource in every Region, as one matrix: a row a resource, a column a stack.

Pure: made from what change sets said (`preview_taking.py` asks them). Every change of every change set is in exactly one cell. The plan
stays what is performed; a preview stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from deployer.aws.change_sets import ChangeDetail, ChangedResource
from deployer.planning.template_text import read_template, section
from deployer.planning.template_values import references

Kind = Literal["bootstrap", "regional", "global"]
State = Literal["untouched", "new", "asked", "compared", "refused"]

KINDS: Final[tuple[Kind, ...]] = ("bootstrap", "regional", "global")
HIDDEN: Final = "(hidden)"

_VALUE_CHARACTERS_MAX: Final = 400
_SECRET: Final = re.compile(r"secretstring|password|passphrase|credential|privatekey|api[-_]?key|token(?!s?/|s$|.*seconds)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyChange:
    """One place in a resource: `path` such as `Code/S3Key`, or Tags, Metadata and the like.

    `before` and `after` are None where AWS does not tell them. Not `is_certain` when it cannot rule a change out before it has begun;
    `causes` are the parameters and resources that the change comes from.
    """

    path: str
    before: str | None
    after: str | None
    requires_recreation: str
    is_certain: bool
    causes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewCell:
    """What happens to one resource in one stack: `action` Add, Modify, Remove or Import, `replacement` True, Conditional, False or "".

    `policy_action` is what becomes of the old one (Delete, Retain, ReplaceAndRetain, …). `unsettled` are the parameters it takes whose
    values are known only on the way: it was judged by those that stand.
    """

    action: str
    replacement: str
    policy_action: str
    properties: tuple[PropertyChange, ...]
    unsettled: tuple[str, ...]

    @property
    def is_replaced(self) -> bool:
        """Whether the resource gives way to a new one, or may."""
        return self.replacement in ("True", "Conditional")


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewColumn:
    """One stack. `state` is `untouched` (its step has nothing to do), `new` (everything is added), `asked` (a change set said so),
    `compared` (templates were compared, for the reason in `note`) or `refused` (CloudFormation refuses the change: `note`).

    `unsettled` are parameters known only on the way, as (name, when) pairs. A spare `is_spare`: an instance beyond the pair.
    """

    kind: Kind
    stack_name: str
    region: str
    account_id: str
    stack_id: str
    state: State
    note: str
    unsettled: tuple[tuple[str, str], ...]
    is_spare: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRow:
    """One resource; `cells` stand in the order of all columns, None where nothing happens to it.

    Spares are meant to differ from the pair, so `differs_between_regions` is not about them.
    """

    kind: Kind
    logical_id: str
    resource_type: str
    cells: tuple[PreviewCell | None, ...]
    differs_between_regions: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The matrix, and what it says of parameters, code and contract in `words`, a sentence each."""

    columns: tuple[PreviewColumn, ...]
    rows: tuple[PreviewRow, ...]
    words: tuple[str, ...]

    def columns_of(self, kind: Kind) -> tuple[tuple[int, PreviewColumn], ...]:
        """Return the columns of one kind of stack, each with its place in a row's cells."""
        return tuple((index, column) for index, column in enumerate(self.columns) if column.kind == kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedStack:
    """One stack and what was found out about it; `template_body` is what it becomes."""

    column: PreviewColumn
    changes: tuple[ChangedResource, ...]
    template_body: str


def build_preview(stacks: Iterable[PreviewedStack], words: tuple[str, ...] = ()) -> Preview:
    """Return the matrix of these stacks, rows sorted by kind of stack and logical id."""
    stacks = tuple(stacks)
    takers = [_takers(stack) for stack in stacks]
    cells: dict[tuple[Kind, str], list[PreviewCell | None]] = {}
    types: dict[tuple[Kind, str], str] = {}
    for index, stack in enumerate(stacks):
        for change in stack.changes:
            key = (stack.column.kind, change.logical_id)
            types[key] = change.resource_type
            row = cells.setdefault(key, [None] * len(stacks))
            row[index] = _cell(change, takers[index].get(change.logical_id, ()))
    columns = tuple(stack.column for stack in stacks)
    rows = tuple(
        PreviewRow(
            kind=kind,
            logical_id=logical_id,
            resource_type=types[kind, logical_id],
            cells=tuple(cells[kind, logical_id]),
            differs_between_regions=_differs(columns, kind, cells[kind, logical_id]),
        )
        for kind, logical_id in sorted(cells, key=lambda key: (KINDS.index(key[0]), key[1]))
    )
    return Preview(columns=columns, rows=rows, words=words)


def _takers(stack: PreviewedStack) -> dict[str, tuple[str, ...]]:
    """Return which unsettled parameters each resource of the new template refers to."""
    unsettled = {name for name, _ in stack.column.unsettled}
    if not unsettled or not stack.template_body:
        return {}
    resources = section(read_template(stack.template_body), "Resources")
    return {name: tuple(sorted(unsettled & set(references(resource)))) for name, resource in resources.items()}


def _cell(change: ChangedResource, unsettled: tuple[str, ...]) -> PreviewCell:
    return PreviewCell(
        action=change.action,
        replacement=change.replacement if change.action == "Modify" else "",
        policy_action=change.policy_action,
        properties=_properties(change),
        unsettled=unsettled,
    )


def _properties(change: ChangedResource) -> tuple[PropertyChange, ...]:
    """Return one entry for each place, sorted; what AWS says of a place more than once is united."""
    by_path: dict[str, list[ChangeDetail]] = {}
    for detail in change.details:
        by_path.setdefault(_path(detail), []).append(detail)
    exact = {path.split("/")[0] for path in by_path if "/" in path}
    for name in exact & by_path.keys():
        # Of a whole property only its causes are worth saying where the places in it are known.
        causes = by_path.pop(name)
        for path in [path for path in by_path if path.startswith(f"{name}/")]:
            by_path[path] += [replace(cause, before=None, after=None) for cause in causes]
    return tuple(_property(path, details) for path, details in sorted(by_path.items()))


def _path(detail: ChangeDetail) -> str:
    return detail.path if detail.attribute == "Properties" else detail.attribute


def _property(path: str, details: list[ChangeDetail]) -> PropertyChange:
    told = [one for one in details if one.before is not None or one.after is not None]
    strongest = max((one.requires_recreation for one in details), key=lambda word: ("", "Never", "Conditionally", "Always").index(word))
    return PropertyChange(
        path=path,
        before=shown_value(path, told[0].before) if told else None,
        after=shown_value(path, told[0].after) if told else None,
        requires_recreation=strongest,
        is_certain=bool(told) or any(one.evaluation == "Static" for one in details),
        causes=tuple(sorted({one.causing_entity for one in details if one.causing_entity})),
    )


def shown_value(path: str, value: str | None) -> str | None:
    """Return a value as it may be shown: hidden where its place sounds like a secret, cut where it is long."""
    if value is None:
        return None
    if _SECRET.search(path):
        return HIDDEN
    return value if len(value) <= _VALUE_CHARACTERS_MAX else f"{value[: _VALUE_CHARACTERS_MAX - 1]}…"


def _differs(columns: tuple[PreviewColumn, ...], kind: Kind, cells: list[PreviewCell | None]) -> bool:
    """Return whether the Regions would not have the same done to them, Region names aside."""
    own = [(column.region, cell) for column, cell in zip(columns, cells, strict=True) if column.kind == kind and not column.is_spare]
    return len({_without_region(region, cell) for region, cell in own}) > 1


def _without_region(region: str, cell: PreviewCell | None) -> tuple[object, ...]:
    if cell is None:
        return ()
    certain = (one for one in cell.properties if one.is_certain)
    places = tuple((one.path, one.requires_recreation, _neutral(one.before, region), _neutral(one.after, region)) for one in certain)
    return (cell.action, cell.replacement, *(places if cell.action == "Modify" else ()))


def _neutral(value: str | None, region: str) -> str | None:
    # A role and its Region go together, and ids that AWS drew are nobody's difference.
    if value is None:
        return None
    text = value.replace(region, "<region>")
    text = re.sub(r"\b(primary|secondary)\b", "<role>", text)
    return re.sub(r"\b(?:vpc|subnet|sg|rtb|vpce|pl)-[0-9a-f]+\b|\b10\.\d+\.", "<own>", text)


def changed_code(preview: Preview) -> Iterator[tuple[str, str, str, str]]:
    """Yield (logical id, Region, key before, key after) for each function, layer or canary whose package changes."""
    for row in preview.rows:
        for column, cell in zip(preview.columns, row.cells, strict=True):
            for one in cell.properties if cell else ():
                if one.path.endswith("S3Key") and one.before and one.after and one.before != one.after:
                    yield row.logical_id, column.region, one.before, one.after
