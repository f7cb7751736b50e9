"""What a tear-down leaves standing, told before it begins: the deployed templates' own word, not the parameter file's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deployer.planning.plan import KeptResource
from deployer.planning.survey import StackFacts
from deployer.planning.template_text import read_template, section
from deployer.planning.template_values import with_values


def kept_resources(stacks: Iterable[StackFacts]) -> tuple[KeptResource, ...]:
    """Return every resource of these stacks whose `DeletionPolicy` keeps it, in the order of stacks and logical ids.

    Source: "DeletionPolicy attribute", CloudFormation Template Reference.
    """
    return tuple(kept for stack in stacks for kept in _kept(stack))


def _kept(stack: StackFacts) -> Iterator[KeptResource]:
    if not stack.template_body:
        return
    template = with_values(read_template(stack.template_body), dict(stack.parameters))
    for logical_id, resource in sorted(section(template, "Resources").items()):
        if isinstance(resource, dict) and str(resource.get("DeletionPolicy", "")).startswith("Retain"):
            yield KeptResource(region=stack.region, logical_id=logical_id, resource_type=str(resource.get("Type", "")))
