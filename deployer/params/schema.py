"""What may stand in a parameter file, for editors (JSON schema) and for readers (a table); both come from the model alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from types import NoneType
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from deployer.params.model import Environment
from deployer.params.reading import part_model

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterRow:
    """One parameter: dotted name (`regions[].name` for a list's item), type in words, default as YAML or "required"."""

    name: str
    type: str
    default: str
    description: str


def schema_text() -> str:
    """Return the JSON schema of a parameter file: keys sorted, two spaces, a newline at the end; same model, same bytes."""
    schema = {"$schema": DIALECT, **Environment.model_json_schema(), "title": "Parameter file of one environment"}
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def parameter_table() -> tuple[ParameterRow, ...]:
    """Return a row for every parameter that takes a value, in the model's order."""
    return tuple(_rows(Environment, ""))


def parameter_table_text() -> str:
    """Return `parameter_table()` as a Markdown table, newline at the end: what stands in the README between its markers."""
    lines = ["| parameter | type | default | meaning |", "|---|---|---|---|"]
    lines += [f"| `{row.name}` | {row.type} | {row.default} | {_markdown(row.description)} |" for row in parameter_table()]
    return "\n".join(lines) + "\n"


def _markdown(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _rows(model: type[BaseModel], prefix: str) -> Iterator[ParameterRow]:
    for name, field in model.model_fields.items():
        inner = part_model(field.annotation)
        if inner is None:
            yield ParameterRow(
                name=prefix + name, type=_type_words(field.annotation), default=_default_words(field), description=field.description or ""
            )
        elif get_origin(field.annotation) is tuple:
            yield from _rows(inner, f"{prefix}{name}[].")
        else:
            yield from _rows_of_group(inner, field, f"{prefix}{name}.")


def _rows_of_group(inner: type[BaseModel], field: FieldInfo, prefix: str) -> Iterator[ParameterRow]:
    # A group's own default (functions.payment) says more than its fields, which have none.
    for row in _rows(inner, prefix):
        own = getattr(field.default, row.name.removeprefix(prefix), None) if isinstance(field.default, BaseModel) else None
        default = _yaml(own) if row.default == "required" and own is not None else row.default
        yield ParameterRow(name=row.name, type=row.type, default=default, description=row.description)


def _type_words(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " or ".join(f"`{one}`" for one in arguments)
    if origin is tuple:
        return f"list of {_type_words(arguments[0])}"
    if NoneType in arguments:
        return _type_words(next(one for one in arguments if one is not NoneType))
    if origin is not None:  # Annotated
        return _type_words(arguments[0])
    return {str: "text", int: "whole number", float: "number", bool: "true or false"}[annotation]


def _default_words(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    return "none" if field.default is None else _yaml(field.default)


def _yaml(value: Any) -> str:
    if isinstance(value, tuple):
        return f"`[{', '.join(str(one) for one in value)}]`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
