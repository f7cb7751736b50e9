"""What the payment path needs in its own Region, and whether it is there. Nothing of the other Region is asked.

Two things are needed and nothing else is checked, for each further check is one more way to leave a Region that could have gone on:

- **The table**, by a strong read of a key that never exists. It fails exactly when payments fail: in a Region that has lost its
  quorum an eventual read would still answer (F1.9), and traffic would stay where every payment is refused. A Region keeps its
  quorum when only its peer is lost, so this is no check of the peer.
- **The secret**, by its metadata; its value is not for a function that anybody may call. The authorizer lives through an outage of
  Secrets Manager on the keys it knows, so a secret seen lately counts as there when the service does not answer; that it is gone
  or closed to us counts at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, wait
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

SECRET_SECONDS_FRESH: Final = 30.0
SECRET_SECONDS_TRUSTED: Final = 900.0

Check = Callable[[], None]


class CheckFailed(Exception):
    """A check that says no: `reason` is a word for everybody (the endpoint is open), `code` AWS's error code for the log."""

    def __init__(self, reason: str, code: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How one check ended: `reason` and `code` are empty when it passed."""

    passed: bool
    reason: str = ""
    code: str = ""


def find_side_by_side(checks: Mapping[str, Check], executor: Executor, *, seconds_max: float) -> dict[str, Finding]:
    """Run `checks` at the same time and return a finding for each, after `seconds_max` at the latest, whatever hangs."""
    running = {name: executor.submit(_find, check) for name, check in checks.items()}
    wait(running.values(), timeout=seconds_max)
    hangs = Finding(passed=False, reason="timed out", code="deadline")
    return {name: future.result() if future.done() else hangs for name, future in running.items()}


def table_check(client: Any, table_name: str) -> Check:
    """Return the check that the table answers a strong read; `client` is a DynamoDB client with time-outs and without retries."""

    def check() -> None:
        ask(lambda: client.get_item(TableName=table_name, Key={"transaction_id": {"S": "health-check"}}, ConsistentRead=True))

    return check


def secret_check(client: Any, secret_id: str, *, clock: Callable[[], float] = time.monotonic) -> Check:
    """Return the check that the secret is there; `client` is a Secrets Manager client with time-outs and without retries."""
    seen_at = float("-inf")

    def check() -> None:
        nonlocal seen_at
        if clock() - seen_at < SECRET_SECONDS_FRESH:
            return
        try:
            ask(lambda: client.describe_secret(SecretId=secret_id))
        except CheckFailed as failure:
            if failure.reason == "refused" or clock() - seen_at >= SECRET_SECONDS_TRUSTED:
                raise
        else:
            seen_at = clock()

    return check


def ask(call: Callable[[], object]) -> None:
    """Make an AWS call; raises CheckFailed: "refused" when AWS said no for good, "unreachable" when it may answer another time."""
    try:
        call()
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", "unknown"))
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        passing = status >= 500 or "Throttl" in code or code in ("RequestLimitExceeded", "ProvisionedThroughputExceededException")
        raise CheckFailed("unreachable" if passing else "refused", code) from error
    except BotoCoreError as error:
        raise CheckFailed("unreachable", type(error).__name__) from error


def _find(check: Check) -> Finding:
    """Run one check in its thread."""
    try:
        check()
    except CheckFailed as failure:
        return Finding(passed=False, reason=failure.reason, code=failure.code)
    except Exception as error:  # a defect in a check must not keep the answer from coming
        return Finding(passed=False, reason="failed", code=type(error).__name__)
    return Finding(passed=True)
