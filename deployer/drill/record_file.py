"""A drill's record and verdict as one JSON file, and back: what is read is what was written, moments and amounts to the digit.

Version 1: `format`, `version`, `record`, `verdict`, each with its dataclass's own fields. Amounts are text, so that nothing goes through a
float; enumerations are their values.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from decimal import Decimal, DecimalException
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

from deployer.drill.history import DrillRecord, Verdict
from deployer.vocabulary.errors import InputRefused, Mistake

FORMAT: Final = "drill-record"
VERSION: Final = 1

T = TypeVar("T")


def record_text(record: DrillRecord, verdict: Verdict) -> str:
    """Return the file's text: JSON, keys sorted, newline at the end."""
    told = {"format": FORMAT, "version": VERSION, "record": _plain(record), "verdict": _plain(verdict)}
    return json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def read_record_file(path: Path) -> tuple[DrillRecord, Verdict]:
    """Return what a file of `record_text` holds; raises InputRefused for a file that is missing, damaged or of another version."""
    try:
        told: Any = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputRefused(f"The drill's record {path} cannot be read", (Mistake(place=str(path), sentence=str(error)),)) from error
    if not isinstance(told, dict) or (told.get("format"), told.get("version")) != (FORMAT, VERSION):
        raise InputRefused(f"{path} is no drill's record of version {VERSION}", hint="Give the record.json that a drill wrote.")
    try:
        return _read(DrillRecord, told["record"]), _read(Verdict, told["verdict"])
    except (KeyError, TypeError, ValueError, DecimalException) as error:
        sentence = f"it is damaged: {type(error).__name__} {error}"
        raise InputRefused(f"The drill's record {path} cannot be used", (Mistake(place=str(path), sentence=sentence),)) from error


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, Decimal) else value


def _read(hint: Any, value: Any) -> Any:
    """Return the value that `_plain` made this of; raises TypeError, ValueError or KeyError when it is not."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        inner = next(one for one in arguments if one is not NoneType)
        return None if value is None else _read(inner, value)
    if origin is tuple:
        if not isinstance(value, list):
            raise TypeError(f"{value!r} is no list")
        kinds = (arguments[0],) * len(value) if arguments[1:] == (Ellipsis,) else arguments
        return tuple(_read(kind, one) for kind, one in zip(kinds, value, strict=True))
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        return hint(**{name: _read(hints[name], one) for name, one in value.items()})  # type: ignore[operator]
    if hint is Decimal or issubclass(hint, Enum):
        return hint(value)
    if not isinstance(value, (int, float) if hint is float else hint):
        raise TypeError(f"{value!r} is no {hint.__name__}")
    return float(value) if hint is float else value
