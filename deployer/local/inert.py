"""Resource types without behaviour here: checked against their schema, recorded, and listed for what they are.

A stack that has them deploys, updates and goes as on AWS, `Ref` and `Fn::GetAtt` answer plausible values, but nothing
happens: no canary runs, no plan backs anything up. `inert_resources` says which, so nobody takes silence for success.
"""

from __future__ import annotations

import uuid
from typing import Any

from deployer.local import attach, schemas
from deployer.local.attach import ResourceType


class InertType:
    """One resource type, named by its CloudFormation name, that is recorded and does nothing."""

    def __init__(self, name: str) -> None:
        self.name = name
        # physical id -> the name that every made-up value of the resource derives from
        self._names: dict[str, str] = {}

    def as_resource_type(self) -> ResourceType:
        """Return the type as CloudFormation's engine takes it."""
        return ResourceType(create=self.create, update=self.update, delete=self.delete)

    def create(self, logical_id: str, properties: dict[str, Any], stack_name: str) -> tuple[str, dict[str, Any]]:
        """Record a resource; raises ValueError naming everything its schema does not allow."""
        region = attach.current_region()
        self._check(region, properties)
        given = [str(properties[name]) for name in schemas.identifier_of(self.name, region) if properties.get(name)]
        name = given[0] if given else f"{stack_name}-{logical_id}-{uuid.uuid4().hex[:12].upper()}"
        attributes = self._attributes(region, name)
        parts = [str(properties.get(part) or attributes.get(part) or name) for part in schemas.identifier_of(self.name, region)]
        physical_id = "|".join(parts) or name
        self._names[physical_id] = name
        attach.declare_replacing(self.name, schemas.create_only_of(self.name, region))
        return physical_id, attributes

    def update(
        self, physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str
    ) -> tuple[str, dict[str, Any]]:
        """Record a change: as another resource when a create-only property changed, in place otherwise."""
        region = attach.current_region()
        self._check(region, new)
        if schemas.changed_create_only(self.name, region, old, new):
            return self.create(logical_id, new, stack_name)
        return physical_id, self._attributes(region, self._names.get(physical_id, physical_id))

    def delete(self, physical_id: str, properties: dict[str, Any]) -> None:
        """Forget a resource; there is nothing to undo."""
        self._names.pop(physical_id, None)

    def _check(self, region: str, properties: dict[str, Any]) -> None:
        mistakes = schemas.mistakes_in(self.name, region, properties)
        if mistakes:
            raise ValueError(f"Model validation failed ({'; '.join(mistakes)})")

    def _attributes(self, region: str, name: str) -> dict[str, Any]:
        return {attribute: self._made_up(attribute, region, name) for attribute in schemas.attributes_of(self.name, region)}

    def _made_up(self, attribute: str, region: str, name: str) -> str:
        _, service, kind = self.name.split("::")
        last = attribute.rpartition(".")[2]
        if last.endswith("Arn"):
            return f"arn:aws:{service.lower()}:{region}:{attach.current_account()}:{kind.lower()}/{name}"
        if last in ("Id", f"{kind}Id"):
            return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{region}/{self.name}/{name}"))
        return f"{name}-{last.lower()}"


def inert_types(known: frozenset[str], region: str) -> dict[str, ResourceType]:
    """Return a type for every resource type that CloudFormation has a schema for and that is not among the known."""
    return {name: InertType(name).as_resource_type() for name in schemas.resource_types(region) if name not in known}
