"""The small system of `real`, rolled out on whatever account contracts are tried on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from deployer.aws.session import Aws, AwsCall
from deployer.planning.plan import Bounds, StackSetRollout, Step
from deployer.rollout.result import RolloutResult
from tests.support.account import Account
from tests.support.rollout.real import HOME, REGIONAL, RealSystem

_OPERATION_SECONDS_MAX = 900.0


@dataclass
class SystemOnAccount(RealSystem):
    """One system on one account; everything it makes is taken down with the account's test."""

    embedded: Any
    folder: Path
    suffix: str = field(default_factory=lambda: f"contract{uuid4().hex[:8]}")
    calls: list[AwsCall] = field(default_factory=list)

    @property
    def account(self) -> Account:
        """The account it is rolled out to."""
        account: Account = self.embedded
        return account

    def __post_init__(self) -> None:
        """Write the package, and see to it that everything goes."""
        (self.folder / "payment.zip").write_bytes(self.suffix.encode())
        self.account.made.append(lambda: self.perform(*self.tear_down(), intent="tear-down"))

    @property
    def account_id(self) -> str:
        """The account everything is in."""
        return self.account.account_id

    def aws(self) -> Aws:
        """Return the account's own way."""
        return self.account.aws

    def regional(self, body: str = REGIONAL, *, operation: str = "first", **parameters: str) -> StackSetRollout:
        """Return the StackSet's step, with the account's roles."""
        return replace(
            super().regional(body, operation=operation, **parameters),
            administration_role_arn=f"arn:aws:iam::{self.account_id}:role/{self.account.administration_role}",
            execution_role_name=self.account.execution_role,
        )

    def perform(self, *steps: Step, operation_seconds_max: float = _OPERATION_SECONDS_MAX, **different: Any) -> RolloutResult:
        """Perform these steps at the account's pace."""
        bounds = Bounds(operation_seconds_max=operation_seconds_max, poll_seconds=self.account.poll_seconds)
        return super().perform(*steps, **{"bounds": bounds, **different})

    def value_of(self, setting: str, region: str = HOME) -> str:
        """Return an SSM parameter's value."""
        return str(self.account.client("ssm", region).get_parameter(Name=setting)["Parameter"]["Value"])
