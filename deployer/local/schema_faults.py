"""Says what is wrong with a JSON document by a draft-4 schema, in the words API Gateway's validator uses.

Only tells what the first look shows, and never judges: whether a document is valid is decided elsewhere. Source:
`$context.error.validationErrorString`, "API Gateway mapping template and access logging variable reference", API Gateway Developer
Guide. The words name a property only where one is missing or unknown; a wrong value is told without its place, as on AWS.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

_PRIMITIVES: Final[Mapping[type, str]] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
    type(None): "null",
}


def schema_faults(schema: Mapping[str, Any], document: Any) -> tuple[str, ...]:
    """Return a sentence for each fault that `document` (parsed JSON) shows against `schema`, empty when none was found."""
    return tuple(_faults(schema, document, schema))


def _faults(schema: Any, value: Any, root: Mapping[str, Any]) -> Iterator[str]:
    reference = schema.get("$ref") if isinstance(schema, Mapping) else None
    if reference is not None:
        schema = root.get("definitions", {}).get(str(reference).rpartition("/")[2], {})
    if not isinstance(schema, Mapping):
        return
    wrong_type = _type_fault(schema, value)
    if wrong_type:
        yield wrong_type
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"instance value ({_text(value)}) not found in enum (possible values: {_text(schema['enum'])})"
    if isinstance(value, dict):
        yield from _object_faults(schema, value, root)
    elif isinstance(value, list):
        for item in value:
            yield from _faults(schema.get("items", {}), item, root)
    elif isinstance(value, str):
        yield from _string_faults(schema, value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _number_faults(schema, value)


def _text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _type_fault(schema: Mapping[str, Any], value: Any) -> str:
    wanted = schema.get("type")
    if wanted is None:
        return ""
    allowed = sorted([wanted] if isinstance(wanted, str) else wanted)
    if "number" in allowed:
        allowed = sorted({*allowed, "integer"})
    found = _PRIMITIVES[type(value)]
    if found in allowed:
        return ""
    return f"instance type ({found}) does not match any allowed primitive type (allowed: {_text(allowed)})"


def _object_faults(schema: Mapping[str, Any], value: Mapping[str, Any], root: Mapping[str, Any]) -> Iterator[str]:
    properties: Mapping[str, Any] = schema.get("properties") or {}
    missing = sorted(set(schema.get("required") or ()) - value.keys())
    if missing:
        yield f"object has missing required properties ({_text(missing)})"
    unknown = sorted(value.keys() - properties.keys())
    if unknown and schema.get("additionalProperties") is False and not schema.get("patternProperties"):
        yield f"object instance has properties which are not allowed by the schema: {_text(unknown)}"
    for name, item in value.items():
        yield from _faults(properties.get(name, {}), item, root)


def _string_faults(schema: Mapping[str, Any], value: str) -> Iterator[str]:
    if len(value) < schema.get("minLength", 0):
        yield f"string {_text(value)} is too short (length: {len(value)}, required minimum: {schema['minLength']})"
    if len(value) > schema.get("maxLength", len(value)):
        yield f"string {_text(value)} is too long (length: {len(value)}, maximum allowed: {schema['maxLength']})"
    pattern = schema.get("pattern")
    if pattern is not None and re.search(pattern, value) is None:
        yield f"ECMA 262 regex {_text(pattern)} does not match input string {_text(value)}"


def _number_faults(schema: Mapping[str, Any], value: float) -> Iterator[str]:
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and value < least:
        yield f"numeric instance is lower than the required minimum (minimum: {least}, found: {value})"
    elif least is not None and value == least and schema.get("exclusiveMinimum") is True:
        yield f"numeric instance is not strictly greater than the required minimum {least}"
    if most is not None and value > most:
        yield f"numeric instance is greater than the required maximum (maximum: {most}, found: {value})"
    elif most is not None and value == most and schema.get("exclusiveMaximum") is True:
        yield f"numeric instance is not strictly lower than the required maximum {most}"
