"""The account that contracts are tried on, one for all tests; what a test makes is taken down when it ends, however it ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.account import Account, an_account


@pytest.fixture(scope="session")
def whole_account(request: pytest.FixtureRequest) -> Iterator[Account]:
    """Yield the account with the roles that StackSets need; the embedded AWS is started when no real one is named."""
    with an_account(lambda: request.getfixturevalue("embedded_aws")) as account:
        yield account


@pytest.fixture
def account(whole_account: Account) -> Iterator[Account]:
    """Yield the account, and take down what the test made."""
    before = len(whole_account.made)
    try:
        yield whole_account
    finally:
        whole_account.take_down(before)
