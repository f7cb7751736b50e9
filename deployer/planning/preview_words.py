"""What a preview says in sentences: which parameters and tags change, whose code, and what of the contract with callers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from deployer.planning.preview import HIDDEN, Preview, PreviewColumn, changed_code, shown_value
from deployer.planning.template_text import hidden_parameters, parameter_defaults, read_template, section

Values = Mapping[str, str]

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch")
_DEPTH_MAX: Final = 12


def parameter_words(column: PreviewColumn, old_body: str, new_body: str, old: Values, new: Values) -> Iterator[tuple[str, str]]:
    """Yield (sentence, Region) for each parameter whose value changes, defaults filled in; values that AWS hides stay hidden."""
    new_template, old_template = read_template(new_body), read_template(old_body)
    hidden = hidden_parameters(new_template) | hidden_parameters(old_template)
    before, after = {**parameter_defaults(old_template), **old}, {**parameter_defaults(new_template), **new}
    for name in sorted(section(old_template, "Parameters").keys() | section(new_template, "Parameters").keys()):
        was, is_ = (values.get(name) for values in (before, after))
        if name in hidden or was == is_ or any(name == one for one, _ in column.unsettled):
            continue
        if is_ is None or name not in section(new_template, "Parameters"):
            yield f"Parameter {name} of {column.kind} goes", column.region
        elif was is None or name not in section(old_template, "Parameters"):
            yield f"Parameter {name} of {column.kind} comes, as {_told(name, is_)}", column.region
        else:
            yield f"Parameter {name} of {column.kind}: {_told(name, was)} → {_told(name, is_)}", column.region


def tag_words(column: PreviewColumn, old: Values, new: Values) -> Iterator[tuple[str, str]]:
    """Yield (sentence, Region) for each tag of the stack that changes; CloudFormation hands it on to every resource that takes tags."""
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) == new.get(key):
            continue
        if key not in new:
            told = " goes"
        elif key not in old:
            told = f" comes, as {shown_value(key, new[key])}"
        else:
            told = f": {shown_value(key, old[key])} → {shown_value(key, new[key])}"
        yield f"Tag {key} of {column.kind} and its resources{told}", column.region


def unsettled_words(column: PreviewColumn) -> Iterator[tuple[str, str]]:
    """Yield (sentence, Region) for each parameter that was previewed with the value that stands."""
    for name, when in column.unsettled:
        yield f"{name} of {column.kind} is {when}: previewed with the value that stands", column.region


def state_words(column: PreviewColumn) -> Iterator[tuple[str, str]]:
    """Yield why a column does not come from a change set, where that is worth a word."""
    if column.state == "compared":
        yield f"{column.stack_name}: no change set could be asked, for {column.note}; templates were compared instead", column.region
    elif column.state == "refused":
        yield f"{column.stack_name}: CloudFormation refuses the change: {column.note}", column.region


def code_words(preview: Preview) -> Iterator[tuple[str, str]]:
    """Yield (sentence, Region) for each function, layer or canary that gets other code."""
    for logical_id, region, before, after in changed_code(preview):
        yield f"Code of {logical_id}: {_package(before)} → {_package(after)}", region


def contract_of(body: str) -> dict[str, Any]:
    """Return the OpenAPI document of a template's REST API, empty when it has none."""
    for resource in section(read_template(body), "Resources").values() if body else ():
        if resource.get("Type") == "AWS::ApiGateway::RestApi":
            document = resource.get("Properties", {}).get("Body")
            return document if isinstance(document, dict) else {}
    return {}


def contract_words(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a sentence for each operation, answer and field that the contract gains or loses."""
    before, after = dict(_promises(old)), dict(_promises(new))
    words = []
    for promise in sorted(before.keys() | after.keys()):
        # What belongs to an operation that comes or goes comes and goes with it.
        if promise[1:] and (promise[:1] in before) != (promise[:1] in after):
            continue
        name = " ".join(promise)
        if promise not in after:
            words.append(f"Contract: {name} goes")
        elif promise not in before:
            words.append(f"Contract: {name} comes{', required' if after[promise] == 'required' else ''}")
        elif before[promise] != after[promise]:
            words.append(f"Contract: {name} was {before[promise] or 'optional'}, becomes {after[promise] or 'optional'}")
    return tuple(words)


def told_once(said: list[tuple[str, str]]) -> tuple[str, ...]:
    """Return each sentence once, with the Regions that it holds for, in the order in which they were said."""
    regions: dict[str, list[str]] = {}
    for sentence, region in said:
        regions.setdefault(sentence, []).append(region)
    return tuple(f"{sentence} ({', '.join(dict.fromkeys(where))})." for sentence, where in regions.items())


def _promises(document: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield what the contract promises, as words, with what is said of it (`required`, a type, or nothing)."""
    for path, methods in (document.get("paths") or {}).items():
        for method, operation in methods.items():
            if method not in _METHODS or not isinstance(operation, dict) or "operationId" not in operation:
                continue
            name = f"{method.upper()} {path}"
            yield (name,), ""
            for parameter in (_resolved(document, one) for one in operation.get("parameters") or ()):
                said = "required" if parameter.get("required") else ""
                yield (name, f"{parameter.get('in')} parameter {parameter.get('name')}"), said
            for field, said in _fields(document, _schema(document, operation.get("requestBody")), "", 0):
                yield (name, f"request field {field}"), said
            for status, answer in (operation.get("responses") or {}).items():
                yield (name, f"answer {status}"), ""
                for field, said in _fields(document, _schema(document, answer), "", 0):
                    yield (name, f"answer {status} field {field}"), said


def _schema(document: Mapping[str, Any], carrier: Any) -> Any:
    content = _resolved(document, carrier or {}).get("content") or {}
    return next((media.get("schema") for media in content.values()), None) or {}


def _fields(document: Mapping[str, Any], schema: Any, at: str, depth: int) -> Iterator[tuple[str, str]]:
    schema = _resolved(document, schema)
    if depth > _DEPTH_MAX:
        return
    for part in schema.get("allOf") or ():
        yield from _fields(document, part, at, depth + 1)
    if isinstance(schema.get("items"), dict):
        yield from _fields(document, schema["items"], f"{at}[]", depth + 1)
    for name, inner in (schema.get("properties") or {}).items():
        place = f"{at}.{name}" if at else name
        yield place, "required" if name in (schema.get("required") or ()) else ""
        yield from _fields(document, inner, place, depth + 1)


def _resolved(document: Mapping[str, Any], value: Any) -> dict[str, Any]:
    for _ in range(_DEPTH_MAX):
        if not isinstance(value, dict) or "$ref" not in value:
            break
        target: Any = document
        for step in str(value["$ref"]).removeprefix("#/").split("/"):
            target = target.get(step, {}) if isinstance(target, dict) else {}
        value = target
    return value if isinstance(value, dict) else {}


def _package(key: str) -> str:
    return key.removesuffix(".zip")


def _told(name: str, value: str) -> str:
    told = shown_value(name, value)
    return "(empty)" if told == "" else str(told if told is not None else HIDDEN)
