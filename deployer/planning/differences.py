"""How a stack or stack set that stands differs from what it should be, in words for a plan's `reason`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deployer.planning.template_text import hidden_parameters, parameter_defaults, read_template, section

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The comparable part of a stack or stack set that exists."""

    template_body: str
    parameters: Pairs
    tags: Pairs


def differences(standing: Standing, body: str, values: Mapping[str, str | None], tags: Pairs) -> tuple[str, ...]:
    """Return what differs, a phrase each, empty when nothing does.

    Parameters are compared with the templates' defaults filled in; a value that cannot be foreseen counts as a difference, one
    that AWS hides (NoEcho) does not.
    """
    found = []
    if standing.template_body != body:
        found.append("its template differs")
    differing, unforeseen = _parameters_that_differ(standing, body, values)
    if differing:
        found.append(
            f"{'parameter' if len(differing) == 1 else 'parameters'} {', '.join(differing)} differ{'s' if len(differing) == 1 else ''}"
        )
    if unforeseen:
        found.append(f"{', '.join(unforeseen)} can only be known on the way")
    if sorted(standing.tags) != sorted(tags):
        found.append("its tags differ")
    return tuple(found)


def _parameters_that_differ(standing: Standing, body: str, values: Mapping[str, str | None]) -> tuple[list[str], list[str]]:
    """Return (names whose values differ, names whose new value cannot be foreseen), both sorted."""
    new_template = read_template(body)
    hidden = hidden_parameters(new_template)
    old = {**parameter_defaults(read_template(standing.template_body)), **dict(standing.parameters)}
    new = {**parameter_defaults(new_template), **values}
    names = sorted((section(new_template, "Parameters").keys() | values.keys()) - hidden)
    unforeseen = [name for name in names if name in new and new[name] is None]
    differing = [name for name in names if name not in unforeseen and old.get(name) != new.get(name)]
    return differing, unforeseen
