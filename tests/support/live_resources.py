"""What stands in a live Region of a rendered system: conditions decided, names put in."""

from __future__ import annotations

from typing import Any

from deployer.rendering.rendered import RenderedSystem
from tests.support.rendering import as_data

LIVE = {"Activation": "Live", "HealthCheckIdPrimary": "check-1", "HealthCheckIdSecondary": "check-2"}


def live_resources(system: RenderedSystem, region: str, values: dict[str, str] | None = None) -> dict[str, Any]:
    """Return the regional resources that exist in a Region, by logical id; `values` of parameters are those of a live system."""
    template = as_data(system.regional.body)
    return {
        logical_id: resource
        for logical_id, resource in template["Resources"].items()
        if "Condition" not in resource or _holds({"Condition": resource["Condition"]}, template, region, LIVE | (values or {}))
    }


def live_names(system: RenderedSystem, region: str, kind: str, property_name: str) -> set[str]:
    """Return the physical names of a Region's resources of one type."""
    template = as_data(system.regional.body)
    resources = (one for one in live_resources(system, region).values() if one["Type"] == kind)
    return {str(_resolved(one["Properties"].get(property_name), template, region, LIVE)) for one in resources}


def _holds(rule: Any, template: Any, region: str, values: dict[str, str]) -> bool:
    [(name, argument)] = rule.items()
    if name == "Condition":
        return _holds(template["Conditions"][argument], template, region, values)
    if name == "Fn::Equals":
        one, other = (_resolved(part, template, region, values) for part in argument)
        return str(one) == str(other)
    parts = [_holds(part, template, region, values) for part in argument]
    return {"Fn::And": all(parts), "Fn::Or": any(parts), "Fn::Not": not parts[0]}[name]


def _resolved(value: Any, template: Any, region: str, values: dict[str, str]) -> Any:
    if not isinstance(value, dict):
        return value
    if value == {"Ref": "AWS::Region"}:
        return region
    if "Ref" in value:
        return values.get(value["Ref"], f"<{value['Ref']}>")
    if "Fn::FindInMap" in value:
        name, _region, key = value["Fn::FindInMap"]
        return template["Mappings"][name][region][key]
    return str(value)
