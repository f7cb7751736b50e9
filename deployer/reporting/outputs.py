"""Which outputs a system has: the promised names in a fixed order, as the global stack tells them."""

from __future__ import annotations

from typing import Final

from deployer.planning.survey import Survey

PROMISED: Final = ("primaryApiUrl", "secondaryApiUrl", "failoverDomain", "hostedZoneNameServers")


def outputs_of(survey: Survey) -> tuple[tuple[str, str], ...]:
    """Return the promised outputs as (name, value) pairs; one that the global stack does not have is left out."""
    found = dict(survey.global_.outputs) if survey.global_ else {}
    return tuple((name, found[name]) for name in PROMISED if name in found)
