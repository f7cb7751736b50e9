"""Which columns a preview is shown in: a stack each; spares that behave alike in one, where all would be more than a terminal shows."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Final

from deployer.planning.preview import PreviewColumn
from deployer.vocabulary.places import place_name

# With a resource, its type and what changes beside them, four columns of cells are what 120 characters hold.
COLUMNS_SHOWN_MAX: Final = 4

Indexed = tuple[int, PreviewColumn]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnShown:
    """One column as it is shown: `index` is the place in a row of the cells that stand for all its `members`."""

    index: int
    title: str
    members: tuple[PreviewColumn, ...]

    @property
    def is_spare(self) -> bool:
        """Whether it shows spares."""
        return self.members[0].is_spare


def columns_shown(columns: tuple[Indexed, ...], home_account: str, behaviour: Callable[[int], Hashable]) -> tuple[ColumnShown, ...]:
    """Return what is shown of these columns of one kind of stack: the pair's always by themselves, spares folded where they are too many.

    `behaviour` says of the column at a place in the rows what has to be the same for two spares to be shown as one; `home_account` goes
    without saying in a title.
    """
    pair = tuple((one,) for one in columns if not one[1].is_spare)
    groups: dict[Hashable, tuple[Indexed, ...]] = {}
    for index, column in (one for one in columns if one[1].is_spare):
        key = behaviour(index) if len(columns) > COLUMNS_SHOWN_MAX else index
        groups[key] = (*groups.get(key, ()), (index, column))
    folded = [group for group in groups.values() if len(group) > 1]
    shown = []
    for group in (*pair, *groups.values()):
        title = _title(group[0][1], home_account)
        if len(group) > 1:
            letter = ascii_uppercase[folded.index(group) % len(ascii_uppercase)]
            title = f"{len(group)} spares" if len(folded) == 1 else f"spares {letter} ({len(group)})"
        shown.append(ColumnShown(index=group[0][0], title=title, members=tuple(column for _, column in group)))
    return tuple(shown)


def places_named(columns: Iterable[PreviewColumn], home_account: str) -> str:
    """Return where stacks are, Region by Region: one by its account when that does not go without saying, more by their number."""
    by_region: dict[str, list[PreviewColumn]] = {}
    for column in columns:
        by_region.setdefault(column.region, []).append(column)
    return ", ".join(
        f"{region} ({len(there)} accounts)" if len(there) > 1 else place_name(there[0].account_id, region, home_account)
        for region, there in by_region.items()
    )


def folded_sentences(columns: tuple[ColumnShown, ...], home_account: str) -> tuple[str, ...]:
    """Return which spares each folded column shows, a sentence each."""
    return tuple(f"{column.title}: {places_named(column.members, home_account)}" for column in columns if len(column.members) > 1)


def _title(column: PreviewColumn, home_account: str) -> str:
    return column.region if column.account_id in ("", home_account) else f"{column.region}\n{column.account_id}"
