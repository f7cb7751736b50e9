"""What a price is: a figure, its unit, and who said so when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where prices were read; `at` is the day (ISO 8601) that the figures there are of."""

    name: str
    where: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """USD for one `unit`, list price of the first tier; `kind` is the heading it stands under on a bill.

    `regions` are those that the source speaks of, empty when the price is the same everywhere.
    """

    key: str
    kind: str
    usd: float
    unit: str
    source: Source
    regions: tuple[str, ...] = ()

    def is_known_in(self, region: str) -> bool:
        """Return whether the source speaks of this Region."""
        return not self.regions or region in self.regions


class PriceTable:
    """Prices by their keys. Raises ValueError when two have the same one."""

    def __init__(self, prices: Iterable[Price]) -> None:
        self._prices: dict[str, Price] = {}
        for price in prices:
            if price.key in self._prices:
                raise ValueError(f"two prices are called {price.key}")
            self._prices[price.key] = price
        self.by_key = MappingProxyType(self._prices)

    def __getitem__(self, key: str) -> Price:
        return self._prices[key]

    @property
    def newest(self) -> str:
        """The day of its newest source."""
        return max(price.source.at for price in self._prices.values())

    @property
    def oldest(self) -> str:
        """The day of its oldest source."""
        return min(price.source.at for price in self._prices.values())
