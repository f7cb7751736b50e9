"""What a system costs: a row for each kind of thing, a column for each Region, what it rests on, and on request every line of the bill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from deployer.costing.amount import Amount
from deployer.costing.assumptions import NOT_COUNTED
from deployer.costing.bill import Bill, Line, by_kind, month_usd, usd_of
from deployer.costing.levers import IDLE_USD_AIM, levers, remarks
from deployer.reporting.words import count


@dataclass(frozen=True, slots=True, kw_only=True)
class CostView:
    """The bill of one environment; `budget_usd` is what its month may cost, `each` shows every line as well."""

    environment: str
    bill: Bill
    budget_usd: float
    each: bool = False

    def record(self) -> dict[str, Any]:
        """Return every line with its price and source, the sums, and what they rest on; null is a price that nobody has."""
        bill = self.bill
        return {
            "event": "cost",
            "environment": self.environment,
            "payments": bill.payments_count,
            "prices_from": bill.prices.oldest,
            "prices_to": bill.prices.newest,
            "idle_usd": _cents(bill.idle_usd),
            "idle_usd_aim": IDLE_USD_AIM,
            "usd_per_million_payments": _cents(bill.usd_per_million_payments),
            "month_usd": _cents(bill.month_usd),
            "month_usd_max": self.budget_usd,
            "kinds": [{"kind": kind, **_sums(lines)} for kind, lines in by_kind(bill.lines)],
            "regions": [{"region": region, **_sums(_of(bill, region))} for region in bill.regions],
            "lines": [_line(line) for line in bill.lines],
            "hangs_on": [{"parameter": parameter, "idle_usd": _cents(usd)} for parameter, usd in levers(bill)],
            "remarks": list(remarks(bill, self.budget_usd)),
            "assumptions": [{"name": name, "value": value, "meaning": meaning} for name, value, meaning in bill.assumed.told()],
            "not_counted": list(NOT_COUNTED),
        }

    def drawing(self) -> RenderableType:
        """Return the table by kind, the remarks, and the assumptions; before them every line when each is asked for."""
        told = [Text(remark, "yellow") for remark in remarks(self.bill, self.budget_usd)]
        prices = f"List prices of {self.bill.prices.oldest} to {self.bill.prices.newest}, first tiers."
        left_out = [Text(f"Not counted: {one}", "dim") for one in NOT_COUNTED]
        lines = (self._lines(),) if self.each else ()
        return Group(*lines, self._kinds(), *told, Text(prices), self._assumptions(), *left_out)

    def _kinds(self) -> Table:
        bill, payments = self.bill, self.bill.payments_count
        table = Table(title=f"{self.environment} on AWS, a month in USD", title_justify="left", title_style="bold", show_footer=True)
        totals = [month_usd(bill.lines, 0), bill.usd_per_million_payments, bill.month_usd]
        table.add_column("", footer="total")
        for region in bill.regions:
            table.add_column(f"{region}, idle", justify="right", footer=_told(usd_of(_of(bill, region)).idle))
        headings = ("idle", "a million payments", f"with {payments:,} payments")
        for heading, total in zip(headings, totals, strict=True):
            table.add_column(heading, justify="right", footer=_told(total))
        for kind, lines in by_kind(bill.lines):
            here = [usd_of(line for line in lines if line.region == region).idle for region in bill.regions]
            sums = [usd_of(lines).idle, usd_of(lines).per_million, month_usd(lines, payments)]
            table.add_row(kind, *(_told(one) for one in (*here, *sums)))
        return table

    def _lines(self) -> Table:
        table = Table(title=f"{self.environment}, {count(len(self.bill.lines), 'line')}", title_justify="left", title_style="bold")
        for heading in ("resource", "Region", "uses in an idle month", "and for a million payments"):
            table.add_column(heading)
        for heading in ("idle USD", "USD a million"):
            table.add_column(heading, justify="right", no_wrap=True)
        for kind, lines in by_kind(self.bill.lines):
            table.add_section()
            table.add_row(Text(kind, "bold"), "", "", "", *(Text(one, "bold") for one in _usd(usd_of(lines))))
            for line in sorted(lines, key=lambda one: (-one.usd.idle, -one.usd.per_million, one.region, one.logical_id, one.what)):
                table.add_row(*_cells(line))
        return table

    def _assumptions(self) -> Table:
        table = Table(title="Assumed", title_justify="left", box=None, show_header=False, padding=(0, 1))
        for _ in range(2):
            table.add_column(style="dim", no_wrap=True)
        table.add_column(style="dim")
        for name, value, meaning in self.bill.assumed.told():
            table.add_row(name, f"{value:,g}", meaning)
        return table


def _of(bill: Bill, region: str) -> tuple[Line, ...]:
    return tuple(line for line in bill.lines if line.region == region)


def _sums(lines: tuple[Line, ...]) -> dict[str, float]:
    usd = usd_of(lines)
    return {"idle_usd": _cents(usd.idle), "usd_per_million_payments": _cents(usd.per_million)}


def _line(line: Line) -> dict[str, Any]:
    """Return one line's fields; they belong to the record `cost`."""
    price = line.price
    return {
        "stack": line.stack,
        "region": line.region,
        "logical_id": line.logical_id,
        "resource_type": line.resource_type,
        "kind": price.kind,
        "what": line.what,
        "idle_quantity": line.amount.idle,
        "quantity_per_million_payments": line.amount.per_million,
        "unit": price.unit,
        "unit_usd": price.usd if line.is_priced else None,
        "idle_usd": line.usd.idle if line.is_priced else None,
        "usd_per_million_payments": line.usd.per_million if line.is_priced else None,
        "decided_by": line.decided_by,
        "source": {"name": price.source.name, "where": price.source.where, "at": price.source.at},
    }


def _cells(line: Line) -> tuple[str, ...]:
    each = f"{line.price.usd:.10f}".rstrip("0") if line.is_priced else f"no price for {line.region}"
    idle, more = (f"{one:,.6g} × {each}" if one else "" for one in (line.amount.idle, line.amount.per_million))
    return (line.logical_id, line.region, f"{line.what}: {idle}" if idle else line.what, more, *_usd(line.usd))


def _usd(usd: Amount) -> tuple[str, str]:
    idle, more = (f"{one:,.4f}" if one else "" for one in (usd.idle, usd.per_million))
    return idle, more


def _told(usd: float) -> str:
    return f"{usd:,.2f}" if usd else ""


def _cents(usd: float) -> float:
    """Return USD to a hundredth of a cent: sums of so many small lines are no more exact than their assumptions."""
    return round(usd, 4)
