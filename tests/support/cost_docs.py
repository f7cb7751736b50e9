"""Writes the tables of docs/cost.md anew, from the bill of params/production.yaml: `python -m tests.support.cost_docs`.

`tests/unit/costing/test_docs.py` fails while any of them is not what would be written here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench.markdown import table, with_part
from deployer.costing.amount import Amount
from deployer.costing.assumptions import NOT_COUNTED
from deployer.costing.bill import Bill, Line, by_kind, month_usd, usd_of
from deployer.costing.levers import levers, remarks
from deployer.costing.meters import FREE
from deployer.costing.price import Price
from deployer.params.load import load_environment
from deployer.params.model import Environment
from tests.support.costs import bill_of_environment
from tests.support.rendering import a_project
from tests.support.source_tree import ROOT

DOCUMENT: Final = ROOT / "docs" / "cost.md"
PARAMS: Final = ROOT / "params" / "production.yaml"

# What one would give up for a cheaper month, one after another: in words, the parameter file's group, its fields.
CHEAPER: Final[tuple[tuple[str, str, dict[str, Any]], ...]] = (
    ("`canaries.interval_minutes: 15`", "canaries", {"interval_minutes": 15}),
    ("`waf.enabled: false`", "waf", {"enabled": False}),
    (
        "`failover.request_interval_seconds: 30`, with `recovery_seconds_max: 120`",
        "failover",
        {"request_interval_seconds": 30, "recovery_seconds_max": 120},
    ),
)


def parts_of(project: Path) -> dict[str, str]:
    """Return the document's tables by their names, as the code has them now; `project` is one that can be rendered."""
    environment = load_environment(PARAMS)
    bill = bill_of_environment(environment, project)
    told = "\n".join(f"- {remark}" for remark in remarks(bill, float(environment.budget.monthly_usd_max)))
    figures = [(f"`{name}`", f"{value:,g}", said) for name, value, said in bill.assumed.told()]
    free = [(f"`{name}`", why, where) for name, (why, where) in sorted(FREE.items())]
    return {
        "kinds": f"{_kinds(bill)}\n\n{told}",
        "parameters": _parameters(bill),
        "choices": _choices(environment, project),
        "resources": _resources(bill),
        "assumptions": table(("assumed", "figure", "what it is"), figures),
        "left out": "\n".join(f"- {one}" for one in NOT_COUNTED),
        "prices": _prices(bill),
        "free": table(("type", "why", "source"), free),
    }


def with_parts(document: str, parts: Mapping[str, str]) -> str:
    """Return the document with its tables replaced."""
    for name, text in parts.items():
        document = with_part(document, name, text)
    return document


def _kinds(bill: Bill) -> str:
    head = ("", *(f"{region}, idle" for region in bill.regions), "idle", "a million payments", "with 1,000,000")
    rows = [(kind, *_figures(bill, lines)) for kind, lines in by_kind(bill.lines)]
    return table(head, [*rows, ("**total**", *_figures(bill, bill.lines))])


def _figures(bill: Bill, lines: tuple[Line, ...]) -> tuple[str, ...]:
    here = (usd_of(line for line in lines if line.region == region).idle for region in bill.regions)
    usd = usd_of(lines)
    return tuple(f"{one:,.2f}" for one in (*here, usd.idle, usd.per_million, month_usd(lines, bill.payments_count)))


def _parameters(bill: Bill) -> str:
    return table(("parameter", "USD of an idle month"), [(f"`{parameter}`", f"{usd:,.2f}") for parameter, usd in levers(bill)])


def _resources(bill: Bill) -> str:
    """Return a row for each resource and thing that it uses, the Regions' alike taken together."""
    rows: list[tuple[str, ...]] = []
    for kind, lines in by_kind(bill.lines):
        alike: dict[tuple[str, str], list[Line]] = {}
        for line in lines:
            alike.setdefault((line.logical_id, line.what), []).append(line)
        found = [(usd_of(its), one, what, its) for (one, what), its in alike.items()]
        for usd, one, what, its in sorted(found, key=lambda row: (-row[0].idle, -row[0].per_million, row[1], row[2])):
            regions, each = ", ".join(sorted({line.region for line in its})), f"{its[0].price.usd:.10g}"
            rows.append((kind, f"`{one}`", regions, what, *_quantity(its), each, _usd(usd.idle), _usd(usd.per_million)))
    head = ("kind", "resource", "where", "uses", "idle", "a million", "USD each", "idle USD", "USD a million")
    return table(head, rows)


def _quantity(lines: list[Line]) -> tuple[str, str]:
    total = sum((line.amount for line in lines), Amount())
    return f"{total.idle:,.6g}" if total.idle else "", f"{total.per_million:,.6g}" if total.per_million else ""


def _usd(usd: float) -> str:
    return f"{usd:,.4f}" if usd else ""


def _choices(environment: Environment, project: Path) -> str:
    """Return what an idle month comes to when one parameter after another is set to what costs less."""
    rows = [("as it is", f"{bill_of_environment(environment, project).idle_usd:,.2f}")]
    for said, group, changes in CHEAPER:
        environment = environment.model_copy(update={group: getattr(environment, group).model_copy(update=changes)})
        rows.append((f"and {said}" if len(rows) > 1 else said, f"{bill_of_environment(environment, project).idle_usd:,.2f}"))
    return table(("choice", "USD of an idle month"), rows)


def _prices(bill: Bill) -> str:
    return table(("kind", "unit", "USD", "Regions", "read in", "where", "as of"), [_price(one) for one in bill.prices.by_key.values()])


def _price(one: Price) -> tuple[str, ...]:
    figure = f"{one.usd:.10f}".rstrip("0").rstrip(".")
    return (one.kind, one.unit, figure, ", ".join(one.regions) or "everywhere", one.source.name, one.source.where, one.source.at)


def refresh() -> None:
    """Write the tables."""
    with TemporaryDirectory() as folder:
        parts = parts_of(a_project(Path(folder) / "project"))
    DOCUMENT.write_text(with_parts(DOCUMENT.read_text("utf-8"), parts), "utf-8")


if __name__ == "__main__":
    refresh()
