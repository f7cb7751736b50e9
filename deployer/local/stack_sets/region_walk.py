"""How an operation walks through Regions and accounts (F4.4, F4.5, F4.12): knows order and tolerance, no AWS.

Within a Region so many accounts at a time as the preferences allow; once more accounts failed than tolerated, nothing
further is begun in that Region nor in any later one. What was begun is always waited for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from deployer.local.stack_sets.preferences import Preferences
from deployer.local.stack_sets.records import Place


def walk(
    places: Iterable[Place],
    preferences: Preferences,
    perform: Callable[[Place], bool],
    stopped: Callable[[], bool],
) -> bool:
    """Perform in every place until the tolerance is exceeded; tell whether it never was.

    `perform` answers whether it succeeded and must not raise; it runs on several threads. `stopped` is asked before
    each beginning. Places that were never begun are simply not performed.
    """
    by_region: dict[str, list[Place]] = {}
    for place in places:
        by_region.setdefault(place[1], []).append(place)
    exceeded: list[str] = []

    def goes_on() -> bool:
        return not exceeded and not stopped()

    def visit(region: str) -> None:
        _visit(by_region[region], preferences, perform, goes_on, lambda: exceeded.append(region))

    regions = preferences.ordered(by_region)
    if preferences.parallel_regions and regions:
        with ThreadPoolExecutor(max_workers=len(regions)) as pool:
            for begun in [pool.submit(visit, region) for region in regions]:
                begun.result()
    else:
        for region in regions:
            visit(region)
    return not exceeded


def _visit(
    places: list[Place],
    preferences: Preferences,
    perform: Callable[[Place], bool],
    goes_on: Callable[[], bool],
    exceed: Callable[[], None],
) -> None:
    waiting = deque(places)
    under_way: set[Future[bool]] = set()
    failures_count = 0
    with ThreadPoolExecutor(max_workers=len(places)) as pool:
        while waiting or under_way:
            room = preferences.concurrent_count(len(places), failures_count) - len(under_way)
            while waiting and room > 0 and goes_on():
                under_way.add(pool.submit(perform, waiting.popleft()))
                room -= 1
            if not under_way:
                break
            done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            failures_count += sum(not future.result() for future in done)
            if failures_count > preferences.tolerated_count(len(places)):
                exceed()
