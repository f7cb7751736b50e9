"""E9700, and what every other rule is handed: the template with its references followed as far as they can be known.

cfn-lint loads each file of a rules folder by itself, so the files of a pack cannot import one another. What they share is handed
down instead, along cfn-lint's own parents and children: this rule reads the template and calls its children's `faults(reading)`; a
child that has children of its own gives them its `view(reading)`. A fault is a path and a sentence; the rest is cfn-lint's business.

Nothing is guessed. A value is what the template, a parameter's default or a given parameter value says; what only the deployment
knows stays a placeholder such as `${ZoneName}`, and two texts are the same only when their placeholders are.
"""

# No `from __future__ import annotations` here: cfn-lint runs this file without making it a module, and dataclasses look texts up there.
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

from cfnlint.helpers import REGIONS
from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

Fault = tuple[tuple[str | int, ...], str]
_Found = TypeVar("_Found", str | None, bool | None)

_REGION = re.compile(r"(?<![a-z0-9])(" + "|".join(sorted(REGIONS, key=len, reverse=True)) + r")(?!\d)")
_VARIABLE = re.compile(r"\$\{([^!][^}]*)\}")
_HERE = {"Ref": "AWS::Region"}

# What `Ref` of these types returns: the property that names them.
_NAMED_BY = {"AWS::ApiGateway::DomainName": "DomainName", "AWS::ApiGatewayV2::DomainName": "DomainName", "AWS::S3::Bucket": "BucketName"}


class Reading:
    """One template, for the Regions it is linted in; `several` says that every Region gets this body."""

    def __init__(self, cfn: Template, *, several: bool = False) -> None:
        self._template: Mapping[str, Any] = cfn.template
        self._given = [dict(one.parameters) for one in cfn.context.parameter_sets or ()]
        self._several = several
        self._following: set[str] = set()  # names whose meaning is being looked up: one that means itself means nothing
        self.regions: tuple[str, ...] = tuple(cfn.regions)

    @staticmethod
    def regions_in(text: str | None) -> frozenset[str]:
        """Return the names of AWS Regions that stand in the text."""
        return frozenset(_REGION.findall(text or ""))

    def section(self, name: str) -> Mapping[str, Any]:
        """Return a section of the template, empty when it is absent or no mapping."""
        return _mapping(self._template.get(name))

    def under(self, name: str) -> "Node":
        """Return a section of the template as a node."""
        return Node(reading=self, value=self.section(name), path=(name,))

    def resources(self, *types: str) -> tuple["Resource", ...]:
        """Return the resources of these types, of all types when none is named."""
        found = []
        for logical_id, body in self.section("Resources").items():
            if isinstance(body, dict) and isinstance(body.get("Type"), str) and (not types or body["Type"] in types):
                path = ("Resources", logical_id, "Properties")
                condition = body.get("Condition") if isinstance(body.get("Condition"), str) else None
                fields = {"logical_id": logical_id, "type": body["Type"], "condition": condition, "path": path}
                found.append(Resource(reading=self, value=body.get("Properties") or {}, **fields))
        return tuple(found)

    def parameter(self, name: str) -> Mapping[str, Any]:
        """Return a parameter's declaration, empty when there is none."""
        return _mapping(self.section("Parameters").get(name))

    @cached_property
    def lookups(self) -> tuple["Node", ...]:
        """Every Fn::FindInMap of the template that looks up the stack's own Region."""
        found = (node for name in ("Conditions", "Resources", "Outputs") for node in _lookups(self.under(name)))
        return tuple(node for node in found if isinstance(node.value, list) and len(node.value) > 2 and node.value[1] == _HERE)

    @cached_property
    def served(self) -> tuple[str, ...]:
        """The Regions that all get this very body, as a StackSet's do: the keys of a mapping it looks its own Region up in.

        Empty when the body does not say; then it may still be applied in several. The option `several_regions` of E9700 says
        that it is, in the Regions it is linted for.
        """
        names = {node.value[0] for node in self.lookups if isinstance(node.value[0], str)}
        keys = {key for name in names for key in _mapping(self.section("Mappings").get(name))}
        return tuple(sorted(key for key in keys if key in REGIONS) or (self.regions if self._several else ()))

    def where(self, resource: "Resource") -> tuple[str, ...]:
        """Return the served Regions whose stack may have this resource."""
        return tuple(region for region in self.served if resource.condition is None or self.holds(resource.condition, region) is not False)

    def holds(self, condition: Any, region: str | None) -> bool | None:
        """Return whether a condition, by name or as written, holds in this Region; None when that is not known."""
        match condition:
            case {"Condition": str(name)} | str(name):
                written = self.section("Conditions").get(name)
                return self._followed(f"condition {name}", lambda: self.holds(written, region))
            case {"Fn::Not": [one]}:
                inner = self.holds(one, region)
                return None if inner is None else not inner
            case {"Fn::And": [*parts]} | {"Fn::Or": [*parts]}:
                decisive = "Fn::Or" in condition
                found = {self.holds(part, region) for part in parts}
                return decisive if decisive in found else None if None in found else not decisive
            case {"Fn::Equals": [one, other]}:
                # A default is what a stack gets unless it is told otherwise, and conditions are what it is told by.
                texts = [self.text(value, region, with_defaults=False) for value in (one, other)]
                return None if any(text is None or "${" in text for text in texts) else texts[0] == texts[1]
            case _:
                return None

    def text(self, value: Any, region: str | None = None, *, with_defaults: bool = True) -> str | None:
        """Return a value as `Node.text` has it; `with_defaults` when a parameter without a given value has its default."""
        match value:
            case bool():
                return str(value).lower()
            case str() | int() | float():
                return str(value)
            case {"Ref": str(name)} if name != "AWS::NoValue":
                return self._reference(name, region, with_defaults=with_defaults)
            case {"Fn::GetAtt": str(name)}:
                return f"${{{name}}}"
            case {"Fn::GetAtt": [str(name), str(attribute)]}:
                return f"${{{name}.{attribute}}}"
            case {"Fn::Sub": str(pattern)}:
                return self._substituted(pattern, {}, region, with_defaults=with_defaults)
            case {"Fn::Sub": [str(pattern), dict(variables)]}:
                return self._substituted(pattern, variables, region, with_defaults=with_defaults)
            case {"Fn::Join": [str(between), [*parts]]}:
                texts = [self.text(part, region, with_defaults=with_defaults) for part in parts]
                return None if None in texts else between.join(text or "" for text in texts)
            case {"Fn::FindInMap": [str(mapping), key, str(name), *_]}:
                first = self.text(key, region)
                found = _mapping(_mapping(self.section("Mappings").get(mapping)).get(first or ""))
                return str(found[name]) if name in found else f"${{{mapping}.{first}.{name}}}"
            case _:
                return None

    def _reference(self, name: str, region: str | None, *, with_defaults: bool) -> str:
        if name == "AWS::Region":
            return region or "${AWS::Region}"
        given = {str(values[name]) for values in self._given if name in values}
        if len(given) == 1:
            return given.pop()
        if with_defaults and "Default" in self.parameter(name):
            return str(self.parameter(name)["Default"])
        named = next((one for one in self.resources(*_NAMED_BY) if one.logical_id == name), None)
        own = _mapping(named.value).get(_NAMED_BY[named.type]) if named else None
        return (self._followed(name, lambda: self.text(own, region)) if own is not None else None) or f"${{{name}}}"

    def _followed(self, name: str, follow: Callable[[], _Found]) -> _Found | None:
        if name in self._following:
            return None
        self._following.add(name)
        try:
            return follow()
        finally:
            self._following.remove(name)

    def _substituted(self, pattern: str, variables: Mapping[str, Any], region: str | None, *, with_defaults: bool) -> str | None:
        values = {}
        for name in set(_VARIABLE.findall(pattern)):
            values[name] = self.text(variables.get(name, {"Ref": name}), region, with_defaults=with_defaults)
        return None if None in values.values() else _VARIABLE.sub(lambda found: values[found[1]] or "", pattern)


@dataclass(frozen=True, kw_only=True)
class Node:
    """A value of the template and where it stands; `region` when it is looked at as that Region's stack will have it."""

    reading: Reading = field(repr=False)
    value: Any
    path: tuple[str | int, ...]
    region: str | None = None

    def at(self, region: str) -> "Node":
        """Return the same value as the stack in this Region will have it."""
        return replace(self, region=region)

    def each(self, *keys: str) -> Iterator["Node"]:
        """Yield what stands under these keys, once for every branch of a Fn::If on the way; nothing when no branch has it."""
        if not keys:
            yield from self._branches()
            return
        for branch in self._branches():
            if isinstance(branch.value, dict) and keys[0] in branch.value:
                yield from branch._child(keys[0]).each(*keys[1:])

    def first(self, *keys: str) -> "Node | None":
        """Return the first branch of what stands under these keys, None when no branch has it."""
        return next(self.each(*keys), None)

    def items(self, *keys: str) -> Iterator["Node"]:
        """Yield each element of the list under these keys; one value is a list of one, as in IAM policies."""
        for node in self.each(*keys):
            children = [node._child(index) for index in range(len(node.value))] if isinstance(node.value, list) else [node]
            for child in children:
                yield from child._branches()

    def leaves(self) -> Iterator["Node"]:
        """Yield every value below that is no plain mapping or list: texts, numbers, references."""
        for node in self._branches():
            if isinstance(node.value, dict) and not node.is_function:
                for key in node.value:
                    yield from node._child(key).leaves()
            elif isinstance(node.value, list):
                for index in range(len(node.value)):
                    yield from node._child(index).leaves()
            else:
                yield node

    @property
    def is_function(self) -> bool:
        """Whether the value is an intrinsic function."""
        return isinstance(self.value, dict) and len(self.value) == 1 and next(iter(self.value)).startswith(("Fn::", "Ref"))

    @cached_property
    def text(self) -> str | None:
        """The value as a text with `${placeholders}` for what is not known; None when it is no text."""
        return self.reading.text(self.value, self.region)

    @property
    def known(self) -> str | None:
        """The text when nothing of it is a placeholder."""
        return None if self.text is None or "${" in self.text else self.text

    @property
    def regions(self) -> frozenset[str]:
        """The names of AWS Regions that stand in the text."""
        return self.reading.regions_in(self.text)

    @property
    def possible(self) -> tuple[str, ...]:
        """Every value it may have: the known one, a parameter's allowed ones, a mapping's in all its Regions; () when open."""
        if self.known is not None:
            return (self.known,)
        match self.value:
            case {"Ref": str(name)}:
                return tuple(str(value) for value in self.reading.parameter(name).get("AllowedValues") or ())
            case {"Fn::FindInMap": _}:
                texts = {self.at(region).known for region in self.reading.served}
                return tuple(sorted(text for text in texts if text is not None))
            case _:
                return ()

    @property
    def target(self) -> str | None:
        """The logical id that a Ref or GetAtt leads to."""
        match self.value:
            case {"Ref": str(name)}:
                return name
            case {"Fn::GetAtt": [str(name), *_]}:
                return name
            case {"Fn::GetAtt": str(name)}:
                return name.split(".", 1)[0]
            case _:
                return None

    def _child(self, key: str | int) -> "Node":
        return Node(reading=self.reading, value=self.value[key], path=(*self.path, key), region=self.region)

    def _branches(self) -> Iterator["Node"]:
        match self.value:
            case {"Fn::If": [str(condition), _, _]}:
                holds = self.reading.holds(condition, self.region)
                for branch in (1, 2):
                    if holds in (None, branch == 1):
                        yield from self._child("Fn::If")._child(branch)._branches()
            case {"Ref": "AWS::NoValue"}:
                return
            case _:
                yield self


@dataclass(frozen=True, kw_only=True)
class Resource(Node):
    """A resource's properties, as a node."""

    logical_id: str
    type: str
    condition: str | None


def _mapping(value: Any) -> Mapping[str, Any]:
    """Return the value when it is a mapping, an empty one when the template has something else there."""
    return value if isinstance(value, dict) else {}


def _lookups(node: Node) -> Iterator[Node]:
    """Yield the arguments of every Fn::FindInMap below, whatever branch it stands in."""
    keys = node.value if isinstance(node.value, dict) else range(len(node.value)) if isinstance(node.value, list) else ()
    for key in keys:
        below = Node(reading=node.reading, value=node.value[key], path=(*node.path, key))
        if key == "Fn::FindInMap":
            yield below
        yield from _lookups(below)


class RegionValues(CloudFormationLintRule):  # type: ignore[misc]
    """Reads the template for all rules of the pack, and finds what one Region's part of a mapping lacks."""

    id = "E9700"
    shortdesc = "A value looked up by Region is there for every Region of its mapping"
    description = (
        "A key that one Region's part of a mapping has and another's lacks fails the stack in that other Region alone, in the middle "
        "of a roll-out. Regions that the mapping does not name at all are not judged: linting for a Region is not deploying there. "
        "The option several_regions says that a body without such a mapping is applied in all linted Regions, as a StackSet's is."
    )
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-findinmap.html"
    facts = ("F4.13",)
    tags = ("multi-region", "mappings")

    def __init__(self) -> None:
        super().__init__()
        self.config_definition = {"several_regions": {"default": False, "type": "boolean"}}

    def match(self, cfn: Template) -> Iterator[RuleMatch]:
        """Yield the faults of every rule of the pack."""
        yield from _matches(self, Reading(cfn, several=self.config["several_regions"]))

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for every looked-up key that some Region lacks."""
        for node in reading.lookups:
            mapping, _, key, *default = node.value
            regions = reading.section("Mappings").get(mapping) if isinstance(mapping, str) else None
            if default or not isinstance(regions, dict) or not isinstance(key, str):
                continue
            for region, values in regions.items():
                if isinstance(values, dict) and key not in values:
                    yield node.path, f"{mapping} has no {key} for {region}"


def _matches(rule: Any, view: Any) -> Iterator[RuleMatch]:
    for path, sentence in rule.faults(view):
        yield RuleMatch(list(path), sentence, rule=rule)
    children = [child for child in rule.child_rules.values() if child is not None]
    if children:
        view = rule.view(view) if hasattr(rule, "view") else view
        for child in children:
            yield from _matches(child, view)
