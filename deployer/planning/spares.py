"""Spares: stack instances of the regional body beyond the failover pair, rolled out like it and never live.

They are ready to become half of a pair when a Region or an account is lost for good. Their waves come after everything the pair has to do,
a Region each, with the accounts of a Region side by side; they need no gate, for nobody can pay there. What keeps them from being live is
an override of their own (fact 4.13). This says which there are; `spare_steps` says what has to happen.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from deployer.vocabulary.places import Place

SPARES_PHASE: Final = "spares"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpareRollout:
    """One wave of spares: bring the instances of `accounts` in one Region to the StackSet's definition, `concurrent_count` at a time.

    `wave` says which of how many; `new_accounts` have no instance there yet; `overrides` are the instances' own parameter values.
    The definition itself is not touched, so no other instance becomes OUTDATED.
    """

    phase: str
    action: Literal["create", "update", "none"]
    stack_set_name: str
    region: str
    wave: str
    accounts: tuple[str, ...]
    regions: tuple[str, ...]
    new_accounts: tuple[str, ...]
    overrides: tuple[tuple[str, str], ...]
    concurrent_count: int
    operation_id: str
    reason: str

    @property
    def title(self) -> str:
        """What a person calls this step."""
        accounts = f" ({len(self.accounts)} accounts)" if len(self.accounts) > 1 else f" of account {self.accounts[0]}"
        return f"spares of {self.stack_set_name} to {', '.join(self.regions)}{accounts}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpareTargets:
    """Which spares there should be: every account in every Region, but for the places of the pair, in the Regions' order."""

    regions: tuple[str, ...]
    accounts: tuple[str, ...]
    pair: frozenset[Place]
    overrides: tuple[tuple[str, str], ...]
    concurrent_count: int

    @property
    def places(self) -> frozenset[Place]:
        """Every place that should have a spare."""
        return frozenset((account, region) for region, accounts in waves(self.regions, self.accounts, self.pair) for account in accounts)


def waves(regions: Sequence[str], accounts: Sequence[str], pair: Collection[Place]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return (Region, accounts) for each wave of spares: every place that is none of the pair's, in exactly one wave."""
    by_region = (
        (region, tuple(account for account in dict.fromkeys(accounts) if (account, region) not in pair))
        for region in dict.fromkeys(regions)
    )
    return tuple((region, of_region) for region, of_region in by_region if of_region)
