"""What a template's resources and outputs refer to, and what of it is not there.

CloudFormation refuses such a template before it touches anything, so that it costs nobody a roll-back. Pure: no server, no state.
Source: "Condition functions" and "Ref", CloudFormation User Guide: a reference has to lead to a parameter, a pseudo parameter or a
resource of the template, and to one whose condition holds wherever the reference itself counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

_VARIABLE: Final = re.compile(r"\$\{([^!}][^}]*)\}")
# What is no setting of a resource that could refer to anything.
_PLAIN: Final = frozenset({"Type", "Condition", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy"})


def unresolved(template: Mapping[str, Any], conditions: Mapping[str, bool]) -> str:
    """Return why CloudFormation refuses the template, "" when every reference leads somewhere.

    `conditions` are the conditions' values; one that is not among them may hold or not, and is taken to hold.
    A template with a macro is passed over: nobody knows what it will make of it.
    """
    if template.get("Transform"):
        return ""
    resources = template.get("Resources") or {}
    declared = {*resources, *(template.get("Parameters") or {})}
    there = declared - {name for name, one in resources.items() if not _holds(one, conditions)}
    for block in ("Resources", "Outputs"):
        missing: set[str] = set()
        for one in (template.get(block) or {}).values():
            if not isinstance(one, Mapping) or not _holds(one, conditions):
                continue
            settings = [value for key, value in one.items() if key not in _PLAIN]
            missing |= {name for name in _references(settings, conditions) if name not in there and not name.startswith("AWS::")}
            # To wait for a resource that its condition leaves out is to wait for nothing.
            missing |= set(_listed(one.get("DependsOn", []))) - declared
        if missing:
            names = ", ".join(sorted(missing))
            return f"Template format error: Unresolved resource dependencies [{names}] in the {block} block of the template"
    return ""


def _references(value: Any, conditions: Mapping[str, bool]) -> Iterator[str]:
    """Yield what is referred to, by logical id or parameter; of an Fn::If, by the branch that is taken."""
    if isinstance(value, list):
        for one in value:
            yield from _references(one, conditions)
    if not isinstance(value, Mapping):
        return
    for key, argument in value.items():
        if key == "Ref" and isinstance(argument, str):
            yield argument
        elif key == "Fn::GetAtt":
            yield str(argument[0] if isinstance(argument, list) else argument.partition(".")[0])
        elif key == "Fn::Sub":
            yield from _of_text(argument, conditions)
        elif key == "Fn::If":
            condition, then, otherwise = argument
            taken = conditions.get(condition)
            yield from _references([then, otherwise] if taken is None else then if taken else otherwise, conditions)
        else:
            yield from _references(argument, conditions)


def _of_text(argument: Any, conditions: Mapping[str, bool]) -> Iterator[str]:
    text, values = argument if isinstance(argument, list) else (argument, {})
    yield from (name.partition(".")[0] for name in _VARIABLE.findall(text) if name not in values)
    yield from _references(list(values.values()), conditions)


def _holds(one: Any, conditions: Mapping[str, bool]) -> bool:
    return not isinstance(one, Mapping) or conditions.get(one.get("Condition", ""), True)


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
