"""pydantic's findings, said to a person: the field's name, what stands there, what has to, and an example."""

from __future__ import annotations

from typing import Any, Final

from deployer.params.source import Location, Source

_KINDS: Final = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "model_type": "a group of fields",
    "model_attributes_type": "a group of fields",
}


def sentence_for(fault: Any, location: Location, source: Source, field: Any) -> str:
    """Return one sentence about one pydantic error; `field` is the FieldInfo at its location, or None."""
    name = ".".join(str(part) for part in location)
    help_ = f" {field.description}" if field is not None and field.description else ""
    kind, context = fault["type"], fault.get("ctx", {})
    if kind == "missing":
        return f"{name} is missing:{help_}"
    shown = _shown(fault["input"], location, source)
    if kind == "string_type" and location in source.written and fault["input"] is not None:
        return f"{name} has to be text, but YAML reads {shown} as {_yaml_kind(fault['input'])}; write it in quotes: '{shown}'"
    return f"{name} is {shown}, but has to be {_wanted(kind, context, fault['msg'])}.{help_}"


def _wanted(kind: str, context: dict[str, Any], message: str) -> str:
    if kind in _KINDS:
        return _KINDS[kind]
    match kind:
        case "literal_error":
            return str(context["expected"]).replace("'", "")
        case "greater_than_equal":
            return f"{context['ge']} or more"
        case "less_than_equal":
            return f"{context['le']} or less"
        case "string_too_short":
            return f"at least {context['min_length']} characters long"
        case "string_too_long":
            return f"at most {context['max_length']} characters long"
        case "too_short":
            return f"a list of at least {context['min_length']}"
        case "too_long":
            return f"a list of at most {context['max_length']}"
        case "string_pattern_mismatch":
            return f"of the form {context['pattern']}"
        case "finite_number":
            return "a finite number"
    return message[:1].lower() + message[1:]


def _shown(value: Any, location: Location, source: Source) -> str:
    if value is None:
        return "empty"
    if location in source.written:
        return source.written[location] or "empty"
    if isinstance(value, tuple):
        return f"a list of {len(value)}"
    return "a group of fields" if isinstance(value, dict) else repr(value)


def _yaml_kind(value: Any) -> str:
    match value:
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case dict() | tuple():
            return "a collection"
    return "a date"
