"""What a meter says of a resource, and what it may look at to say it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from deployer.costing.amount import Amount
from deployer.costing.assumptions import Assumptions
from deployer.costing.deployed import DeployedStack, Resource
from deployer.costing.load import Load


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """So much of what `price` names (a key of the price table): `what` in words, `decided_by` the parameter that it hangs on, or "".

    `region` is where it is used when that is not the stack's own.
    """

    what: str
    price: str
    amount: Amount
    decided_by: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where a resource stands: its stack, and what the whole system has to do there."""

    stack: DeployedStack
    load: Load
    assumed: Assumptions

    @property
    def region(self) -> str:
        """The stack's Region."""
        return self.stack.region


Meter = Callable[[Resource, Site], Iterator[Usage]]


def standing(what: str, price: str, count: float, decided_by: str = "", region: str = "") -> Usage:
    """Return the use of something that is there, payments or not."""
    return Usage(what=what, price=price, amount=Amount(idle=count), decided_by=decided_by, region=region)
