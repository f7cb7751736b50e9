"""Reading CloudFormation's YAML."""

from __future__ import annotations

import pytest

from deployer.planning.template_text import hidden_parameters, parameter_defaults, read_template
from deployer.vocabulary.errors import DeployerError


@pytest.mark.parametrize(
    ("short", "long"),
    [
        pytest.param("!Ref Name", {"Ref": "Name"}, id="Ref"),
        pytest.param("!Condition IsLive", {"Condition": "IsLive"}, id="Condition"),
        pytest.param("!GetAtt Table.StreamArn", {"Fn::GetAtt": ["Table", "StreamArn"]}, id="GetAtt with a dot"),
        pytest.param("!GetAtt Nested.Outputs.Id", {"Fn::GetAtt": ["Nested", "Outputs.Id"]}, id="GetAtt with two dots"),
        pytest.param("!GetAtt [Table, Arn]", {"Fn::GetAtt": ["Table", "Arn"]}, id="GetAtt of a list"),
        pytest.param('!Sub ["${A}", {A: !Ref B}]', {"Fn::Sub": ["${A}", {"A": {"Ref": "B"}}]}, id="functions inside functions"),
        pytest.param("2012-10-17", "2012-10-17", id="a date is text"),
    ],
)
def test_short_form_is_the_long_form(short: str, long: object) -> None:
    """Two ways to write a thing compare as one."""
    assert read_template(f"Value: {short}")["Value"] == long


def test_json_is_yaml_too() -> None:
    """A stack somebody made from JSON can be compared."""
    assert read_template('{"Resources": {"A": {"Type": "T"}}}') == {"Resources": {"A": {"Type": "T"}}}


def test_reader_may_change_what_was_read() -> None:
    """Each reading is a copy of its own."""
    read_template("a: {b: 1}")["a"]["b"] = 2

    assert read_template("a: {b: 1}") == {"a": {"b": 1}}


@pytest.mark.parametrize("body", ["a: [", "- a", "text"])
def test_text_that_is_no_template_is_refused(body: str) -> None:
    """With a sentence, not with a parser's trace."""
    with pytest.raises(DeployerError, match="no CloudFormation YAML"):
        read_template(body)


def test_defaults_are_told_as_cloudformation_sends_them() -> None:
    """Every parameter value is text to CloudFormation."""
    template = read_template("Parameters: {A: {Default: 5}, B: {Default: true}, C: {Type: String}, D: {Default: x, NoEcho: true}}")

    assert parameter_defaults(template) == {"A": "5", "B": "true", "D": "x"}
    assert hidden_parameters(template) == {"D"}
