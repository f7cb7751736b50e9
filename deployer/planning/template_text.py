"""CloudFormation's YAML, read into plain values: short forms become long ones (`!Ref X` → `{"Ref": "X"}`).

A loader of our own rather than cfn-lint's decoder: planning a change must not cost the second that importing cfn-lint takes.
Reads text that was rendered by this tool or deployed by it; it judges nothing (that is the lint gate's work).
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, Final

import yaml

from deployer.vocabulary.errors import DeployerError

_TIMESTAMP: Final = "tag:yaml.org,2002:timestamp"
_UNPREFIXED: Final = ("Ref", "Condition")

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _TemplateLoader(_Base):  # type: ignore[misc]
    """YAML with CloudFormation's tags; `2012-10-17` stays text."""

    yaml_implicit_resolvers: Final = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != _TIMESTAMP]
        for first, resolvers in _Base.yaml_implicit_resolvers.items()
    }


def _long_form(loader: Any, name: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_scalar(node)
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name if name in _UNPREFIXED else f"Fn::{name}": value}


_TemplateLoader.add_multi_constructor("!", _long_form)


@lru_cache(maxsize=16)
def _parsed(body: str) -> str:
    try:
        template = yaml.load(body, Loader=_TemplateLoader)  # noqa: S506 - a safe loader, see above
    except yaml.YAMLError as error:
        raise DeployerError("A template body is no CloudFormation YAML", str(error)) from error
    if not isinstance(template, dict):
        raise DeployerError("A template body is no CloudFormation YAML", "it holds no mapping")
    return json.dumps(template, default=str)


def read_template(body: str) -> dict[str, Any]:
    """Return the template as plain values, a fresh copy each time; raises DeployerError for text that is no template."""
    template: dict[str, Any] = json.loads(_parsed(body))
    return template


def section(template: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a top-level section such as `Resources`, empty when the template has none."""
    found = template.get(name)
    return found if isinstance(found, dict) else {}


def parameter_defaults(template: dict[str, Any]) -> dict[str, str]:
    """Return name → default, as CloudFormation would send it, for every declared parameter that has one."""
    declared = section(template, "Parameters")
    return {name: _as_sent(rule["Default"]) for name, rule in declared.items() if isinstance(rule, dict) and "Default" in rule}


def hidden_parameters(template: dict[str, Any]) -> frozenset[str]:
    """Return the NoEcho parameters: AWS never tells their values, so they cannot be compared."""
    declared = section(template, "Parameters")
    return frozenset(name for name, rule in declared.items() if isinstance(rule, dict) and str(rule.get("NoEcho")).lower() == "true")


def _as_sent(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
