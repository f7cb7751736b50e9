"""The price table: every price has a source with a day, and is one that something costs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from deployer.costing.price import Price, PriceTable, Source
from deployer.costing.prices import PRICED, PRICES
from tests.support.choices import EVERYTHING
from tests.support.costs import a_bill, a_function, a_resource, a_stack, bill_of_environment
from tests.support.rendering import an_environment

SOURCE = Source(name="a page", where="https://example.com/prices", at="2026-11-23")


def test_every_price_says_where_and_when_it_was_read() -> None:
    """A figure without a day is a rumour."""
    for price in PRICES.by_key.values():
        assert price.usd > 0
        assert price.source.name
        assert price.source.where.startswith("https://")
        assert date(2024, 1, 1) <= date.fromisoformat(price.source.at)


def test_every_price_is_one_that_something_costs(project: Path) -> None:
    """What nothing uses is not renewed either; the templates use all but three."""
    quick = a_resource("Quick", "AWS::CloudWatch::Alarm", MetricName="Errors", Period=10)
    warm = {"ProvisionedConcurrentExecutions": 1}
    alias = a_resource("A", "AWS::Lambda::Alias", FunctionName={"Ref": "PaymentFunction"}, ProvisionedConcurrencyConfig=warm)
    by_hand = a_bill(a_stack(quick, a_function(Architectures=["x86_64"]), alias))
    lines = (*bill_of_environment(an_environment(**EVERYTHING), project).lines, *by_hand.lines)

    assert {line.price.key for line in lines} == PRICES.by_key.keys()


def test_regions_are_named_by_their_sources() -> None:
    """Firewall, zone and checks cost the same everywhere; an endpoint does not."""
    assert PRICES["web acl"].is_known_in("sa-east-1")
    assert not PRICES["endpoint hour"].is_known_in("sa-east-1")
    assert all(PRICES["endpoint hour"].is_known_in(region) for region in PRICED)


def test_two_prices_of_one_name_are_refused() -> None:
    """One of them would be charged unseen."""
    price = Price(key="x", kind="Logs", usd=1.0, unit="piece", source=SOURCE)

    with pytest.raises(ValueError, match="called x"):
        PriceTable((price, price))


def test_a_table_is_as_old_as_its_oldest_source() -> None:
    """Both days are told."""
    old = Source(name="a page", where="https://example.com/prices", at="2025-01-02")
    prices = PriceTable(
        (Price(key="x", kind="Logs", usd=1.0, unit="piece", source=SOURCE), Price(key="y", kind="Logs", usd=1.0, unit="piece", source=old))
    )

    assert (prices.oldest, prices.newest) == ("2025-01-02", "2026-11-23")
