"""What an environment is protected by: firewall, audit log and the account's own bounds; `model.py` puts them together."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from deployer.params.part import Part


class WafParameters(Part):
    """The firewall before the REST API."""

    enabled: bool = Field(default=True, description="Whether requests pass a firewall before the API, paid by rule. Example: true.")
    requests_per_5_minutes_max: int = Field(
        default=10000,
        ge=10,
        le=2_000_000_000,
        description="Requests that one address may send in any 5 minutes, health checks aside. Example: 10000.",
    )


class AuditParameters(Part):
    """How the audit log is kept: a bucket in each Region, copied to the other."""

    encryption: Literal["AES256", "KMS"] = Field(
        default="AES256",
        description="Who holds the key of audit records: S3 (AES256) or this account, a key in each Region (KMS)."
        " Decided before the first roll-out. Example: AES256.",
    )
    object_lock: Literal["none", "governance", "compliance"] = Field(
        default="none",
        description="Whether audit records are locked against deletion: governance yields to a special right, compliance to nobody."
        " Decided before the first roll-out. Example: none.",
    )
    object_lock_days: int = Field(
        default=365, ge=1, le=36500, description="Days that a locked audit record cannot be deleted. Example: 365."
    )
    replication_time_control: bool = Field(
        default=False, description="Whether S3 promises copies within 15 minutes, paid by the gigabyte. Example: false."
    )


class SecurityParameters(Part):
    """What the account's own rules ask of the stacks."""

    permissions_boundary_arn: str | None = Field(
        default=None,
        pattern=r"^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[A-Za-z0-9+=,.@_/-]{1,512}$",
        description="Managed policy that bounds every role made here; without it none."
        " Example: 'arn:aws:iam::111122223333:policy/boundary'.",
    )
