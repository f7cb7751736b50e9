"""Putting parameter values into a template, as far as they are known."""

from __future__ import annotations

import pytest

from deployer.planning.template_text import read_template
from deployer.planning.template_values import references, with_values


def value_of(written: str, conditions: str = "{}", **values: str | None) -> object:
    """Return what a property comes to."""
    body = f"""\
Parameters: {{Name: {{Type: String, Default: quiet}}, Stage: {{Type: String}}}}
Conditions: {conditions}
Resources:
  One: {{Type: T, Properties: {{Value: {written}}}}}
"""
    return with_values(read_template(body), values)["Resources"]["One"]["Properties"]["Value"]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        pytest.param("!Ref Stage", "prod", id="given"),
        pytest.param("!Ref Name", "quiet", id="default"),
        pytest.param("!Ref Elsewhere", {"Ref": "Elsewhere"}, id="a resource stays"),
        pytest.param('!Sub "${Stage}-${AWS::Region}-${One.Arn}"', {"Fn::Sub": "prod-${AWS::Region}-${One.Arn}"}, id="Sub"),
        pytest.param('!Sub ["${Stage}-${Name}", {Name: x}]', {"Fn::Sub": ["prod-${Name}", {"Name": "x"}]}, id="Sub's own names"),
        pytest.param("[!Ref Stage, {A: !Ref Stage}]", ["prod", {"A": "prod"}], id="inside lists and maps"),
    ],
)
def test_known_value_is_put_in(written: str, value: object) -> None:
    """What depends on anything else stays as written."""
    assert value_of(written, Stage="prod") == value


def test_value_not_known_yet_stays_a_reference() -> None:
    """Even where the template has a default: the default is not what will be sent."""
    assert value_of("!Ref Name", Name=None) == {"Ref": "Name"}


@pytest.mark.parametrize(
    ("rule", "chosen"),
    [
        pytest.param("!Equals [!Ref Stage, prod]", "yes", id="equal"),
        pytest.param("!Equals [!Ref Stage, test]", "no", id="not equal"),
        pytest.param("!Not [!Equals [!Ref Stage, prod]]", "no", id="not"),
        pytest.param("!And [!Equals [!Ref Stage, prod], !Equals [!Ref Name, loud]]", "no", id="and"),
        pytest.param("!Or [!Equals [!Ref Name, loud], !Condition Other]", "yes", id="or, by another condition"),
        pytest.param("!Or [!Equals [!Ref AWS::Region, here], !Equals [!Ref Stage, prod]]", "yes", id="or needs one truth"),
        pytest.param("!And [!Equals [!Ref AWS::Region, here], !Equals [!Ref Stage, test]]", "no", id="and needs one untruth"),
    ],
)
def test_condition_that_follows_from_parameters_is_decided(rule: str, chosen: str) -> None:
    """`Fn::If` becomes the branch that applies."""
    conditions = f"{{It: {rule}, Other: !Equals [!Ref Stage, prod]}}"

    assert value_of("!If [It, 'yes', 'no']", conditions, Stage="prod") == chosen


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param("!Equals [!Ref AWS::Region, us-east-1]", id="Region"),
        pytest.param("!Equals [!Ref Stage, x]", id="value not known"),
        pytest.param("!And [!Equals [!Ref AWS::Region, us-east-1], !Equals [!Ref Name, quiet]]", id="and of one unknown"),
        pytest.param("!Condition It", id="itself"),
    ],
)
def test_condition_that_hangs_on_more_stays_open(rule: str) -> None:
    """One body serves every Region, so what depends on the Region cannot be decided here."""
    assert value_of("!If [It, 'yes', 'no']", f"{{It: {rule}}}", Stage=None) == {"Fn::If": ["It", "yes", "no"]}


def test_resource_its_condition_excludes_is_left_out() -> None:
    """It will not exist, so it is no change."""
    body = """\
Parameters: {Activation: {Type: String}}
Conditions: {IsLive: !Equals [!Ref Activation, Live], IsHere: !Equals [!Ref AWS::Region, us-east-1]}
Resources:
  Always: {Type: T}
  OnlyLive: {Type: T, Condition: IsLive}
  OnlyHere: {Type: T, Condition: IsHere}
"""

    assert set(with_values(read_template(body), {"Activation": "Prepared"})["Resources"]) == {"Always", "OnlyHere"}


def test_references_name_everything_a_value_hangs_on() -> None:
    """By Ref, GetAtt and Sub, at any depth."""
    value = read_template('V: !Join ["", [!Ref A, !GetAtt B.Arn, !Sub "${C}${D.Arn}", !Sub ["${E}", {E: !Ref F}]]]')

    assert set(references(value)) == {"A", "B", "C", "D", "E", "F"}


def test_a_mapping_is_looked_up_where_both_keys_are_known() -> None:
    """The Region is one of them, when it is given; conditions follow from what was found."""
    template = {
        "Mappings": {"Regions": {"us-east-1": {"Role": "primary"}, "us-east-2": {"Role": "secondary"}}},
        "Conditions": {"IsStandby": {"Fn::Equals": [{"Fn::FindInMap": ["Regions", {"Ref": "AWS::Region"}, "Role"]}, "secondary"]}},
        "Resources": {
            "Table": {"Condition": "IsStandby"},
            "Topic": {"Name": {"Fn::FindInMap": ["Regions", {"Ref": "AWS::Region"}, "Role"]}},
        },
    }

    here, there = (with_values(template, {"AWS::Region": region})["Resources"] for region in ("us-east-1", "us-east-2"))

    assert here == {"Topic": {"Name": "primary"}}
    assert there == {"Table": {"Condition": "IsStandby"}, "Topic": {"Name": "secondary"}}


def test_a_mapping_that_lacks_the_key_stays_as_it_is_written() -> None:
    """So does one whose Region is not known."""
    looked_up = {"Fn::FindInMap": ["Regions", {"Ref": "AWS::Region"}, "Role"]}
    template = {"Mappings": {"Regions": {"us-east-1": {"Role": "primary"}}}, "Resources": {"Topic": {"Name": looked_up}}}

    assert with_values(template, {})["Resources"]["Topic"]["Name"] == looked_up
    assert with_values(template, {"AWS::Region": "eu-west-1"})["Resources"]["Topic"]["Name"] == {
        "Fn::FindInMap": ["Regions", "eu-west-1", "Role"]
    }
