"""The gate itself: it runs nothing unseen, and says why."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError

from deployer.aws.session import Aws, AwsAccess
from tests.aws.gate import NOTHING_RUN, why_not


class FakeSts:
    """Tells one account, or nothing without credentials."""

    def __init__(self, account_id: str) -> None:
        self._account_id = account_id

    def get_caller_identity(self) -> dict[str, str]:
        """Return the account as STS does."""
        if not self._account_id:
            raise NoCredentialsError
        return {"Account": self._account_id, "Arn": f"arn:aws:iam::{self._account_id}:user/somebody"}


def an_aws(account_id: str) -> Aws:
    """Return AWS as the credentials of an account see it; an empty id is no credentials."""

    def make(service: str, region: str) -> Any:
        return FakeSts(account_id)

    return Aws(AwsAccess(), make_client=make)


@pytest.mark.parametrize(
    ("named", "found", "sentence"),
    [
        pytest.param("", "", "no credentials", id="nothing given"),
        pytest.param("111122223333", "", "no credentials", id="credentials lost"),
        pytest.param("", "111122223333", "tox -e aws -- --account 111122223333", id="no account named"),
        pytest.param("444455556666", "111122223333", "belong to account 111122223333, not to 444455556666", id="another account"),
    ],
)
def test_nothing_is_run_without_consent_or_credentials(named: str, found: str, sentence: str) -> None:
    """Neither credentials alone nor an account alone is enough, and the sentence says what is missing."""
    assert sentence in why_not(named, an_aws(found))


def test_named_account_is_used() -> None:
    """Both, and of one account."""
    assert why_not("111122223333", an_aws("111122223333")) == ""


def test_nothing_run_is_no_success() -> None:
    """A pipeline that lost its credentials is red."""
    assert NOTHING_RUN == 5
