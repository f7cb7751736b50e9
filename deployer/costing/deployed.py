"""The stacks that a rendered system becomes, one for each place, with the resources each of them will have.

This is what a bill is reckoned from, so that it follows what is rolled out and not what somebody remembers of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from deployer.params.model import Environment
from deployer.rendering.interface import ACTIVATION, PREPARED
from deployer.rendering.rendered import RenderedSystem, RenderedTemplate, TemplateKind

# A body and its parameters' values → its resources as CloudFormation would make them, conditions and mappings worked out.
PutIn = Callable[[str, Mapping[str, str]], Mapping[str, Any]]

_NO_VALUE: Final = {"Ref": "AWS::NoValue"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource of a stack: its logical id, type and properties, those without a value left out."""

    logical_id: str
    type: str
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedStack:
    """One stack in one Region; `copies` of it where several accounts have the same."""

    kind: TemplateKind
    region: str
    copies: int
    is_spare: bool
    resources: tuple[Resource, ...]

    def of_type(self, name: str) -> Iterator[Resource]:
        """Yield the resources of this type."""
        return (resource for resource in self.resources if resource.type == name)


def deployed_stacks(environment: Environment, system: RenderedSystem, put_in: PutIn) -> tuple[DeployedStack, ...]:
    """Return every stack of a system that is live: bootstrap in each Region, the regional body in the pair and the spares, the global one.

    A spare of organizational units counts once a unit: who is in a unit only the organization knows.
    """
    spares = environment.spares
    accounts = max(1, len(spares.accounts), len(spares.organizational_units))
    pair = (environment.primary.name, environment.secondary.name)
    bootstraps = dict.fromkeys((environment.home_region, *environment.all_regions))
    return (
        *(_stack(system.bootstrap, region, put_in) for region in bootstraps),
        *(_stack(system.regional, region, put_in) for region in pair),
        *(_stack(system.regional, region, put_in, copies=accounts, is_spare=True) for region in spares.region_names),
        _stack(system.global_, environment.home_region, put_in),
    )


def words(value: Any) -> str:
    """Return a value as text; of `Fn::Sub` its text, placeholders as they are written."""
    match value:
        case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
            return text
        case _:
            return str(value)


def _stack(template: RenderedTemplate, region: str, put_in: PutIn, *, copies: int = 1, is_spare: bool = False) -> DeployedStack:
    values = {one.name: one.value if isinstance(one.value, str) else f"${{{one.value.output}}}" for one in template.parameters}
    values["AWS::Region"] = region
    if is_spare:
        values[ACTIVATION] = PREPARED
    found = put_in(template.body, values)
    return DeployedStack(kind=template.kind, region=region, copies=copies, is_spare=is_spare, resources=tuple(_resources(found.items())))


def _resources(found: Iterable[tuple[str, Any]]) -> Iterator[Resource]:
    for logical_id, resource in found:
        properties = {name: value for name, value in resource.get("Properties", {}).items() if value != _NO_VALUE}
        yield Resource(logical_id=logical_id, type=resource["Type"], properties=properties)
