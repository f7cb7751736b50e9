"""A parameter file in, one checked Environment out; or every mistake in it at once.

In this order: the file is read (`source.py`), unknown names are matched to known ones, the model checks each field, the rules
across fields (`rules.py`) run on whatever is sound enough for them. Only a file that is no YAML ends earlier. A misspelt name
is reported once and then read as the name it resembles, so that what stands under it is checked in the same run.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError

from deployer.params.model import Environment
from deployer.params.nearest import nearest_name
from deployer.params.rules import RULES, Breach
from deployer.params.sentences import sentence_for
from deployer.params.source import Location, Source, read_source
from deployer.vocabulary.errors import InputRefused, Mistake

_MISSING: Final = object()


def load_environment(path: Path) -> Environment:
    """Return the environment this file describes.

    Raises InputRefused with all mistakes, in the order of the file's lines; nothing is read but the file.
    """
    source = read_source(path)
    mistakes = list(source.mistakes)
    values = _with_known_names(Environment, source.value, (), source, mistakes)

    faulty: set[Location] = set()
    environment = None
    try:
        # Strict, so that `"10"` is no number and `yes` no text: a parameter means one thing only.
        environment = Environment.model_validate(values, strict=True)
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            location = _without_branches(fault["loc"])
            if fault["type"] == "too_short" and len(fault["input"]) >= fault["ctx"]["min_length"]:
                continue  # pydantic counts sound items only, and has reported the others
            faulty.add(location)
            mistakes.append(Mistake(place=source.place(location), sentence=sentence_for(fault, location, source, field_at(location))))

    for breach in _breaches(values, faulty):
        location = _location(breach.field)
        mistakes.append(Mistake(place=source.place(location), sentence=f"{breach.field}: {breach.sentence}", nearest=breach.nearest))
    if mistakes or environment is None:
        ordered = sorted(mistakes, key=lambda mistake: (int(mistake.place.rpartition(":")[2]), mistake.sentence))
        count = "one mistake" if len(ordered) == 1 else f"{len(ordered)} mistakes"
        raise InputRefused(f"{path} has {count}", tuple(ordered), "Correct the file and run the command again; nothing was started.")
    return environment


def field_at(location: Location) -> Any:
    """Return the model's FieldInfo at this location, or None where the model has no such field."""
    model: type[BaseModel] | None = Environment
    found = None
    for part in location:
        if isinstance(part, int):
            continue
        found = model.model_fields.get(part) if model else None
        model = part_model(found.annotation) if found else None
    return found


def part_model(annotation: Any) -> type[BaseModel] | None:
    """Return the model behind an annotation: itself, or the item of a tuple of models; None for plain values."""
    candidates = (annotation, *get_args(annotation))
    return next((one for one in candidates if isinstance(one, type) and issubclass(one, BaseModel)), None)


def _with_known_names(model: type[BaseModel], value: Any, at: Location, source: Source, mistakes: list[Mistake]) -> Any:
    """Return `value` with unknown names dropped, or read as the missing name they resemble; adds a mistake for each."""
    if isinstance(value, tuple):
        return tuple(_with_known_names(model, item, (*at, index), source, mistakes) for index, item in enumerate(value))
    if not isinstance(value, dict):
        return value
    known: dict[str, Any] = {}
    for name, item in value.items():
        meant = name
        if name not in model.model_fields:
            meant = nearest_name(name, model.model_fields)
            dotted = ".".join(str(part) for part in (*at, name))
            mistakes.append(Mistake(place=source.place((*at, name)), sentence=f"{dotted} is unknown", nearest=meant))
            if not meant or meant in value or meant in known:
                continue
            source.rename((*at, name), (*at, meant))
        annotation = model.model_fields[meant].annotation
        if isinstance(item, bool) and get_origin(annotation) is Literal:
            item = str(item).lower()  # else pydantic takes true for the 1 in Literal[1, 3, 5]
        inner = part_model(annotation)
        known[meant] = _with_known_names(inner, item, (*at, meant), source, mistakes) if inner else item
    return known


def _breaches(values: Any, faulty: set[Location]) -> list[Breach]:
    breaches: list[Breach] = []
    for rule in RULES:
        locations = [_location(field) for field in rule.reads]
        if any(_touch(location, fault) for location in locations for fault in faulty):
            continue
        arguments = [_value_at(values, location) for location in locations]
        if _MISSING not in arguments:
            breaches.extend(rule.check(*arguments))
    return breaches


def _value_at(values: Any, location: Location) -> Any:
    """Return the sound value at a location, the model's default where the file says nothing, a Part where a group is asked for."""
    found = values
    default = None
    for index, part in enumerate(location):
        try:
            found = found[part]
        except (KeyError, IndexError, TypeError):
            default = field_at(location[: index + 1])
            rest = location[index + 1 :]
            break
    else:
        model = part_model(getattr(field_at(location), "annotation", None))
        return model.model_validate(found, strict=True) if model and isinstance(found, dict) else found
    if default is None or default.is_required():
        return _MISSING
    found = default.default
    for part in rest:
        found = getattr(found, str(part))
    return found


def _touch(one: Location, other: Location) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _without_branches(location: tuple[int | str, ...]) -> Location:
    """Return a pydantic location cut where it stops naming fields (unions add names of their branches)."""
    kept: Location = ()
    for part in location:
        if not isinstance(part, int) and field_at((*kept, part)) is None:
            break
        kept = (*kept, part)
    return kept


def _location(dotted: str) -> Location:
    return tuple(int(part) if part.isdigit() else part for part in dotted.split("."))
