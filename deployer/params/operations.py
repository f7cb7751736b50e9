"""How an environment is watched, backed up and paid for; `model.py` puts it together."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from deployer.params.part import Part


class CanaryParameters(Part):
    """The canaries: in each Region one that pays in its own Region, one that pays in the other, and one that asks the other how it is."""

    interval_minutes: Literal[1, 2, 5, 10, 15, 30] = Field(
        default=5, description="Minutes between two runs of each of the six canaries, paid by the run. Example: 5."
    )
    result_days: int = Field(default=31, ge=1, le=365, description="Days that what a canary's runs leave behind is kept. Example: 31.")


class BackupParameters(Part):
    """Backups of the ledger in a vault of their own, beside the point-in-time recovery that every replica has."""

    enabled: bool | None = Field(
        default=None, description="Whether the ledger is backed up daily and a restore tried weekly; without it on AWS only. Example: true."
    )
    retention_days: int = Field(default=35, ge=1, le=3650, description="Days that a backup is kept. Example: 35.")
    vault_on_tear_down: Literal["retain", "delete"] = Field(
        default="retain",
        description="What a tear-down does with the vault; delete fails while there is a backup in it. Example: retain.",
    )


class BudgetParameters(Part):
    """What the environment may cost."""

    monthly_usd_max: int = Field(
        default=400, ge=1, le=1_000_000, description="US dollars a month above which people are told. Example: 400."
    )
