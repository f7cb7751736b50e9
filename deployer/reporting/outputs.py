"""Which outputs a system has, read from a survey: the names people are promised first, in a fixed order."""

from __future__ import annotations

from typing import Final

from deployer.planning.survey import Survey

PROMISED: Final = ("primaryApiUrl", "secondaryApiUrl", "failoverDomain", "hostedZoneNameServers")


def outputs_of(survey: Survey) -> tuple[tuple[str, str], ...]:
    """Return the promised outputs as (name, value) pairs; one that no stack has is left out.

    The global stack's word counts most, then the bootstrap's, then a Region's own.
    """
    instances = survey.stack_set.instances if survey.stack_set else ()
    stacks = (survey.global_, *survey.bootstrap, *(instance.stack for instance in instances))
    found: dict[str, str] = {}
    for stack in stacks:
        for name, value in stack.outputs if stack else ():
            found.setdefault(name, value)
    by_lower = {name.lower(): value for name, value in found.items()}
    return tuple((name, by_lower[name.lower()]) for name in PROMISED if name.lower() in by_lower)
