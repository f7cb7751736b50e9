"""The contract gate on a real account: `python -m tests.aws.gate --account 123456789012`, run by `tox -e aws`.

It makes small things in the account and takes them down again, so an account has to be named, and the credentials have to be its own:
finding some in the environment is no consent. Where nothing can be run it says so in its last line and ends with 5, pytest's code for
"no tests were run": a pipeline that lost its credentials must not be green.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import Final

import pytest

from deployer.aws.session import Aws, AwsAccess
from deployer.vocabulary.errors import AwsRefused
from tests.support.account import ACCOUNT_VARIABLE, HOME, PREFIX

NOTHING_RUN: Final = int(pytest.ExitCode.NO_TESTS_COLLECTED)


def main() -> int:
    """Run the gate; return pytest's exit code, 5 when nothing was run."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.aws.gate", description="Try what the deployer believes of AWS on a real account."
    )
    parser.add_argument("--account", default="", help="the account's twelve digits: things are made there, and taken down again")
    given, words = parser.parse_known_args()
    reason = why_not(given.account)
    if reason:
        print(f"aws: nothing was run: {reason}")
        return NOTHING_RUN
    print(f"aws: trying contracts in account {given.account}; all that is made is named {PREFIX}… and taken down again", flush=True)
    os.environ[ACCOUNT_VARIABLE] = given.account
    return int(pytest.main(["-q", "tests/aws", *words]))


def why_not(account_id: str, aws: Aws | None = None) -> str:
    """Return why nothing can be run in the account of this id, empty when it can; `aws` stands in for the ambient credentials."""
    if os.environ.get("AWS_ENDPOINT_URL") and aws is None:
        return "AWS_ENDPOINT_URL is set, and this is for AWS itself (the embedded AWS passes the same tests in `tox -e local`)"
    try:
        found = (aws or Aws(AwsAccess())).account_id(HOME)
    except AwsRefused as refused:
        return f"there are no credentials that AWS takes ({refused.code})"
    if not account_id:
        return f"no account was named; the credentials here belong to {found}: tox -e aws -- --account {found}"
    if account_id != found:
        return f"the credentials belong to account {found}, not to {account_id}"
    return ""


if __name__ == "__main__":
    sys.exit(main())
