"""What a rule across fields is, and what it says when it does not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A rule that does not hold: `field` is the dotted path to point at, `nearest` a known name meant instead or empty."""

    field: str
    sentence: str
    nearest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A check and the dotted paths of the values it is called with, in order."""

    reads: tuple[str, ...]
    check: Callable[..., Iterator[Breach]]
