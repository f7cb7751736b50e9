"""Stacks to mend, as tests need them: small, and sound but for what a test says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from deployer.planning.mending import Deed, Mend, Mending
from deployer.planning.plan import Blocker, Bounds


def a_mend(deed: Deed = "delete", stack_name: str = "payment-global-test", region: str = "us-east-2", **changes: Any) -> Mend:
    """Return one stack and what is done to it."""
    status = {"delete": "ROLLBACK_COMPLETE", "roll back": "UPDATE_FAILED"}.get(deed, "UPDATE_ROLLBACK_FAILED")
    mend = Mend(deed=deed, stack_name=stack_name, stack_id=stack_name, region=region, status=status, reason="why it is so")
    return replace(mend, **changes)


def a_mending(*mends: Mend, objections: tuple[Blocker, ...] = ()) -> Mending:
    """Return the mending of these stacks, none unless given."""
    return Mending(
        suffix="test",
        account_id="111122223333",
        home_region="us-east-2",
        mends=mends,
        objections=objections,
        bounds=Bounds(operation_seconds_max=60, poll_seconds=1),
    )
