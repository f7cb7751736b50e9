"""Values that a plan carries before they are known."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputOf:
    """The value of a stack's output, known only when that stack has settled.

    `stack_name` and `region` name the stack, `output` is the output's logical id. Shown as
    "known after <stack> in <region>" in plans.
    """

    stack_name: str
    region: str
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StackParameter:
    """One CloudFormation parameter of a stack or stack set: its name and its value, at once or later."""

    name: str
    value: str | OutputOf
