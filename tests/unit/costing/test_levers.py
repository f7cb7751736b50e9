"""What a person is told beside the figures: the aim, the budget, what most hangs on, Regions without prices."""

from __future__ import annotations

from deployer.costing.levers import levers, remarks
from tests.support.costs import a_bill, a_canary, a_resource, a_stack, an_endpoint


def test_what_most_hangs_on_comes_first() -> None:
    """Summed over everything that a parameter decides."""
    found = levers(a_bill(a_stack(an_endpoint(), an_endpoint(), a_canary())))

    assert [name for name, _ in found] == ["network.interface_endpoints", "canaries.interval_minutes"]
    assert round(found[0][1], 2) == 29.20


def test_what_hangs_on_no_parameter_is_no_lever() -> None:
    """A zone is a zone."""
    assert levers(a_bill(a_stack(a_resource("Zone", "AWS::Route53::HostedZone")))) == ()


def test_a_cheap_month_needs_no_remark() -> None:
    """Below the aim and the budget, and hanging on nothing."""
    assert remarks(a_bill(a_stack(a_resource("Zone", "AWS::Route53::HostedZone"))), 250.0) == ()


def test_an_idle_month_beyond_the_aim_is_said_with_what_makes_it() -> None:
    """The dearest first."""
    told = remarks(a_bill(a_stack(*[an_endpoint()] * 7, a_canary())), 250.0)

    assert told[0].startswith("An idle month costs 114.")
    assert "more than the 100 USD aimed at" in told[0]
    assert told[0].index("Interface endpoints 102.20 USD") < told[0].index("Canaries 11.")


def test_a_month_beyond_the_budget_is_said() -> None:
    """By the parameter's name."""
    told = remarks(a_bill(a_stack(an_endpoint())), 14.0)

    assert "The month costs 14.60 USD, more than budget.monthly_usd_max: 14 USD." in told


def test_a_region_without_prices_is_said_with_the_lines_it_leaves_out() -> None:
    """One sentence a Region."""
    told = remarks(a_bill(a_stack(an_endpoint(), an_endpoint(), region="sa-east-1")), 250.0)

    assert told == ("The table has no prices for sa-east-1: 2 lines are not counted.",)
