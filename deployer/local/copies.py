"""Copies of S3 objects and secrets in another Region, which wait while the way there is shut and are then made in their order.

No fault, no wait: S3's own minutes are not imitated. What waits is never lost: objects arrive one version after the other, of a secret the
latest state.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from itertools import count
from typing import Final

from deployer.local import attach, attach_copies
from deployer.local.faults import RegionFaults


class WaitingCopies:
    """What waits for the way between two Regions, in order; `open_way(source, target)` tells whether a copy can be made now."""

    def __init__(self, open_way: Callable[[str, str], bool] = lambda source, target: True) -> None:
        self._open_way = open_way
        self._waiting: dict[tuple[str, str], dict[Hashable, Callable[[], None]]] = {}
        self._numbers = count()
        self._turn = threading.RLock()

    def make(self, source: str, target: str, copy: Callable[[], None], *, instead_of: Hashable = None) -> bool:
        """Make a copy now or keep it for later, in place of one that was kept under the same name; tell whether it was made."""
        with self._turn:
            if self._open_way(source, target):
                copy()
                return True
            queue = self._waiting.setdefault((source, target), {})
            name = next(self._numbers) if instead_of is None else instead_of
            queue.pop(name, None)
            queue[name] = copy
            return False

    def settle(self) -> None:
        """Make every copy whose way is open."""
        with self._turn:
            for (source, target), queue in self._waiting.items():
                while queue and self._open_way(source, target):
                    queue.pop(next(iter(queue)))()

    def follow(self, faults: RegionFaults) -> None:
        """Let faults say which ways are open."""
        self._open_way = faults.connected
        faults.watch(self.settle)

    def counts(self) -> tuple[tuple[str, str, int], ...]:
        """Return (from, to, how many copies wait) for each direction that something waits in."""
        return tuple((source, target, len(queue)) for (source, target), queue in sorted(self._waiting.items()) if queue)


WAITING: Final = WaitingCopies()


def register() -> None:
    """Take the making of copies over from MiniStack."""
    attach.verify(attach_copies.SEAMS)
    attach_copies.divert_objects(WAITING.make)
    attach_copies.divert_secrets(WAITING.make)
