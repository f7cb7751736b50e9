"""The bill: the sum of its lines, never cheaper with more payments, silent about nothing."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.costing.amount import Amount
from deployer.costing.bill import by_kind, month_usd, usd_of
from deployer.vocabulary.errors import DeployerError
from tests.support.costs import (
    SECONDARY,
    a_bill,
    a_canary,
    a_check,
    a_function,
    a_resource,
    a_stack,
    a_table,
    an_api,
    an_endpoint,
)

PAYMENTS = st.integers(min_value=0, max_value=10**10)
STACKS = st.lists(
    st.builds(
        lambda resources, region, copies: a_stack(*resources, region=region, copies=copies),
        st.lists(
            st.sampled_from((an_endpoint(), an_api(), a_canary(), a_check(), a_check(path="/hold"), a_function(), a_table())), max_size=5
        ),
        st.sampled_from(("us-east-1", SECONDARY, "sa-east-1")),
        st.integers(min_value=1, max_value=4),
    ),
    max_size=4,
)


@given(stacks=STACKS, payments_count=PAYMENTS)
def test_total_is_the_sum_of_the_lines(stacks: list, payments_count: int) -> None:
    """By kind, by Region and line by line it comes to the same."""
    bill = a_bill(*stacks, payments_count=payments_count)

    idle = math.fsum(line.amount.idle * line.price.usd for line in bill.lines if line.is_priced)
    more = math.fsum(line.amount.per_million * line.price.usd for line in bill.lines if line.is_priced) * payments_count / 1_000_000
    assert math.isclose(bill.month_usd, idle + more)
    assert math.isclose(bill.idle_usd, math.fsum(usd_of(lines).idle for _, lines in by_kind(bill.lines)))
    regions = [tuple(line for line in bill.lines if line.region == region) for region in bill.regions]
    assert math.isclose(bill.month_usd, math.fsum(month_usd(lines, payments_count) for lines in regions))


@given(stacks=STACKS, fewer=PAYMENTS, more=PAYMENTS)
def test_more_payments_never_cost_less(stacks: list, fewer: int, more: int) -> None:
    """And an idle month is the least of all."""
    fewer, more = sorted((fewer, more))

    assert a_bill(*stacks, payments_count=fewer).month_usd <= a_bill(*stacks, payments_count=more).month_usd
    assert a_bill(*stacks, payments_count=0).month_usd == a_bill(*stacks).idle_usd


@given(stacks=STACKS)
def test_no_line_is_negative_or_empty(stacks: list) -> None:
    """What uses nothing has no line."""
    for line in a_bill(*stacks).lines:
        assert line.amount.idle >= 0
        assert line.amount.per_million >= 0
        assert line.amount


def test_a_type_that_nobody_has_priced_is_refused() -> None:
    """Naming the resource, and where to say its price."""
    with pytest.raises(DeployerError) as refused:
        a_bill(a_stack(a_resource("Gateway", "AWS::EC2::NatGateway")))

    assert "AWS::EC2::NatGateway" in refused.value.summary
    assert "Gateway" in refused.value.summary
    assert "meters.py" in refused.value.hint


def test_a_region_without_prices_is_told_and_not_guessed() -> None:
    """Its lines stand there without a figure; what costs the same everywhere is counted."""
    acl = a_resource("Firewall", "AWS::WAFv2::WebACL", Rules=[{}, {}])
    bill = a_bill(a_stack(an_endpoint(), acl, region="sa-east-1"))

    assert [line.logical_id for line in bill.unpriced] == ["SecretsmanagerEndpoint"]
    assert bill.idle_usd == 7.0


def test_every_account_of_spares_pays_for_its_own() -> None:
    """Three accounts, three times as much, all of it by the same parameter."""
    one, three = (a_bill(a_stack(an_endpoint(), copies=copies, is_spare=True)) for copies in (1, 3))

    assert three.idle_usd == pytest.approx(3 * one.idle_usd)
    assert one.idle_usd > 0
    assert {line.decided_by for line in three.lines} == {"spares.regions"}


def test_the_dearest_kind_comes_first() -> None:
    """Then what payments add decides, then the name."""
    kinds = [kind for kind, _ in by_kind(a_bill(a_stack(a_canary(), an_endpoint(), an_api(), a_table())).lines)]

    assert kinds[:2] == ["Interface endpoints", "Canaries"]


def test_amounts_add_up_and_scale() -> None:
    """Idle and by the million, apart."""
    assert (Amount(1, 2) + Amount(3, 4)) * 2 == Amount(8, 12)
    assert not Amount()
    assert Amount(per_million=1)
