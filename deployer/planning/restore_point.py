"""The restore point: what stood before a roll-out, and what an undo puts back. Data alone; template bodies are named by digest."""

from __future__ import annotations

from dataclasses import dataclass

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceBefore:
    """One instance and its own parameter values (F4.13)."""

    account_id: str
    region: str
    overrides: Pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSetBefore:
    """The StackSet's definition and its instances."""

    name: str
    region: str
    template_digest: str
    parameters: Pairs
    tags: Pairs
    administration_role_arn: str
    execution_role_name: str
    instances: tuple[InstanceBefore, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StackBefore:
    """The global stack's definition."""

    name: str
    region: str
    template_digest: str
    parameters: Pairs
    tags: Pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorePoint:
    """What an undo puts back; `package_keys` are the packages that the StackSet's template takes its functions' code from."""

    stack_set: StackSetBefore
    global_stack: StackBefore
    package_keys: tuple[str, ...]
