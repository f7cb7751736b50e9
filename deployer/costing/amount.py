"""How much of something: in an idle month, and for each million payments of a month."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

HOURS_PER_MONTH = 730.0
SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600
DAYS_PER_MONTH = HOURS_PER_MONTH / 24
MILLION = 1_000_000.0
BYTES_PER_GIGABYTE = 1024.0**3


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity without payments, and what a million payments a month add to it. Both are 0 or more."""

    idle: float = 0.0
    per_million: float = 0.0

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.idle + other.idle, self.per_million + other.per_million)

    def __mul__(self, factor: float) -> Amount:
        return Amount(self.idle * factor, self.per_million * factor)

    def __bool__(self) -> bool:
        return bool(self.idle or self.per_million)


NOTHING = Amount()


def total(amounts: Iterable[Amount]) -> Amount:
    """Return the sum of amounts."""
    return sum(amounts, NOTHING)
