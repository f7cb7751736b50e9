"""Where stack sets are kept, without a server: forgetting them all, and the limit of how many there may be."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deployer.local import stack_sets
from deployer.local.stack_sets import shelves
from deployer.local.stack_sets.records import StackSet
from deployer.local.stack_sets.refusals import Refused
from deployer.local.stack_sets.stack_set_actions import STACK_SETS_MAX, Caller, create_stack_set
from deployer.local.stack_sets.templates import Template

ACCOUNT, REGION = "111122223333", "us-east-2"


@pytest.fixture(autouse=True)
def _empty_shelves() -> Iterator[None]:
    stack_sets.reset()
    yield
    stack_sets.reset()


def _kept(name: str) -> StackSet:
    stack_set = StackSet(
        name=name,
        uuid=f"{name}-uuid",
        account=ACCOUNT,
        region=REGION,
        template=Template(body="{}", parameters=(), capabilities=()),
        parameters={},
        administration_role_arn=f"arn:aws:iam::{ACCOUNT}:role/admin",
        execution_role_name="execution",
        custom_administration_role=True,
    )
    shelves.put(stack_set)
    return stack_set


def test_reset_forgets_every_stack_set() -> None:
    """After a reset nothing is found or listed, and what still held a stack set sees it as deleted."""
    stack_set = _kept("one")

    stack_sets.reset()

    assert shelves.shelf(ACCOUNT, REGION) == []
    assert stack_set.status == "DELETED"
    with pytest.raises(Refused, match="StackSet one not found"):
        shelves.find(ACCOUNT, REGION, "one")


@pytest.mark.parametrize("place", [("444455556666", REGION), (ACCOUNT, "us-east-1")])
def test_other_accounts_and_regions_see_nothing(place: tuple[str, str]) -> None:
    """F4.3: a shelf belongs to one account in one Region."""
    _kept("one")

    with pytest.raises(Refused) as refused:
        shelves.find(*place, "one")

    assert refused.value.code == "StackSetNotFoundException"


def test_account_has_a_thousand_stack_sets_at_most() -> None:
    """F4.14: the next one is a LimitExceededException; a deleted one does not count."""
    sets = [_kept(f"set-{number}") for number in range(STACK_SETS_MAX)]
    one_more = {"StackSetName": "one-more", "TemplateBody": "{}"}

    with pytest.raises(Refused) as refused:
        create_stack_set(Caller(account=ACCOUNT, region=REGION), one_more)
    sets[0].status = "DELETED"
    with pytest.raises(Refused) as judged_further:
        create_stack_set(Caller(account=ACCOUNT, region=REGION), one_more)

    assert refused.value.code == "LimitExceededException"
    assert judged_further.value.code == "ValidationError"
