"""A bill for a person and for a program."""

from __future__ import annotations

from rich.console import Console

from deployer.costing.bill import Bill
from deployer.reporting.cost_view import CostView
from tests.support.costs import a_bill, a_resource, a_stack, a_table, an_endpoint


def a_view(bill: Bill, *, budget_usd: float = 250.0, each: bool = False) -> CostView:
    """Return the view of a bill."""
    return CostView(environment="prod", bill=bill, budget_usd=budget_usd, each=each)


def drawn(view: CostView) -> str:
    """Return the drawing as text, wide enough for every line."""
    console = Console(width=200)
    with console.capture() as capture:
        console.print(view.drawing())
    return capture.get()


def row(text: str, name: str) -> list[str]:
    """Return the cells of the row that begins with `name`."""
    [found] = [line for line in text.splitlines() if line.strip("│ ").startswith(name)]
    return [cell.strip() for cell in found.strip("│").split("│")]


def test_a_kind_has_a_row_and_a_region_a_column() -> None:
    """Sums to the right, subtotals below, the total where they meet."""
    text = drawn(a_view(a_bill(a_stack(an_endpoint()), a_stack(an_endpoint(zones=3), region="us-east-2"), payments_count=0)))

    assert row(text, "Interface endpoints") == ["Interface endpoints", "14.60", "21.90", "36.50", "", "36.50"]
    assert row(text, "total") == ["total", "14.60", "21.90", "36.50", "", "36.50"]


def test_kinds_come_with_the_dearest_first() -> None:
    """Whoever wants to save begins at the top."""
    text = drawn(a_view(a_bill(a_stack(a_resource("Zone", "AWS::Route53::HostedZone"), an_endpoint()))))

    assert text.index("Interface endpoints") < text.index("DNS and health checks")


def test_remarks_and_assumptions_stand_under_the_table() -> None:
    """With what is not counted."""
    text = drawn(a_view(a_bill(a_stack(an_endpoint())), budget_usd=10))

    assert (
        text.index("total") < text.index("more than budget.monthly_usd_max: 10 USD") < text.index("item_bytes") < text.index("Not counted")
    )


def test_every_line_is_shown_with_its_price_when_asked_for() -> None:
    """Also one whose Region has none."""
    text = drawn(a_view(a_bill(a_stack(an_endpoint(), region="sa-east-1")), each=True))

    assert "secretsmanager in 2 zones" in text
    assert "no price for sa-east-1" in text


def test_a_price_that_nobody_has_is_null_for_a_program() -> None:
    """Nought would be a figure."""
    [line] = a_view(a_bill(a_stack(an_endpoint(), region="sa-east-1"))).record()["lines"]

    assert line["unit_usd"] is None
    assert line["idle_usd"] is None
    assert line["idle_quantity"] == 1460.0


def test_sums_of_a_record_are_the_bills() -> None:
    """By kind and by Region."""
    bill = a_bill(a_stack(a_table(), an_endpoint()))
    record = a_view(bill).record()

    assert record["idle_usd"] == round(bill.idle_usd, 4)
    for group in ("kinds", "regions"):
        assert round(sum(one["usd_per_million_payments"] for one in record[group]), 2) == round(bill.usd_per_million_payments, 2)
