"""A template with its parameter values put in: what CloudFormation would make of it, as far as that is known beforehand.

Partial on purpose: `Ref` and `Fn::Sub` of parameters with known values, `Fn::FindInMap` where the keys are known, `Fn::If` and resource
conditions that follow from them. Whatever depends on a resource or a value not known yet stays as it is written; the Region is known
where it is given as `AWS::Region`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from deployer.planning.template_text import parameter_defaults, section

_PLACEHOLDER: Final = re.compile(r"\$\{([A-Za-z0-9:.]+)\}")


def with_values(template: dict[str, Any], values: Mapping[str, str | None]) -> dict[str, Any]:
    """Return `Resources` and `Outputs` with `values` and the template's own defaults put in, and without what conditions exclude.

    `values` maps parameter names to values; None means not known yet, even where there is a default.
    """
    known = {name: value for name, value in {**parameter_defaults(template), **values}.items() if value is not None}
    template = _looked_up(template, section(template, "Mappings"), known)
    conditions = section(template, "Conditions")
    truths = {name: _truth(rule, known, conditions, frozenset({name})) for name, rule in conditions.items()}
    return {
        name: {
            key: _put_in(item, known, truths)
            for key, item in section(template, name).items()
            if not (isinstance(item, dict) and truths.get(str(item.get("Condition"))) is False)
        }
        for name in ("Resources", "Outputs")
    }


def references(value: Any) -> Iterator[str]:
    """Yield the logical ids and parameter names that a piece of template refers to."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "Ref":
                yield str(item)
            elif key == "Fn::GetAtt":
                yield str(item[0])
            elif key == "Fn::Sub":
                yield from (name.split(".")[0] for name in _PLACEHOLDER.findall(item if isinstance(item, str) else item[0]))
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def _looked_up(value: Any, mappings: Mapping[str, Any], known: Mapping[str, str]) -> Any:
    """Return the value with every `Fn::FindInMap` answered whose two keys are known and in the mapping."""
    if isinstance(value, list):
        return [_looked_up(item, mappings, known) for item in value]
    if not isinstance(value, dict):
        return value
    match value:
        case {"Fn::FindInMap": [str(name), first, str(second), *_]}:
            key = _put_in(first, known, {})
            found = mappings.get(name, {}).get(key, {}) if isinstance(key, str) else {}
            return found.get(second, value)
    return {key: _looked_up(item, mappings, known) for key, item in value.items()}


def _put_in(value: Any, known: Mapping[str, str], truths: Mapping[str, bool | None]) -> Any:
    if isinstance(value, list):
        return [_put_in(item, known, truths) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        [(name, argument)] = value.items()
        if name == "Ref" and argument in known:
            return known[argument]
        if name == "Fn::Sub":
            return {name: _substituted(argument, known, truths)}
        if name == "Fn::If" and isinstance(argument, list) and truths.get(str(argument[0])) is not None:
            return _put_in(argument[1] if truths[argument[0]] else argument[2], known, truths)
    return {key: _put_in(item, known, truths) for key, item in value.items()}


def _substituted(argument: Any, known: Mapping[str, str], truths: Mapping[str, bool | None]) -> Any:
    """Return `Fn::Sub`'s text with known parameters in place; names of its own map hide parameters, as in CloudFormation."""
    text, own = (argument, {}) if isinstance(argument, str) else (argument[0], argument[1])
    text = _PLACEHOLDER.sub(lambda match: match[0] if match[1] in own else known.get(match[1], match[0]), text)
    return [text, _put_in(own, known, truths)] if own else text


def _truth(rule: Any, known: Mapping[str, str], conditions: dict[str, Any], open_: frozenset[str]) -> bool | None:
    """Return what a condition comes to, None when that is not known here; `open_` are the conditions being worked out."""
    if not isinstance(rule, dict) or len(rule) != 1:
        return None
    [(name, argument)] = rule.items()
    if name == "Condition":
        inner = conditions.get(argument) if argument not in open_ else None
        return _truth(inner, known, conditions, open_ | {argument})
    if name == "Fn::Equals":
        one, other = (_put_in(side, known, {}) for side in argument)
        return str(one) == str(other) if not isinstance(one, dict | list) and not isinstance(other, dict | list) else None
    parts = [_truth(part, known, conditions, open_) for part in argument] if isinstance(argument, list) else []
    if name == "Fn::Not" and len(parts) == 1:
        return None if parts[0] is None else not parts[0]
    deciding = {"Fn::And": False, "Fn::Or": True}.get(name)
    if deciding is None:
        return None
    return deciding if deciding in parts else (None if None in parts else not deciding)
