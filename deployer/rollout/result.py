"""What a performed plan hands back to whoever asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["done", "nothing_to_do"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetainedResource:
    """A resource CloudFormation left standing because its template says to keep it."""

    stack_name: str
    region: str
    logical_id: str
    resource_type: str
    physical_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutResult:
    """How a plan ended that did not fail; `retained` are the resources that outlived their stacks, in the order met."""

    plan_id: str
    outcome: Outcome
    took_seconds: float
    retained: tuple[RetainedResource, ...]
