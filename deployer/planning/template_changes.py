"""Which resources differ between two templates, and which outputs will keep their value.

Compares what is written, parameter values put in (`template_values.py`); it asks no one what a change does to a resource, so it
knows of no replacement. A change set knows more, but only AWS can make one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from deployer.planning.plan import ResourceChange
from deployer.planning.template_text import read_template, section
from deployer.planning.template_values import references, with_values

Values = Mapping[str, str | None]

# A plan compares few bodies, each with few sets of values, and each of them many times over.
_KEPT_MAX: Final = 32


def compare_templates(
    old_body: str, new_body: str, *, old_values: Values | None = None, new_values: Values | None = None
) -> tuple[ResourceChange, ...]:
    """Return what differs from `old_body` to `new_body`, sorted by logical id; an empty `old_body` means nothing stands yet.

    The values are parameters by name, None for one not known yet; left out, the templates' defaults hold. Paths are property
    paths such as `Properties.Code.S3Key`; a list or an intrinsic function counts as one value.
    """
    old = _resources(old_body, old_values)
    new = _resources(new_body, new_values)
    changes = []
    for logical_id in sorted(old.keys() | new.keys()):
        if logical_id not in new:
            changes.append(_change("Remove", logical_id, old[logical_id]))
        elif logical_id not in old:
            changes.append(_change("Add", logical_id, new[logical_id]))
        elif old[logical_id] != new[logical_id]:
            paths = tuple(sorted(set(_differing_paths(old[logical_id], new[logical_id], ""))))
            changes.append(ResourceChange(action="Modify", logical_id=logical_id, resource_type=_type_of(new[logical_id]), paths=paths))
    return tuple(changes)


def united(comparisons: Iterable[tuple[ResourceChange, ...]]) -> tuple[ResourceChange, ...]:
    """Return one change a resource for several comparisons; where they disagree, a change of what exists says most."""
    by_id: dict[str, ResourceChange] = {}
    for change in (change for comparison in comparisons for change in comparison):
        other = by_id.get(change.logical_id, change)
        stronger = max(change, other, key=lambda one: ("Add", "Remove", "Modify").index(one.action))
        by_id[change.logical_id] = replace(stronger, paths=tuple(sorted({*change.paths, *other.paths})))
    return tuple(by_id[logical_id] for logical_id in sorted(by_id))


def steady_outputs(old_body: str, new_body: str, *, old_values: Values, new_values: Values) -> frozenset[str]:
    """Return the outputs of the old template that an update to the new one leaves as they are.

    An output is steady when its definition stays and no resource it names differs. A replacement further away is not seen;
    the next plan, made from the outputs as they then are, is what catches it.
    """
    old = section(_with_values(old_body, old_values), "Outputs")
    new = section(_with_values(new_body, new_values), "Outputs")
    changes = compare_templates(old_body, new_body, old_values=old_values, new_values=new_values)
    moving = {change.logical_id for change in changes}
    return frozenset(name for name in old if _value(old[name]) == _value(new.get(name)) and moving.isdisjoint(references(old[name])))


def _resources(body: str, values: Values | None) -> dict[str, Any]:
    return section(_with_values(body, values or {}), "Resources") if body else {}


def _with_values(body: str, values: Values) -> dict[str, Any]:
    """Return the body's resources and outputs with the values put in, to be read and not to be changed."""
    return _kept(body, tuple(sorted(values.items())))


@lru_cache(maxsize=_KEPT_MAX)
def _kept(body: str, values: tuple[tuple[str, str | None], ...]) -> dict[str, Any]:
    return with_values(read_template(body), dict(values))


def _change(action: Any, logical_id: str, resource: Any) -> ResourceChange:
    return ResourceChange(action=action, logical_id=logical_id, resource_type=_type_of(resource))


def _type_of(resource: Any) -> str:
    return str(resource.get("Type", "")) if isinstance(resource, dict) else ""


def _value(output: Any) -> Any:
    return output.get("Value") if isinstance(output, dict) else None


def _differing_paths(old: Any, new: Any, at: str) -> Iterator[str]:
    if old == new:
        return
    if not (isinstance(old, dict) and isinstance(new, dict)) or _is_intrinsic(old) or _is_intrinsic(new):
        yield at
        return
    for key in old.keys() | new.keys():
        inner = f"{at}.{key}" if at else str(key)
        if key in old and key in new:
            yield from _differing_paths(old[key], new[key], inner)
        else:
            yield inner


def _is_intrinsic(value: dict[str, Any]) -> bool:
    return len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref"))
