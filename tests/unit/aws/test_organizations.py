"""Which accounts units hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from deployer.aws.organizations import list_accounts, management_account
from deployer.aws.session import Aws, AwsAccess
from deployer.vocabulary.errors import AwsRefused
from tests.support.rollout.wire import refusal

UNITS = {"r-root": ["ou-a", "ou-b"], "ou-a": ["ou-nested"], "ou-b": [], "ou-nested": []}
ACCOUNTS = {
    "r-root": [("111111111111", "ACTIVE")],
    "ou-a": [("222222222222", "ACTIVE"), ("333333333333", "SUSPENDED")],
    "ou-b": [("444444444444", "ACTIVE")],
    "ou-nested": [("555555555555", "ACTIVE")],
}


class FakeOrganizations:
    """An organization that answers one entry a page."""

    def get_paginator(self, name: str) -> FakeOrganizations:
        """Return what pages `name`."""
        self.listing = name
        return self

    def paginate(self, *, ParentId: str) -> Iterator[dict[str, Any]]:
        """Yield the pages of one parent."""
        if ParentId not in UNITS:
            raise refusal("ParentNotFoundException", "no such parent")
        if self.listing == "list_accounts_for_parent":
            yield from ({"Accounts": [{"Id": account, "Status": status}]} for account, status in ACCOUNTS[ParentId])
        else:
            yield from ({"OrganizationalUnits": [{"Id": unit}]} for unit in UNITS[ParentId])

    def describe_organization(self) -> dict[str, Any]:
        """Return the organization."""
        return {"Organization": {"MasterAccountId": "111111111111"}}


def an_aws() -> Aws:
    """Return an AWS with that organization."""
    return Aws(AwsAccess(), make_client=lambda service, region: FakeOrganizations())


@pytest.mark.parametrize(
    ("units", "accounts"),
    [
        pytest.param(("ou-nested",), ("555555555555",), id="one unit"),
        pytest.param(("ou-a",), ("222222222222", "555555555555"), id="nested, without the suspended"),
        pytest.param(("ou-nested", "ou-a"), ("222222222222", "555555555555"), id="a unit and one inside it"),
        pytest.param(("r-root",), ("111111111111", "222222222222", "444444444444", "555555555555"), id="the root"),
        pytest.param((), (), id="no unit"),
    ],
)
def test_accounts_below_units_are_found_once(units: tuple[str, ...], accounts: tuple[str, ...]) -> None:
    """On every page and every level."""
    assert list_accounts(an_aws(), units, "us-east-1") == accounts


def test_unknown_unit_is_refused() -> None:
    """With AWS's own code."""
    with pytest.raises(AwsRefused) as refused:
        list_accounts(an_aws(), ("ou-gone",), "us-east-1")

    assert refused.value.code == "ParentNotFoundException"


def test_management_account_is_told() -> None:
    """It manages everyone's organization."""
    assert management_account(an_aws(), "us-east-1") == "111111111111"
