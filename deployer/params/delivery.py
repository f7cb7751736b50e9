"""Who rolls an environment out without a person's keys; `model.py` puts it together."""

from __future__ import annotations

from pydantic import Field

from deployer.params.part import Part


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
