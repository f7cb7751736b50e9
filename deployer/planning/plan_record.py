"""Frozen dataclasses to JSON-ready records and back, strictly: a record says nothing more and nothing less than its class.

Fields keep their names; a step gains `kind`, its class; an output not known yet is `{"output_of": {…}}`. Reading refuses unknown,
missing and wrongly typed fields with the place they stand at.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from hashlib import sha256
from types import UnionType
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from deployer.planning.plan import Step
from deployer.vocabulary.errors import Mistake
from deployer.vocabulary.values import OutputOf

T = TypeVar("T")

STEP_KINDS: Final[Mapping[str, type[Any]]] = {kind.__name__: kind for kind in get_args(Step)}


class NotThisRecord(Exception):
    """A record does not fit its class; `mistake` says where."""

    def __init__(self, place: str, sentence: str) -> None:
        super().__init__(f"{place}: {sentence}")
        self.mistake = Mistake(place=place, sentence=sentence)


def record_of(value: Any) -> Any:
    """Return the JSON-ready record of a value made of dataclasses, tuples and scalars."""
    if isinstance(value, OutputOf):
        return {"output_of": _fields_of(value)}
    if is_dataclass(value):
        kind = type(value).__name__
        return {"kind": kind, **_fields_of(value)} if kind in STEP_KINDS else _fields_of(value)
    if isinstance(value, tuple | list):
        return [record_of(item) for item in value]
    return value


def digest_of(value: Any) -> str:
    """Return the SHA-256 of a value's record in canonical JSON, 64 lower-case hexadecimal characters."""
    return sha256(json.dumps(record_of(value), sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def read_record(cls: type[T], record: Any, place: str) -> T:
    """Return the instance of a dataclass that a record describes; raises NotThisRecord. `place` is what errors call the record."""
    if not isinstance(record, dict):
        raise NotThisRecord(place, f"a group of fields has to stand here, not {_shown(record)}")
    hints = _hints(cls)
    for name in sorted(record.keys() - hints.keys()):
        raise NotThisRecord(f"{place}.{name}", "this field is unknown")
    for name in sorted(hints.keys() - record.keys()):
        raise NotThisRecord(f"{place}.{name}", "this field is missing")
    return cls(**{name: _read(hint, record[name], f"{place}.{name}") for name, hint in hints.items()})


def _read(hint: Any, record: Any, place: str) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is tuple:
        return _read_tuple(arguments, record, place)
    if origin is Literal:
        if record not in arguments:
            raise NotThisRecord(place, f"{_shown(record)} is none of {', '.join(arguments)}")
        return record
    if origin in (Union, UnionType) and type(None) in arguments:
        [hint] = (one for one in arguments if one is not type(None))
        return None if record is None else _read(hint, record, place)
    if origin in (Union, UnionType):
        return _read_step(record, place) if OutputOf not in arguments else _read_value(record, place)
    if isinstance(hint, type) and is_dataclass(hint):
        return read_record(hint, record, place)
    if hint is float and type(record) is int:
        return float(record)
    if type(record) is not hint:
        raise NotThisRecord(place, f"{_shown(record)} is no {hint.__name__}")
    return record


def _read_tuple(arguments: tuple[Any, ...], record: Any, place: str) -> tuple[Any, ...]:
    if not isinstance(record, list):
        raise NotThisRecord(place, f"a list has to stand here, not {_shown(record)}")
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return tuple(_read(arguments[0], item, f"{place}[{index}]") for index, item in enumerate(record))
    if len(record) != len(arguments):
        raise NotThisRecord(place, f"{len(arguments)} values have to stand here, not {len(record)}")
    return tuple(_read(hint, item, f"{place}[{index}]") for index, (hint, item) in enumerate(zip(arguments, record, strict=True)))


def _read_step(record: Any, place: str) -> Any:
    kind = record.get("kind") if isinstance(record, dict) else None
    if not isinstance(kind, str) or kind not in STEP_KINDS:
        raise NotThisRecord(f"{place}.kind", f"{_shown(kind)} is no kind of step; known are {', '.join(STEP_KINDS)}")
    return read_record(STEP_KINDS[kind], {name: value for name, value in record.items() if name != "kind"}, place)


def _read_value(record: Any, place: str) -> str | OutputOf:
    if isinstance(record, dict) and record.keys() == {"output_of"}:
        return read_record(OutputOf, record["output_of"], f"{place}.output_of")
    if not isinstance(record, str):
        raise NotThisRecord(place, f"text or an output has to stand here, not {_shown(record)}")
    return record


def _hints(cls: Any) -> dict[str, Any]:
    hints = get_type_hints(cls)
    return {one.name: hints[one.name] for one in fields(cls)}


def _fields_of(value: Any) -> dict[str, Any]:
    return {one.name: record_of(getattr(value, one.name)) for one in fields(value)}


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"
