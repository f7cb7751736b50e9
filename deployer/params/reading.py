"""A YAML file and a model in, one checked instance out; or every mistake in the file at once.

In this order: the file is read (`source.py`), unknown names are matched to known ones, the model checks each field, the rules
across fields run on whatever is sound enough for them. Only a file that is no YAML ends earlier. A misspelt name is reported once
and then read as the name it resembles, so that what stands under it is checked in the same run.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from deployer.params.breach import Breach, Rule
from deployer.params.nearest import nearest_name
from deployer.params.part import Part
from deployer.params.sentences import sentence_for
from deployer.params.source import Location, Source, read_source
from deployer.vocabulary.errors import InputRefused, Mistake

_MISSING: Final = object()

Model = TypeVar("Model", bound=Part)


def read_model(path: Path, model: type[Model], rules: tuple[Rule, ...]) -> Model:
    """Return the instance of `model` that this file describes, by whose fields and `rules` it is sound.

    Raises InputRefused with all mistakes, in the order of the file's lines; nothing is read but the file.
    """
    source = read_source(path)
    mistakes = list(source.mistakes)
    values = _with_known_names(model, source.value, (), source, mistakes)

    faulty: set[Location] = set()
    found = None
    try:
        # Strict, so that `"10"` is no number and `yes` no text: a parameter means one thing only.
        found = model.model_validate(values, strict=True)
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            location = _without_branches(model, fault["loc"])
            if fault["type"] == "too_short" and len(fault["input"]) >= fault["ctx"]["min_length"]:
                continue  # pydantic counts sound items only, and has reported the others
            faulty.add(location)
            sentence = sentence_for(fault, location, source, field_at(model, location))
            mistakes.append(Mistake(place=source.place(location), sentence=sentence))

    for breach in _breaches(model, rules, values, faulty):
        location = _location(breach.field)
        mistakes.append(Mistake(place=source.place(location), sentence=f"{breach.field}: {breach.sentence}", nearest=breach.nearest))
    if mistakes or found is None:
        ordered = sorted(mistakes, key=lambda mistake: (int(mistake.place.rpartition(":")[2]), mistake.sentence))
        count = "one mistake" if len(ordered) == 1 else f"{len(ordered)} mistakes"
        raise InputRefused(f"{path} has {count}", tuple(ordered), "Correct the file and run the command again; nothing was started.")
    return found


def field_at(model: type[BaseModel], location: Location) -> Any:
    """Return the FieldInfo at this location of a model, or None where it has no such field."""
    here: type[BaseModel] | None = model
    found = None
    for part in location:
        if isinstance(part, int):
            continue
        found = here.model_fields.get(part) if here else None
        here = part_model(found.annotation) if found else None
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


def _breaches(model: type[BaseModel], rules: tuple[Rule, ...], values: Any, faulty: set[Location]) -> list[Breach]:
    breaches: list[Breach] = []
    for rule in rules:
        locations = [_location(field) for field in rule.reads]
        if any(_touch(location, fault) for location in locations for fault in faulty):
            continue
        arguments = [_value_at(model, values, location) for location in locations]
        if _MISSING not in arguments:
            breaches.extend(rule.check(*arguments))
    return breaches


def _value_at(model: type[BaseModel], values: Any, location: Location) -> Any:
    """Return the sound value at a location, the model's default where the file says nothing, a Part where a group is asked for."""
    found = values
    default = None
    for index, part in enumerate(location):
        try:
            found = found[part]
        except (KeyError, IndexError, TypeError):
            default = field_at(model, location[: index + 1])
            rest = location[index + 1 :]
            break
    else:
        inner = part_model(getattr(field_at(model, location), "annotation", None))
        return inner.model_validate(found, strict=True) if inner and isinstance(found, dict) else found
    if default is None or default.is_required():
        return _MISSING
    found = default.default
    for part in rest:
        found = getattr(found, str(part))
    return found


def _touch(one: Location, other: Location) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _without_branches(model: type[BaseModel], location: tuple[int | str, ...]) -> Location:
    """Return a pydantic location cut where it stops naming fields (unions add names of their branches)."""
    kept: Location = ()
    for part in location:
        if not isinstance(part, int) and field_at(model, (*kept, part)) is None:
            break
        kept = (*kept, part)
    return kept


def _location(dotted: str) -> Location:
    return tuple(int(part) if part.isdigit() else part for part in dotted.split("."))
