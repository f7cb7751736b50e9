"""Reads a request of AWS's query protocol into plain values, led by botocore's model of the call.

`{"Regions.member.1": ["us-east-1"]}` -> `{"Regions": ["us-east-1"]}`. What the model does not know is left out, as AWS
does. Whether the values are allowed is `constraints`' business, but for numbers and booleans that are none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from botocore.model import ListShape, Shape, StructureShape

from deployer.local.stack_sets.refusals import invalid

Parameters = Mapping[str, Sequence[str]]


def read_input(shape: StructureShape, parameters: Parameters) -> dict[str, Any]:
    """Return the request's members by name, absent ones left out; raises Refused for a value of the wrong type."""
    present = {prefix for name in parameters for prefix in _prefixes(name)}
    return _structure(shape, "", parameters, present)


def _prefixes(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts) + 1)]


def _read(shape: Shape, path: str, parameters: Parameters, present: set[str]) -> Any:
    if isinstance(shape, StructureShape):
        return _structure(shape, f"{path}.", parameters, present)
    if isinstance(shape, ListShape):
        return _list(shape, path, parameters, present)
    text = parameters[path][0]
    try:
        return _SCALARS.get(shape.type_name, str)(text)
    except ValueError as error:
        raise invalid(f"Value '{text}' at '{path}' is not of type {shape.type_name}") from error


def _structure(shape: StructureShape, prefix: str, parameters: Parameters, present: set[str]) -> dict[str, Any]:
    return {name: _read(member, prefix + name, parameters, present) for name, member in shape.members.items() if prefix + name in present}


def _list(shape: ListShape, path: str, parameters: Parameters, present: set[str]) -> list[Any]:
    # An empty list travels as `Tags=`, and so differs from one that was not sent.
    values: list[Any] = []
    while (place := f"{path}.member.{len(values) + 1}") in present:
        values.append(_read(shape.member, place, parameters, present))
    return values


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


_SCALARS: Final[Mapping[str, Callable[[str], Any]]] = {"integer": int, "boolean": _boolean}
