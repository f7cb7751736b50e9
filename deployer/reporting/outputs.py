"""Which outputs a system has: the promised names in a fixed order, as the global stack tells them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

PROMISED: Final = ("primaryApiUrl", "secondaryApiUrl", "failoverDomain", "hostedZoneNameServers")


def promised_outputs(outputs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the promised ones of the global stack's outputs, as (name, value) pairs; one that it does not have is left out."""
    found = dict(outputs)
    return tuple((name, found[name]) for name in PROMISED if name in found)
