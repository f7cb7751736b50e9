"""Comparing two templates resource by resource."""

from __future__ import annotations

from deployer.planning.plan import ResourceChange
from deployer.planning.template_changes import compare_templates, steady_outputs, united
from tests.support.surveys import REGIONAL_BODY


def shape(changes: tuple[ResourceChange, ...]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return what matters of changes."""
    return [(change.action, change.logical_id, change.paths) for change in changes]


def test_same_template_has_no_changes() -> None:
    """Compared with itself, nothing differs."""
    assert compare_templates(REGIONAL_BODY, REGIONAL_BODY) == ()


def test_comments_order_and_short_forms_are_no_changes() -> None:
    """CloudFormation would find nothing to do either."""
    old = "Resources: {A: {Type: T, Properties: {X: !Ref B, Y: 1}}, B: {Type: T}}"
    new = "# a comment\nResources:\n  B: {Type: T}\n  A:\n    Type: T\n    Properties: {Y: 1, X: {Ref: B}}\n"

    assert compare_templates(old, new) == ()


def test_nothing_before_means_everything_is_added() -> None:
    """With each resource's type."""
    assert compare_templates("", "Resources: {B: {Type: T2}, A: {Type: T1}}") == (
        ResourceChange(action="Add", logical_id="A", resource_type="T1"),
        ResourceChange(action="Add", logical_id="B", resource_type="T2"),
    )


def test_changes_name_property_paths() -> None:
    """Down to the value; lists and functions are one value each."""
    old = """\
Resources:
  A: {Type: T, Properties: {Code: {S3Key: one, S3Bucket: b}, Tags: [1, 2], Name: !Sub "${AWS::Region}-a"}}
  Gone: {Type: T}
"""
    new = """\
Resources:
  A: {Type: T, DependsOn: New, Properties: {Code: {S3Key: two, S3Bucket: b}, Tags: [1, 3], Name: !Sub "${AWS::Region}-b"}}
  New: {Type: T}
"""

    assert shape(compare_templates(old, new)) == [
        ("Modify", "A", ("DependsOn", "Properties.Code.S3Key", "Properties.Name", "Properties.Tags")),
        ("Remove", "Gone", ()),
        ("Add", "New", ()),
    ]


def test_parameter_value_changes_what_refers_to_it() -> None:
    """The same template with another value is a change of those resources alone."""
    body = "Parameters: {Key: {Type: String}}\nResources: {F: {Type: T, Properties: {Key: !Ref Key}}, G: {Type: T}}"

    assert shape(compare_templates(body, body, old_values={"Key": "1"}, new_values={"Key": "2"})) == [("Modify", "F", ("Properties.Key",))]


def test_condition_that_turns_true_adds_its_resource() -> None:
    """What the second pass does is told as what it does."""
    changes = compare_templates(REGIONAL_BODY, REGIONAL_BODY, old_values={"Activation": "Prepared"}, new_values={"Activation": "Live"})

    assert ("Add", "Canary", ()) in shape(changes)


def test_output_is_steady_while_what_it_names_is() -> None:
    """A resource elsewhere in the template may change."""
    old = "Resources: {A: {Type: T}, B: {Type: T, Properties: {V: 1}}}\nOutputs: {OfA: {Value: !Ref A}, OfB: {Value: !GetAtt B.Arn}}"
    new = old.replace("V: 1", "V: 2")

    assert steady_outputs(old, new, old_values={}, new_values={}) == {"OfA"}


def test_output_with_another_definition_or_none_is_not_steady() -> None:
    """Only its description may change."""
    old = "Resources: {A: {Type: T}}\nOutputs: {Kept: {Value: !Ref A}, Changed: {Value: !Ref A}, Gone: {Value: !Ref A}}"
    new = "Resources: {A: {Type: T}}\nOutputs: {Kept: {Value: !Ref A, Description: d}, Changed: {Value: !GetAtt A.Arn}}"

    assert steady_outputs(old, new, old_values={}, new_values={}) == {"Kept"}


def test_comparisons_of_two_regions_are_told_once() -> None:
    """Where they disagree, the change of what exists wins, with all paths."""
    add = ResourceChange(action="Add", logical_id="A", resource_type="T")
    one = ResourceChange(action="Modify", logical_id="A", resource_type="T", paths=("Properties.X",))
    other = ResourceChange(action="Modify", logical_id="A", resource_type="T", paths=("Properties.Y",))

    assert shape(united([(add,), (one,), (other,)])) == [("Modify", "A", ("Properties.X", "Properties.Y"))]
    assert united([(add,), ()]) == (add,)
