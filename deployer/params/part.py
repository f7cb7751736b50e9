"""What every group of a parameter file's fields has in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

REGION_PATTERN = r"^[a-z]{2}(-[a-z]+)+-[0-9]$"

RegionName = Annotated[str, Field(pattern=REGION_PATTERN)]


class Part(BaseModel):
    """A frozen group of fields that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")
