"""What every group of a parameter file's fields has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A frozen group of fields that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")
