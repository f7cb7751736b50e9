"""Which parameters an idle month's bill hangs on, and whether it is what was aimed at."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from deployer.costing.bill import Bill, Line, by_kind, usd_of

# What the system was asked to cost in a month, at the most.
IDLE_USD_AIM: Final = 100.0
_DEAREST_COUNT: Final = 4


def levers(bill: Bill) -> tuple[tuple[str, float], ...]:
    """Return (parameter, USD of an idle month that hang on it), the most first; what hangs on none is left out."""
    lines: defaultdict[str, list[Line]] = defaultdict(list)
    for line in bill.lines:
        if line.decided_by:
            lines[line.decided_by].append(line)
    found = ((parameter, usd_of(its).idle) for parameter, its in lines.items())
    return tuple(sorted((one for one in found if one[1]), key=lambda one: (-one[1], one[0])))


def remarks(bill: Bill, budget_usd: float) -> tuple[str, ...]:
    """Return what a person should know: the aim missed and by what, the budget passed, what most hangs on, Regions without prices."""
    return (*_over_the_aim(bill), *_over_the_budget(bill, budget_usd), *_most_hangs_on(bill), *_without_price(bill))


def _over_the_aim(bill: Bill) -> tuple[str, ...]:
    if bill.idle_usd <= IDLE_USD_AIM:
        return ()
    dearest = by_kind(bill.lines)[:_DEAREST_COUNT]
    told = ", ".join(f"{kind} {usd_of(lines).idle:,.2f} USD" for kind, lines in dearest)
    return (f"An idle month costs {bill.idle_usd:,.2f} USD, more than the {IDLE_USD_AIM:.0f} USD aimed at; most of it: {told}.",)


def _over_the_budget(bill: Bill, budget_usd: float) -> tuple[str, ...]:
    if bill.month_usd <= budget_usd:
        return ()
    return (f"The month costs {bill.month_usd:,.2f} USD, more than budget.monthly_usd_max: {budget_usd:,.0f} USD.",)


def _most_hangs_on(bill: Bill) -> tuple[str, ...]:
    found = levers(bill)[:_DEAREST_COUNT]
    return (f"What an idle month hangs on most: {', '.join(f'{name} {usd:,.2f} USD' for name, usd in found)}.",) if found else ()


def _without_price(bill: Bill) -> tuple[str, ...]:
    regions = sorted({line.region for line in bill.unpriced})
    return tuple(
        f"The table has no prices for {region}: {len([line for line in bill.unpriced if line.region == region])} lines are not counted."
        for region in regions
    )
