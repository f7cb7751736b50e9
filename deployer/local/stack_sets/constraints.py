"""Checks a request against the constraints of botocore's model: required members, enums, lengths, ranges, patterns.

The SDK itself checks little more than what is required, so everything else is AWS's to refuse. All faults of a request
are reported in one sentence, in the shape AWS's own parameter validation has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from botocore.model import ListShape, Shape, StringShape, StructureShape

from deployer.local.stack_sets.refusals import invalid

# The model leaves a StackSet's name open; the API reference does not [B CreateStackSet:StackSetName documentation].
STACK_SET_NAME_PATTERN: Final = "[a-zA-Z][-a-zA-Z0-9]*"
STACK_SET_NAME_CHARACTERS_MAX: Final = 128
# Length for text, elements for lists, the number itself for integers.
_SIZES: Final[Mapping[str, tuple[str, Callable[[Any], int]]]] = {
    "string": ("length", len),
    "list": ("length", len),
    "integer": ("value", int),
}


def check_input(shape: StructureShape, values: dict[str, Any]) -> None:
    """Raise Refused (`ValidationError`) naming every constraint of the model that the values break."""
    refuse_faults(list(_faults(shape, values, "")))


def check_stack_set_name(name: str) -> None:
    """Raise Refused unless a new StackSet may have this name: letters, digits, hyphens, a letter first, 128 at most."""
    faults = []
    if len(name) > STACK_SET_NAME_CHARACTERS_MAX:
        faults.append(_fault(name, "stackSetName", f"have length less than or equal to {STACK_SET_NAME_CHARACTERS_MAX}"))
    if not re.fullmatch(STACK_SET_NAME_PATTERN, name):
        faults.append(_fault(name, "stackSetName", f"satisfy regular expression pattern: {STACK_SET_NAME_PATTERN}"))
    refuse_faults(faults)


def refuse_faults(faults: list[str]) -> None:
    """Raise Refused with all the faults in one sentence, when there are any."""
    if faults:
        plural = "s" if len(faults) > 1 else ""
        raise invalid(f"{len(faults)} validation error{plural} detected: " + "; ".join(faults))


def _faults(shape: Shape, value: Any, place: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        yield from _structure_faults(shape, value, place)
        return
    yield from _size_faults(shape, value, place)
    if isinstance(shape, ListShape):
        for number, member in enumerate(value, start=1):
            yield from _faults(shape.member, member, f"{place}.{number}.member")
    elif isinstance(shape, StringShape):
        yield from _text_faults(shape, value, place)


def _structure_faults(shape: StructureShape, value: dict[str, Any], place: str) -> Iterator[str]:
    for name in shape.required_members:
        if name not in value:
            yield f"Value null at '{_inside(place, name)}' failed to satisfy constraint: Member must not be null"
    for name, member in value.items():
        yield from _faults(shape.members[name], member, _inside(place, name))


def _size_faults(shape: Shape, value: Any, place: str) -> Iterator[str]:
    if shape.type_name not in _SIZES:
        return
    word, size = _SIZES[shape.type_name]
    lowest, highest = shape.metadata.get("min"), shape.metadata.get("max")
    if lowest is not None and size(value) < lowest:
        yield _fault(value, place, f"have {word} greater than or equal to {lowest}")
    if highest is not None and size(value) > highest:
        yield _fault(value, place, f"have {word} less than or equal to {highest}")


def _text_faults(shape: StringShape, value: str, place: str) -> Iterator[str]:
    pattern = shape.metadata.get("pattern")
    if pattern and not re.fullmatch(pattern, value):
        yield _fault(value, place, f"satisfy regular expression pattern: {pattern}")
    if shape.enum and value not in shape.enum:
        yield _fault(value, place, f"satisfy enum value set: [{', '.join(shape.enum)}]")


def _inside(place: str, name: str) -> str:
    own = name[0].lower() + name[1:]
    return f"{place}.{own}" if place else own


def _fault(value: Any, place: str, rule: str) -> str:
    return f"Value '{value}' at '{place}' failed to satisfy constraint: Member must {rule}"
