"""One proof: table against log, day by day, in one pass over the table.

Every day up to the last one that is over by an hour belongs to a proof, so no fresh payment is ever taken for a gap: not one that is on
its way to the log, nor one whose object is on its way from the other Region's bucket. Each Region proves its own bucket by its own
replica of the table, for itself: after a Region is lost the other one's log has to be whole without it.

A payment that the log lacks is written at once, as an object of its own that is never overwritten: should both Regions find the same
gap, they write the same bytes under the same key. The log itself is never rewritten and nothing is deleted: who checks evidence does not
touch it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from audit_log.bucket import AuditBucket, LogObject, Unreadable
from audit_log.keys import PAYMENTS, day_of_key, reconciled_key
from audit_log.lines import Item, NoPayment, day_of, id_of, reconciled_line, region_of
from reconciliation.days import LoggedDay, Seal, Tally, count_payment, listing_digest, removed_count, short_line
from reconciliation.state import Cursor, State
from reconciliation.table import SEGMENTS, Visit

LINES_MAX: Final = 1_000_000  # held in memory at a time: close to 200 MB
READERS: Final = 8

Scan = Callable[[list[Cursor], Visit, Callable[[], bool]], None]
Note = Callable[[str, str], None]  # takes "missing" or "altered", and a payment's id


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a proof came to, in payments (or lines, or days, where the name says so)."""

    payments: int
    missing: int
    altered: int
    removed: int
    unreadable_items: int
    repeated_lines: int
    days_proved: int
    days_unproved: int


def prove(
    before: State, through: str, bucket: AuditBucket, scan: Scan, go_on: Callable[[], bool], note: Note, *, lines_max: int = LINES_MAX
) -> tuple[State, Report | None]:
    """Begin a proof up to the day `through`, or go on with the one `before` holds.

    Returns the state to keep, and the report unless the proof has to be gone on with. Raises botocore's errors, and Unreadable when
    what a proof began with can no longer be read.
    """
    if before.done:
        state, logged = _begin(before, through, bucket, lines_max)
    else:
        # They had room when the proof began; what it has written since comes on top.
        state, logged = before, {day: _load(bucket, day, sys.maxsize)[0] for day in before.open_days}
    tallies: list[dict[str, Tally]] = [{} for _ in state.cursors]
    unreadable = [0 for _ in state.cursors]

    def visit(segment: int, items: Sequence[Item]) -> None:
        for item in items:
            try:
                day, region = day_of(item), region_of(item)
                if day > state.through or day in state.put_off:
                    continue
                side = None if day in state.seals else logged.get(day, _NOTHING)
                tally = tallies[segment].setdefault(day, Tally())
                altered = tally.altered
                missing = count_payment(tally, item, side)
            except NoPayment:
                unreadable[segment] += 1
                continue
            if missing:
                note("missing", id_of(item))
                bucket.add(reconciled_key(day=day, region=region, transaction_id=id_of(item)), [reconciled_line(item)])
            elif tally.altered > altered:
                note("altered", id_of(item))

    scan(state.cursors, visit, go_on)
    for counted in tallies:
        for day, tally in counted.items():
            state.tallies.setdefault(day, Tally()).add(tally)
    state.unreadable_items += sum(unreadable)
    return _conclude(state) if all(cursor is True for cursor in state.cursors) else (state, None)


_NOTHING: Final = LoggedDay()


def _begin(before: State, through: str, bucket: AuditBucket, lines_max: int) -> tuple[State, dict[str, LoggedDay]]:
    """Return a new proof and the log's side of the days to compare, the newest first as far as there is room.

    A second proof of the same days compares those the first one left for it, and no others: each day has its turn once.
    """
    listings = {
        day: listing_digest(objects)
        for day, objects in groupby(bucket.objects(PAYMENTS), key=lambda one: day_of_key(one.key))
        if day is not None and day <= through
    }
    seals = {day: seal for day, seal in before.seals.items() if listings.get(day) == seal.listing}
    state = State(through=through, done=False, cursors=[None] * SEGMENTS, seals=seals)
    unsealed = listings.keys() - seals.keys()
    turn = unsealed & set(before.next_days) if before.through == through else unsealed
    state.put_off.extend(unsealed - turn)
    logged: dict[str, LoggedDay] = {}
    room = lines_max
    for day in sorted(turn, reverse=True):
        try:
            logged[day], state.listings[day] = _load(bucket, day, room)
        except TooLarge:
            state.put_off.append(day)
            if logged:  # alone it may fit
                state.next_days.append(day)
            continue
        except Unreadable:
            state.put_off.append(day)
            continue
        state.open_days[day] = (len(logged[day].ids), logged[day].repeated)
        room -= len(logged[day].contents)
    return state, logged


class TooLarge(Exception):
    """A day has more lines than there is room for."""


def _load(bucket: AuditBucket, day: str, lines_max: int) -> tuple[LoggedDay, str]:
    """Return the log's side of `day` and its listing's digest; raises Unreadable and TooLarge."""
    objects = list(bucket.objects(f"{PAYMENTS}date={day}/"))
    if any(one.cold for one in objects):
        raise Unreadable("an object has to be restored first")
    logged = LoggedDay()

    def lines_of(one: LogObject) -> list[tuple[bytes, bytes]]:
        try:
            return [short_line(line) for line in bucket.read(one.key)]
        except (KeyError, TypeError, ValueError) as error:
            raise Unreadable(type(error).__name__) from error

    with ThreadPoolExecutor(max_workers=READERS) as executor:
        for part in _slices(objects):
            for lines in executor.map(lines_of, part):
                logged.add(lines)
            if len(logged.contents) > lines_max:
                raise TooLarge
    return logged, listing_digest(objects)


def _slices(objects: Sequence[LogObject], size: int = 10 * READERS) -> Iterable[Sequence[LogObject]]:
    """Yield `objects` some at a time: a map over all of them would read on after it is clear that there is no room."""
    return (objects[start : start + size] for start in range(0, len(objects), size))


def _conclude(state: State) -> tuple[State, Report]:
    """Judge every day, and seal those whose sides agree; returns the state that the next proof begins with."""
    removed = unproved = 0
    trusted, seals = state.seals, dict(state.seals)
    for day, (logged_count, _) in state.open_days.items():
        tally = state.tallies.get(day, Tally())
        gone = removed_count(tally, logged_count)
        removed += gone
        if tally.missing or tally.altered or gone:
            unproved += 1
        else:
            seals[day] = Seal(count=tally.count, digest=tally.digest, listing=state.listings[day])
    reopened = [day for day, seal in trusted.items() if not _agrees(seal, state.tallies.get(day, Tally()))]
    for day in reopened:
        del seals[day]
    unlogged = [day for day in state.tallies if day not in state.open_days and day not in trusted]
    report = Report(
        payments=sum(tally.count for tally in state.tallies.values()),
        missing=sum(tally.missing for tally in state.tallies.values()),
        altered=sum(tally.altered for tally in state.tallies.values()),
        removed=removed,
        unreadable_items=state.unreadable_items,
        repeated_lines=sum(repeated for _, repeated in state.open_days.values()),
        days_proved=len(seals),
        days_unproved=unproved + len(reopened) + len(unlogged) + len(state.put_off),
    )
    # What was written is read back, and what differs from its seal is compared, by a proof that need not wait a day.
    written = [day for day, tally in state.tallies.items() if tally.missing]
    return State(through=state.through, next_days=sorted({*state.next_days, *reopened, *written}), seals=seals), report


def _agrees(seal: Seal, tally: Tally) -> bool:
    return (seal.count, seal.digest) == (tally.count, tally.digest)
