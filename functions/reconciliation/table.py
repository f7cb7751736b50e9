"""Reads the whole table once, several segments side by side, and stops where it is told to so that it can go on from there.

There is no index by time (an index would cost a write more for every payment), so a proof reads everything. Reads are eventually
consistent: half the price, and nothing that a proof looks at was written within the last hour.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from audit_log.lines import Item
from reconciliation.state import Cursor

SEGMENTS: Final = 8

# Takes a segment's number and a page's items.
Visit = Callable[[int, Sequence[Item]], None]


def scan(client: Any, table_name: str, cursors: list[Cursor], visit: Visit, go_on: Callable[[], bool]) -> None:
    """Call `visit` with every page after `cursors` (one a segment), moving them on; ends early when `go_on()` says no.

    A page is visited as a whole before its cursor moves: whatever stops this, nothing is passed over. `visit` is called from several
    threads, but never from two for one segment. Raises what the client or `visit` raises.
    """

    def read(segment: int) -> None:
        while cursors[segment] is not True and go_on():
            cursor = cursors[segment]
            start = {"ExclusiveStartKey": cursor} if cursor else {}
            page = client.scan(TableName=table_name, Segment=segment, TotalSegments=len(cursors), **start)
            visit(segment, page["Items"])
            cursors[segment] = page.get("LastEvaluatedKey") or True

    with ThreadPoolExecutor(max_workers=len(cursors)) as executor:
        list(executor.map(read, range(len(cursors))))
