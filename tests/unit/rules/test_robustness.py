"""No shape of a template makes a rule raise: one that raises would hide what all others find."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.support.rendering import as_data
from tests.support.rule_pack import TEMPLATES, objections

BODIES = [json.dumps(as_data(path.read_text("utf-8"))) for path in sorted(TEMPLATES.glob("*/*.yaml"))]
JUNK: list[Any] = [
    None,
    "",
    "us-east-1",
    7,
    True,
    [],
    {},
    ["x", 1, None],
    {"Ref": "Nothing"},
    {"Ref": ["x"]},
    {"Fn::GetAtt": []},
    {"Fn::Sub": ["${A}", {"A": {"Ref": "AWS::NoValue"}}]},
    {"Fn::Join": ["", [{"Ref": "AWS::Region"}, None]]},
    {"Fn::If": ["Nothing", "x", {"Ref": "AWS::NoValue"}]},
    {"Fn::FindInMap": ["Regions", {"Ref": "AWS::Region"}, "Role"]},
    {"Fn::FindInMap": ["Regions", {"Ref": "AWS::Region"}, {"Ref": "Nothing"}]},
    {"Fn::FindInMap": [["x"], {"Ref": "AWS::Region"}, "Role"]},
]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value below the top."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    return [place for key in keys for place in ((*path, key), *places(value[key], (*path, key)))]


@given(st.data())
def test_junk_anywhere_makes_no_rule_raise(data: st.DataObject) -> None:
    """What is wrong with it is cfn-lint's to say."""
    body = json.loads(data.draw(st.sampled_from(BODIES)))
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(places(body)))
        here = body
        for key in way:
            here = here[key]
        here[last] = deepcopy(data.draw(st.sampled_from(JUNK)))

    assert "E0002" not in objections(json.dumps(body))


def test_circles_mean_nothing() -> None:
    """A condition or a name that means itself is cfn-lint's to object to."""
    body = """
Conditions: {A: !Not [!Condition B], B: !Not [!Condition A]}
Resources:
  Name: {Type: AWS::ApiGateway::DomainName, Properties: {DomainName: !Sub "${Name}", SecurityPolicy: !If [A, !Ref Name, !Ref Name]}}
"""

    assert objections(body) == []
