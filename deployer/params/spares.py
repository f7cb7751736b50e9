"""Spares: Regions beyond the failover pair, in one account or several, where the regional body stands and is never live."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from deployer.params.part import Part, RegionName

# What a spare's tags and settings call it; the pair is called primary and secondary.
SPARE: Final = "spare"

AccountId = Annotated[str, Field(pattern=r"^[0-9]{12}$")]
# [B cloudformation:OrganizationalUnitId]
UnitId = Annotated[str, Field(pattern=r"^(ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32})$")]


class SpareRegionParameters(Part):
    """One Region of spares."""

    name: RegionName = Field(
        description="AWS Region beyond the pair that the regional stacks stand in too, never live. Example: us-west-1."
    )
    vpc_cidr: str = Field(description="IPv4 block of the VPCs there, /16 to /24, overlapping no other Region's. Example: 10.2.0.0/16.")


class SparesParameters(Part):
    """What stands ready to become half of a pair when a Region or an account is lost for good."""

    regions: tuple[SpareRegionParameters, ...] = Field(
        default=(), max_length=20, description="Regions of spares, in the order they are rolled out; without any there are no spares."
    )
    accounts: tuple[AccountId, ...] = Field(
        default=(),
        max_length=100,
        description="Accounts with a spare in each of these Regions, the pair's own account by its id; without any the pair's own"
        " account. Example: ['222233334444'].",
    )
    organizational_units: tuple[UnitId, ...] = Field(
        default=(),
        max_length=50,
        description="Organizational units or root whose accounts have spares, instead of accounts: StackSets then work by the"
        " organization's trusted access. Example: [ou-ab12-34567890].",
    )
    organization_id: str | None = Field(
        default=None,
        pattern=r"^o-[a-z0-9]{10,32}$",
        description="The organization that these units are in; given with them. Example: o-ab12cd34ef.",
    )
    concurrent_count: int = Field(default=1, ge=1, le=100, description="Accounts of one Region rolled out at a time. Example: 5.")

    @property
    def are_elsewhere(self) -> bool:
        """Whether other accounts may have spares."""
        return bool(self.accounts or self.organizational_units)

    @property
    def organization_paths(self) -> tuple[str, ...]:
        """The paths below which accounts are, as `aws:PrincipalOrgPaths` spells them."""
        return tuple(f"{self.organization_id}/{'' if unit.startswith('r-') else 'r-*/'}{unit}/*" for unit in self.organizational_units)

    @property
    def region_names(self) -> tuple[str, ...]:
        """The names of the Regions, in order."""
        return tuple(region.name for region in self.regions)
