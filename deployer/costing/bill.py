"""The bill: a line for everything that every resource of every stack uses, in an idle month and for a million payments.

Pure: stacks, prices and assumptions in, lines out. The total is the sum of the lines and nothing else. A line without a price for its
Region has none; it is told, and neither guessed nor counted.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from deployer.costing.amount import MILLION, Amount
from deployer.costing.assumptions import Assumptions
from deployer.costing.deployed import DeployedStack, Resource
from deployer.costing.load import Load, load_of
from deployer.costing.meters import read
from deployer.costing.price import Price, PriceTable
from deployer.costing.usage import Site, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one resource uses of one thing in a month; `region` is `global` where AWS has no other.

    `amount` is in `price.unit`, for all `copies` of the stack together.
    """

    stack: str
    region: str
    logical_id: str
    resource_type: str
    what: str
    amount: Amount
    price: Price
    decided_by: str

    @property
    def is_priced(self) -> bool:
        """Whether the table has a price for the line's Region."""
        return self.price.is_known_in(self.region)

    @property
    def usd(self) -> Amount:
        """USD a month, nothing when there is no price."""
        return self.amount * self.price.usd if self.is_priced else Amount()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A system's bill for a month of `payments_count` payments, and what it rests on."""

    lines: tuple[Line, ...]
    payments_count: int
    assumed: Assumptions
    prices: PriceTable

    @property
    def idle_usd(self) -> float:
        """USD of a month without payments."""
        return usd_of(self.lines).idle

    @property
    def usd_per_million_payments(self) -> float:
        """USD that a million payments a month add."""
        return usd_of(self.lines).per_million

    @property
    def month_usd(self) -> float:
        """USD of a month with `payments_count` payments."""
        return month_usd(self.lines, self.payments_count)

    @property
    def unpriced(self) -> tuple[Line, ...]:
        """The lines whose Region has no price in the table."""
        return tuple(line for line in self.lines if not line.is_priced)

    @property
    def regions(self) -> tuple[str, ...]:
        """Every Region on the bill, `global` last."""
        return tuple(sorted({line.region for line in self.lines}, key=lambda region: (region == "global", region)))


def make_bill(
    stacks: Sequence[DeployedStack], *, primary: str, payments_count: int, prices: PriceTable, assumed: Assumptions | None = None
) -> Bill:
    """Return the bill of these stacks, payments taken in the Region `primary`.

    Raises DeployerError for a resource that nobody has said the price of: a bill that leaves one out is worse than none.
    """
    figures = assumed or Assumptions()
    load = load_of(stacks, primary, figures)
    lines = (line for stack in stacks for line in _lines(stack, load, figures, prices))
    return Bill(lines=tuple(lines), payments_count=payments_count, assumed=figures, prices=prices)


def usd_of(lines: Iterable[Line]) -> Amount:
    """Return the sum of lines in USD."""
    found = [line.usd for line in lines]
    return Amount(math.fsum(one.idle for one in found), math.fsum(one.per_million for one in found))


def month_usd(lines: Iterable[Line], payments_count: int) -> float:
    """Return what lines come to in a month with so many payments, in USD."""
    usd = usd_of(lines)
    return usd.idle + usd.per_million * payments_count / MILLION


def by_kind(lines: Iterable[Line]) -> tuple[tuple[str, tuple[Line, ...]], ...]:
    """Return (heading, its lines), the dearest idle month first, then by what payments add, then by name."""
    ordered = sorted(lines, key=lambda line: line.price.kind)
    groups = ((kind, tuple(group)) for kind, group in groupby(ordered, key=lambda line: line.price.kind))
    return tuple(sorted(groups, key=lambda group: (-usd_of(group[1]).idle, -usd_of(group[1]).per_million, group[0])))


def _lines(stack: DeployedStack, load: Load, assumed: Assumptions, prices: PriceTable) -> Iterable[Line]:
    site = Site(stack=stack, load=load, assumed=assumed)
    for resource in stack.resources:
        for usage in read(resource, site):
            if usage.amount:
                yield _line(stack, resource, usage, prices)


def _line(stack: DeployedStack, resource: Resource, usage: Usage, prices: PriceTable) -> Line:
    return Line(
        stack=stack.kind,
        region=usage.region or stack.region,
        logical_id=resource.logical_id,
        resource_type=resource.type,
        what=usage.what,
        amount=usage.amount * stack.copies,
        price=prices[usage.price],
        decided_by="spares.regions" if stack.is_spare else usage.decided_by,
    )
