"""References of a template that lead nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.local.template_references import unresolved

IN_RESOURCES = "Template format error: Unresolved resource dependencies [Nobody] in the Resources block of the template"
IN_OUTPUTS = IN_RESOURCES.replace("Resources", "Outputs")


def a_template(value: Any, **parts: Any) -> dict[str, Any]:
    """Return a template with one resource that has `value` for a property, and another that stands only under a condition."""
    resources = {
        "One": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": value}},
        "Perhaps": {"Type": "AWS::SNS::Topic", "Condition": "IsLive"},
    }
    return {"Parameters": {"Text": {"Type": "String"}}, "Resources": resources | parts.pop("Resources", {}), **parts}


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "Nobody"},
        {"Fn::GetAtt": ["Nobody", "Arn"]},
        {"Fn::GetAtt": "Nobody.Arn"},
        {"Fn::Sub": "${Text} and ${Nobody.Arn}"},
        {"Fn::Sub": ["${Own}", {"Own": {"Ref": "Nobody"}}]},
        {"Fn::If": ["IsLive", {"Ref": "Nobody"}, {"Ref": "AWS::NoValue"}]},
        [{"deep": {"down": {"Ref": "Nobody"}}}],
    ],
)
def test_every_way_to_refer_to_nobody_is_refused(value: Any) -> None:
    """In a resource, and in an output."""
    assert unresolved(a_template(value), {"IsLive": True}) == IN_RESOURCES
    assert unresolved(a_template("", Outputs={"Told": {"Value": value}}), {"IsLive": True}) == IN_OUTPUTS


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "Text"},
        {"Ref": "One"},
        {"Ref": "AWS::Region"},
        {"Fn::GetAtt": ["One", "Arn"]},
        {"Fn::Sub": "${AWS::Region} ${Text} ${One.Arn} ${!Nobody}"},
        {"Fn::Sub": ["${Own}", {"Own": "text"}]},
        {"Fn::If": ["IsLive", {"Ref": "Perhaps"}, ""]},
    ],
)
@pytest.mark.parametrize("conditions", [{"IsLive": True}, {"IsLive": False}, {}])
def test_what_leads_somewhere_is_left_alone(value: Any, conditions: dict[str, bool]) -> None:
    """Parameters, resources, what CloudFormation knows by itself, and what a branch that is not taken would need."""
    assert unresolved(a_template(value), conditions) == ""


@pytest.mark.parametrize(("is_live", "refused"), [(True, False), (False, True)])
def test_a_resource_that_its_condition_leaves_out_cannot_be_referred_to(is_live: bool, refused: bool) -> None:
    """It is as good as not declared."""
    assert bool(unresolved(a_template({"Ref": "Perhaps"}), {"IsLive": is_live})) is refused


def test_who_is_left_out_may_refer_to_anybody_left_out() -> None:
    """Resource and output go by their own conditions first."""
    guarded = {"Condition": "IsLive", "Properties": {"DisplayName": {"Ref": "Perhaps"}}}
    template = a_template("", Resources={"Two": guarded}, Outputs={"Told": {"Condition": "IsLive", "Value": {"Ref": "Two"}}})

    assert unresolved(template, {"IsLive": False}) == ""


def test_to_wait_for_nobody_is_refused_and_for_one_left_out_is_not() -> None:
    """DependsOn goes by what is declared."""
    assert unresolved(a_template("", Resources={"Two": {"DependsOn": "Nobody"}}), {}) == IN_RESOURCES
    assert unresolved(a_template("", Resources={"Two": {"DependsOn": ["One", "Perhaps"]}}), {"IsLive": False}) == ""


def test_all_names_are_told_at_once_and_a_macro_is_not_guessed_at() -> None:
    """Sorted, as CloudFormation tells them."""
    template = a_template([{"Ref": "B"}, {"Ref": "A"}, {"Ref": "B"}])

    assert "[A, B]" in unresolved(template, {})
    assert unresolved(template | {"Transform": "Own::Macro"}, {}) == ""
