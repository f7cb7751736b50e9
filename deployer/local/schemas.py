"""CloudFormation's own resource schemas, as cfn-lint ships them: what a resource's properties may be and what it answers.

Properties come resolved, so numbers and booleans may come as text, as template parameters give them; CloudFormation
takes those, and so does this.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cfnlint.jsonschema import StandardValidator
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

Schema = dict[str, Any]


def resource_types(region: str) -> tuple[str, ...]:
    """Return every resource type that has a schema in a Region."""
    return tuple(name for name in PROVIDER_SCHEMA_MANAGER.get_resource_types(region) if name.startswith("AWS::"))


def schema_of(name: str, region: str) -> Schema:
    """Return the schema of a resource type, in CloudFormation's own form."""
    schema: Schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, name).schema
    return schema


def attributes_of(name: str, region: str) -> tuple[str, ...]:
    """Return the names that Fn::GetAtt takes for a resource type, such as `Arn` or `Code.SourceLocationArn`."""
    paths = (path.removeprefix("/properties/") for path in schema_of(name, region).get("readOnlyProperties") or ())
    return tuple(path.replace("/", ".") for path in paths if "*" not in path)


def identifier_of(name: str, region: str) -> tuple[str, ...]:
    """Return the properties or attributes that make up a resource's primary identifier, what `Ref` answers."""
    paths = schema_of(name, region).get("primaryIdentifier") or ()
    return tuple(path.removeprefix("/properties/").replace("/", ".") for path in paths)


def create_only_of(name: str, region: str) -> tuple[str, ...]:
    """Return the top-level properties whose change means replacement."""
    paths = (path.removeprefix("/properties/") for path in schema_of(name, region).get("createOnlyProperties") or ())
    return tuple(path for path in paths if "/" not in path)


def mistakes_in(name: str, region: str, properties: dict[str, Any]) -> tuple[str, ...]:
    """Return a sentence for every property that its schema does not allow: missing, unknown, wrong type, value or form."""
    schema = schema_of(name, region)
    faults = StandardValidator(schema).iter_errors(plain(schema, schema, properties))
    return tuple(sorted(f"#/{'/'.join(str(step) for step in fault.path)}: {fault.message}" for fault in faults))


def plain(root: Schema, schema: Schema, value: Any) -> Any:
    """Return `value` with text turned into the number or boolean its schema asks for, where the text says one."""
    schema = _resolved(root, schema)
    if isinstance(value, dict):
        inner = schema.get("properties") or {}
        return {key: plain(root, inner.get(key) or {}, item) for key, item in value.items()}
    if isinstance(value, list):
        items = schema.get("items")
        return [plain(root, items if isinstance(items, dict) else {}, item) for item in value]
    return _plain_text(schema.get("type"), value) if isinstance(value, str) else value


def changed_create_only(name: str, region: str, old: dict[str, Any], new: dict[str, Any]) -> tuple[str, ...]:
    """Return the create-only properties, nested ones included, in which `old` and `new` differ; they mean replacement."""
    paths = schema_of(name, region).get("createOnlyProperties") or ()
    return tuple(path for path in paths if list(_values(old, path)) != list(_values(new, path)))


def _resolved(root: Schema, schema: Schema) -> Schema:
    reference = schema.get("$ref", "")
    if not reference.startswith("#/"):
        return schema
    target: Any = root
    for step in reference[2:].split("/"):
        target = target.get(step, {})
    return target if isinstance(target, dict) else {}


def _plain_text(kind: Any, text: str) -> Any:
    kinds = kind if isinstance(kind, list) else [kind]
    if "string" in kinds:
        return text
    if "boolean" in kinds and text.lower() in ("true", "false"):
        return text.lower() == "true"
    for wanted, convert in (("integer", int), ("number", float)):
        if wanted in kinds:
            try:
                return convert(text)
            except ValueError:
                return text
    return text


def _values(properties: Any, path: str) -> Iterator[Any]:
    """Yield what stands at a schema path such as `/properties/Replicas/*/Region`."""
    steps = path.removeprefix("/properties/").split("/")
    found = [properties]
    for step in steps:
        if step == "*":
            found = [item for value in found if isinstance(value, list) for item in value]
        else:
            found = [value[step] for value in found if isinstance(value, dict) and step in value]
    yield from found
