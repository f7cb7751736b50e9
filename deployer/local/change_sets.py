"""What a change set says of an update: two resolved templates in, the changes in botocore's shape out.

Pure: no server, no state. Whether a property's change replaces its resource is what the type's schema says (createOnlyProperties,
conditionalCreateOnlyProperties). Every detail carries its values; `told` leaves out what a caller did not ask for. Sources:
"ResourceChange", "ResourceChangeDetail" and "ResourceTargetDefinition", CloudFormation API Reference; "Update CloudFormation stacks using
change sets", CloudFormation User Guide.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from deployer.local import schemas

Change = dict[str, Any]
Detail = dict[str, Any]
Path = tuple[str, ...]

# What stands for a value that only exists when the change set has been executed.
KNOWN_AFTER_APPLY: Final = "{{changeSet:KNOWN_AFTER_APPLY}}"

_ATTRIBUTES: Final = ("Metadata", "CreationPolicy", "UpdatePolicy", "DeletionPolicy", "UpdateReplacePolicy")
_ONLY_WITH_VALUES: Final = ("Path", "BeforeValue", "AfterValue", "AttributeChangeType", "BeforeValueFrom", "AfterValueFrom")
_POLICIES: Final = {"Delete": "Delete", "Retain": "Retain", "RetainExceptOnCreate": "Retain", "Snapshot": "Snapshot"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource of a template: `properties` with every function resolved, `written` as they stand in the template."""

    kind: str
    properties: Mapping[str, Any]
    written: Mapping[str, Any]
    attributes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def context(self) -> str:
        """The resource as JSON, as BeforeContext and AfterContext hold it."""
        return json.dumps({"Properties": self.properties, **self.attributes}, sort_keys=True)


Resources = Mapping[str, Resource]


def changes_between(
    old: Resources, new: Resources, *, region: str, changed_parameters: frozenset[str], physical_ids: Mapping[str, str], retagged: bool
) -> list[Change]:
    """Return one ResourceChange for each resource that is added, removed or modified, sorted by logical id.

    A resource that refers to a changed one is modified too: certainly when that one is replaced, perhaps (Dynamic) when the reference is
    to an attribute of one that is changed in place.
    """
    modified: dict[str, Change] = {}
    while True:
        found = {
            name: change
            for name in sorted(old.keys() & new.keys())
            if (change := _modification(name, old[name], new[name], region, changed_parameters, modified, retagged=retagged))
        }
        if found == modified:
            break
        modified = found
    changes = []
    for name in sorted(old.keys() | new.keys()):
        physical = {"PhysicalResourceId": physical_ids[name]} if name in physical_ids else {}
        if name not in old:
            one = new[name]
            changes.append({"Action": "Add", "LogicalResourceId": name, "ResourceType": one.kind, "AfterContext": one.context})
        elif name not in new:
            one = old[name]
            changes.append({"Action": "Remove", "LogicalResourceId": name, "ResourceType": one.kind, "BeforeContext": one.context})
            changes[-1] |= {**physical, "PolicyAction": _POLICIES.get(one.attributes.get("DeletionPolicy", "Delete"), "Delete")}
        elif name in modified:
            changes.append({**modified[name], **physical})
    return changes


def told(change: Change, *, with_values: bool) -> Change:
    """Return a change as DescribeChangeSet tells it; without values a property is one detail, whatever moved in it."""
    if with_values:
        return change
    details: list[Detail] = []
    for detail in change.get("Details", []):
        target = {key: value for key, value in detail["Target"].items() if key not in _ONLY_WITH_VALUES}
        plain = {**detail, "Target": target}
        same = next((one for one in details if _same_but_recreation(one, plain)), None)
        if same is None:
            details.append(plain)
        else:
            same["Target"]["RequiresRecreation"] = _strongest(same["Target"], target)
    kept = {key: value for key, value in change.items() if key not in ("BeforeContext", "AfterContext")}
    return {**kept, "Details": details} if "Details" in change else kept


def _modification(
    name: str,
    old: Resource,
    new: Resource,
    region: str,
    changed_parameters: frozenset[str],
    modified: Mapping[str, Change],
    *,
    retagged: bool,
) -> Change | None:
    details: list[Detail] = [{"Target": {"Attribute": "Tags", "RequiresRecreation": "Never"}, "Evaluation": "Static"}] if retagged else []
    # Most resources of a template stay as they are, and reading their schemas takes longest.
    is_same = old.kind == new.kind and old.properties == new.properties
    before, after = (old.properties, old.properties) if is_same else (_plain(old, region), _plain(new, region))
    for key in sorted({*before, *after, *new.written}):
        # A parameter that is referred to and changes nothing here is no reason.
        moving = changed_parameters if before.get(key) != after.get(key) else frozenset()
        causes = list(_causes(new.written.get(key), moving, modified))
        details += _direct(new.kind, region, key, before, after, is_caused=bool(causes))
        for cause in causes:
            recreation = _recreation_of(new.kind, region, (key,))
            details.append({"Target": {"Attribute": "Properties", "Name": key, "RequiresRecreation": recreation}, **cause})
    for attribute in _ATTRIBUTES:
        if old.attributes.get(attribute) != new.attributes.get(attribute):
            target = {"Attribute": attribute, "RequiresRecreation": "Never", "Path": f"/{attribute}"}
            details.append({"Target": target, "Evaluation": "Static", "ChangeSource": "DirectModification"})
    if not details and old.kind == new.kind:
        return None
    replacement = _replacement(details, type_changed=old.kind != new.kind)
    policy = {"PolicyAction": "ReplaceAnd" + _POLICIES.get(new.attributes.get("UpdateReplacePolicy", "Delete"), "Delete")}
    return {
        "Action": "Modify",
        "LogicalResourceId": name,
        "ResourceType": new.kind,
        "Replacement": replacement,
        **(policy if replacement == "True" else {}),
        "Scope": list(dict.fromkeys(detail["Target"]["Attribute"] for detail in details)),
        "Details": details,
        "BeforeContext": old.context,
        "AfterContext": new.context,
    }


def _direct(kind: str, region: str, key: str, before: Mapping[str, Any], after: Mapping[str, Any], *, is_caused: bool) -> Iterator[Detail]:
    """Yield a detail for each place of one property in which its value differs."""
    for path in _differing(before, after, (key,)):
        was, is_ = _at(before, path), _at(after, path)
        target = {
            "Attribute": "Properties",
            "Name": key,
            "RequiresRecreation": _recreation_of(kind, region, path),
            "Path": "/Properties/" + "/".join(path),
            "AttributeChangeType": "Add" if was is None else "Remove" if is_ is None else "Modify",
        }
        if was is not None:
            target |= {"BeforeValue": _text(was), "BeforeValueFrom": "PREVIOUS_DEPLOYMENT_STATE"}
        if is_ is not None:
            target |= {"AfterValue": _text(is_), "AfterValueFrom": "TEMPLATE"}
        yield {"Target": target, "Evaluation": "Dynamic" if is_caused else "Static", "ChangeSource": "DirectModification"}


def _causes(written: Any, changed_parameters: frozenset[str], modified: Mapping[str, Change]) -> Iterator[Detail]:
    """Yield, for what a property refers to, why that changes it."""
    for name, attribute in dict.fromkeys(_references(written)):
        replacement = modified[name].get("Replacement") if name in modified else None
        if name in changed_parameters and not attribute:
            yield {"Evaluation": "Static", "ChangeSource": "ParameterReference", "CausingEntity": name}
        elif replacement and (attribute or replacement != "False"):
            entity, source = (f"{name}.{attribute}", "ResourceAttribute") if attribute else (name, "ResourceReference")
            yield {"Evaluation": "Static" if replacement == "True" else "Dynamic", "ChangeSource": source, "CausingEntity": entity}


def _references(value: Any) -> Iterator[tuple[str, str]]:
    """Yield (logical id or parameter, attribute or "") of everything that a piece of template refers to."""
    if isinstance(value, list):
        for item in value:
            yield from _references(item)
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        if key == "Ref":
            yield str(item), ""
        elif key == "Fn::GetAtt":
            name, _, attribute = (item if isinstance(item, str) else ".".join(map(str, item))).partition(".")
            yield name, attribute
        elif key == "Fn::Sub":
            text = item if isinstance(item, str) else item[0]
            yield from (_variable(piece.partition("}")[0]) for piece in text.split("${")[1:])
        yield from _references(item)


def _variable(text: str) -> tuple[str, str]:
    name, _, attribute = text.partition(".")
    return name, attribute


def _plain(resource: Resource, region: str) -> Mapping[str, Any]:
    """Return the properties with text turned into numbers and booleans where the schema asks for them, so that 10 is "10"."""
    if not _has_schema(resource.kind, region):
        return resource.properties
    schema = schemas.schema_of(resource.kind, region)
    plain: Mapping[str, Any] = schemas.plain(schema, schema, dict(resource.properties))
    return plain


@cache
def _has_schema(kind: str, region: str) -> bool:
    return kind in schemas.resource_types(region)


def _differing(before: Any, after: Any, path: Path) -> Iterator[Path]:
    was, is_ = _at(before, path), _at(after, path)
    if was == is_:
        return
    same_length = isinstance(was, list) and isinstance(is_, list) and len(was) == len(is_)
    if isinstance(was, dict) and isinstance(is_, dict):
        for key in sorted(was.keys() | is_.keys()):
            yield from _differing(before, after, (*path, key))
    elif same_length and any(isinstance(item, dict | list) for item in was):
        for index in range(len(was)):
            yield from _differing(before, after, (*path, str(index)))
    else:
        yield path


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[int(step)] if isinstance(value, list) else value.get(step) if isinstance(value, Mapping) else None
    return value


def _recreation_of(kind: str, region: str, path: Path) -> str:
    """Return Always, Conditionally or Never: by whether the path leads to, or through, a property that cannot be changed in place."""
    if not _has_schema(kind, region):
        return "Conditionally"
    schema = schemas.schema_of(kind, region)
    for words, listed in (("Always", "createOnlyProperties"), ("Conditionally", "conditionalCreateOnlyProperties")):
        if any(_related(path, fixed.removeprefix("/properties/").split("/")) for fixed in schema.get(listed) or ()):
            return words
    return "Never"


def _related(path: Path, fixed: list[str]) -> bool:
    pairs = zip(path, (step for step in fixed), strict=False)
    return len(path) >= len(fixed) and all(step in ("*", here) for here, step in pairs)


def _replacement(details: list[Detail], *, type_changed: bool) -> str:
    found = {(detail["Target"]["RequiresRecreation"], detail["Evaluation"]) for detail in details}
    if type_changed or ("Always", "Static") in found:
        return "True"
    return "Conditional" if any(recreation != "Never" for recreation, _ in found) else "False"


def _same_but_recreation(one: Detail, other: Detail) -> bool:
    def rest(detail: Detail) -> Detail:
        return {**detail, "Target": {**detail["Target"], "RequiresRecreation": ""}}

    return rest(one) == rest(other)


def _strongest(one: Mapping[str, str], other: Mapping[str, str]) -> str:
    return max(one["RequiresRecreation"], other["RequiresRecreation"], key=("Never", "Conditionally", "Always").index)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
