"""Multi-Region strong consistency: a write is done when a majority of replicas and witness holds it, and whoever reads strongly sees it.

Pure. The writes of a table are one sequence; each member, replica or witness, holds the sequence up to a point of its own, further than
which it does not know. A Region may write and read strongly while it reaches a majority of the members, itself counted: two majorities
share a member, so it then learns of every write that was ever acknowledged before it does anything. A member that was cut off catches up
from any it reaches that knows more, the witness too, at the moment it reaches it. Facts F1.4, F1.5, F1.9; source: "How DynamoDB global
tables work", DynamoDB Developer Guide.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class StrongTable:
    """One strongly consistent table. `replicas` hold items, `witnesses` only the sequence of writes.

    `arrive(target, source, content)` puts a write into a replica's store; `open_way(one, other)` tells whether two members reach each
    other, and of a member and itself whether it lives.
    """

    def __init__(
        self,
        replicas: tuple[str, ...],
        witnesses: tuple[str, ...],
        arrive: Callable[[str, str, Any], None],
        open_way: Callable[[str, str], bool],
    ) -> None:
        self.members = (*replicas, *witnesses)
        self._replicas = replicas
        self._arrive = arrive
        self._open_way = open_way
        # What not all members know yet, with the Region it was written in; `_known` counts from the first write ever.
        self._writes: list[tuple[str, Any]] = []
        self._forgotten = 0
        self._known = dict.fromkeys(self.members, 0)

    def may_serve(self, region: str) -> bool:
        """Tell whether a Region may write and read strongly now; if so it has learnt of every acknowledged write."""
        reached = [member for member in self.members if self._open_way(region, member)]
        if region not in reached or len(reached) * 2 <= len(self.members):
            return False
        self.catch_up()
        return True

    def written(self, region: str, content: Any) -> None:
        """Take up a write that its own Region's store holds already; the Region must have been asked `may_serve` before."""
        self._writes.append((region, content))
        self._known[region] = self._forgotten + len(self._writes)
        self.catch_up()

    def catch_up(self) -> None:
        """Let every member learn all that one it reaches knows."""
        ahead = True
        while ahead:
            ahead = False
            for member in self.members:
                known = max((self._known[other] for other in self.members if self._open_way(member, other)), default=0)
                if known > self._known[member]:
                    self._learn(member, known)
                    ahead = True
        self._forget()

    def waiting(self, region: str) -> int:
        """Return how many writes a member does not know of."""
        return self._forgotten + len(self._writes) - self._known[region]

    def _learn(self, member: str, known: int) -> None:
        for source, content in self._writes[self._known[member] - self._forgotten : known - self._forgotten]:
            if member in self._replicas:
                self._arrive(member, source, content)
        self._known[member] = known

    def _forget(self) -> None:
        everybody_knows = min(self._known.values())
        del self._writes[: everybody_knows - self._forgotten]
        self._forgotten = everybody_knows
