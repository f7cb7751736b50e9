"""How an environment is rolled out, and by whom without a person's keys; `model.py` puts it together."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from deployer.params.part import Part

# A burn-in holds this many payments and one more: few enough that the standby's own count of payments stays a sign of moved traffic.
_PAYMENTS_A_BURN_IN: Final = 5


class RolloutParameters(Part):
    """Bounds of a roll-out and of its gates: what a Region has to show after it was changed, before the next one is."""

    operation_minutes_max: int = Field(
        default=60, ge=1, le=720, description="Longest wait for one stack or StackSet operation, in minutes. Example: 60."
    )
    poll_seconds: float = Field(default=5.0, ge=0.05, le=60, description="Seconds between two looks at a running operation. Example: 5.")
    gate_burn_in_seconds: float = Field(
        default=300.0,
        ge=1,
        le=86_400,
        description="Seconds on end that a Region has to be good in every check before the next one is changed. Example: 300.",
    )
    gate_sample_seconds: float = Field(default=15.0, ge=1, le=30, description="Seconds between two looks at a gate. Example: 15.")
    gate_bad_seconds_max: float = Field(
        default=60.0,
        ge=1,
        le=3600,
        description="Seconds on end that a Region may answer badly before its gate has failed; a first roll-out is given all the time."
        " Example: 60.",
    )
    gate_seconds_max: float = Field(
        default=900.0, ge=1, le=172_800, description="Longest time to pass one gate, burn-in included, in seconds. Example: 900."
    )

    @property
    def gate_payment_seconds(self) -> float:
        """Seconds between two payments at a gate: the first look pays, the last one, and a few between."""
        return max(self.gate_sample_seconds, self.gate_burn_in_seconds / _PAYMENTS_A_BURN_IN)


class CiParameters(Part):
    """A GitHub repository that plans and rolls out by two roles of the bootstrap stack, each bound to one GitHub environment."""

    github_repository: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}$",
        description="GitHub repository whose workflows may plan and roll out, spelled as GitHub does; without it none."
        " Example: example/payments.",
    )
    environment: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$",
        description="GitHub environment whose jobs may roll out; those of <environment>-review may plan. Example: production.",
    )
    provider_exists: bool = Field(
        default=False,
        description="Whether the account has GitHub's OIDC provider already; it takes only one. Example: true.",
    )
