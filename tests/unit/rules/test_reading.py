"""What the rules are handed: values followed as far as they can be known, and no further."""

from __future__ import annotations

from typing import Any

import pytest
from cfnlint.context.parameters import ParameterSet
from cfnlint.decode.decode import decode_str
from cfnlint.template import Template
from hypothesis import given
from hypothesis import strategies as st

from deployer.rules.reading import Reading
from deployer.rules.recovery_budget import least

BODY = """\
Parameters:
  Zone: {Type: String}
  Size: {Type: Number, MinValue: 3, MaxValue: 9}
  Speed: {Type: Number, AllowedValues: [10, 30]}
  Stage: {Type: String, Default: test, AllowedValues: [test, live]}
Mappings:
  Regions:
    us-east-1: {Role: primary, Peer: us-east-2}
    us-east-2: {Role: secondary, Peer: us-east-1}
Conditions:
  IsPrimary: !Equals [!FindInMap [Regions, !Ref "AWS::Region", Role], primary]
  IsEast: !Equals [!Ref "AWS::Region", us-east-1]
  IsLive: !Equals [!Ref Stage, live]
  IsLivePrimary: !And [!Condition IsLive, !Condition IsPrimary]
  IsLiveOrPrimary: !Or [!Condition IsLive, !Condition IsPrimary]
  IsOther: !Not [!Condition IsPrimary]
  IsEastPrimary: !And [!Condition IsEast, !Condition IsPrimary]
  IsEastOrOther: !Or [!Condition IsEast, !Condition IsOther]
  IsWestOrPrimary: !Or [!Equals [!Ref "AWS::Region", us-west-2], !Condition IsPrimary]
  IsCalledLive: !Equals [!Sub "${Stage}", live]
Resources:
  Name: {Type: AWS::ApiGateway::DomainName, Properties: {DomainName: !Sub "${AWS::Region}.api.${Zone}"}}
  Here: {Type: AWS::SSM::Parameter, Condition: IsOther, Properties: {Value: VALUE}}
"""


def reading(value: str = "x", *, several: bool = False, body: str = BODY, **given: str) -> Reading:
    """Return the reading of BODY with this text as the value of Here."""
    template, _ = decode_str(body.replace("VALUE", value))
    sets = [ParameterSet(source=None, parameters=given)] if given else None
    return Reading(Template(None, template, ["us-east-1", "us-east-2"], sets), several=several)


def here(one: Reading) -> Any:
    """Return the node of Here's value, before its branches."""
    [resource] = one.resources("AWS::SSM::Parameter")
    return resource


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param("plain", "plain", id="text"),
        pytest.param("true", "true", id="truth"),
        pytest.param("12", "12", id="number"),
        pytest.param("!Ref Zone", "${Zone}", id="parameter without a value"),
        pytest.param("!Ref Stage", "test", id="parameter's default"),
        pytest.param("!Ref AWS::Region", "${AWS::Region}", id="the stack's Region"),
        pytest.param("!GetAtt Other.Arn", "${Other.Arn}", id="attribute"),
        pytest.param("{'Fn::GetAtt': Other.Arn}", "${Other.Arn}", id="attribute, written long"),
        pytest.param("!Sub 'api.${Zone}'", "api.${Zone}", id="substitution"),
        pytest.param("!Join ['.', [api, !Ref Zone]]", "api.${Zone}", id="the same, joined"),
        pytest.param("!Sub ['${X}-${Stage}', {X: !Ref Zone}]", "${Zone}-test", id="substitution with variables"),
        pytest.param("!Sub '${!Literal}'", "${!Literal}", id="no variable"),
        pytest.param("!Sub '${Name}/pay'", "${AWS::Region}.api.${Zone}/pay", id="a resource that is its name"),
        pytest.param("!FindInMap [Regions, us-east-2, Peer]", "us-east-1", id="mapping"),
        pytest.param("!FindInMap [Regions, !Ref 'AWS::Region', Peer]", "${Regions.${AWS::Region}.Peer}", id="mapping by Region"),
        pytest.param("!ImportValue x", None, id="no text"),
        pytest.param("!Sub ['${X}', {X: !ImportValue x}]", None, id="partly no text"),
        pytest.param("[a, b]", None, id="list"),
    ],
)
def test_value_is_read_as_a_text_with_placeholders(value: str, text: str | None) -> None:
    """Two ways of writing one value are one text; what nobody knows stays open."""
    [node] = here(reading(value)).each("Value")

    assert node.text == text
    assert node.known == (None if text is None or "${" in text else text)


def test_value_is_read_as_one_region_will_have_it() -> None:
    """Each Region's stack looks its own values up."""
    node = here(reading("!Sub ['${Peer} from ${AWS::Region}', {Peer: !FindInMap [Regions, !Ref 'AWS::Region', Peer]}]"))

    assert [node.at(region).first("Value").text for region in ("us-east-1", "us-east-2")] == [
        "us-east-2 from us-east-1",
        "us-east-1 from us-east-2",
    ]


def test_given_value_comes_before_the_default() -> None:
    """As when the stack is applied."""
    assert here(reading("!Ref Stage", Stage="live")).first("Value").text == "live"


@pytest.mark.parametrize(
    ("value", "possible", "least_seconds"),
    [
        pytest.param("7", ("7",), 7, id="written"),
        pytest.param("!Ref Speed", ("10", "30"), 10, id="allowed values"),
        pytest.param("!Ref Size", (), 3, id="range"),
        pytest.param("!Ref Zone", (), 1, id="anything"),
        pytest.param("!FindInMap [Regions, !Ref 'AWS::Region', Role]", ("primary", "secondary"), 1, id="each Region's"),
    ],
)
def test_possible_values_are_those_the_template_allows(value: str, possible: tuple[str, ...], least_seconds: int) -> None:
    """A rule may say what no allowed value would do."""
    node = here(reading(value)).first("Value")

    assert (node.possible, least(node, 1)) == (possible, least_seconds)


@pytest.mark.parametrize(
    ("condition", "primary", "secondary"),
    [
        pytest.param("IsPrimary", True, False, id="by mapping"),
        pytest.param("IsEast", True, False, id="by name"),
        pytest.param("IsLive", None, None, id="a default decides nothing"),
        pytest.param("IsLivePrimary", None, False, id="and"),
        pytest.param("IsLiveOrPrimary", True, None, id="or"),
        pytest.param("IsOther", False, True, id="not"),
        pytest.param("IsEastPrimary", True, False, id="and, all known"),
        pytest.param("IsEastOrOther", True, True, id="or, one known to hold"),
        pytest.param("IsWestOrPrimary", True, False, id="or, all known"),
        pytest.param("IsCalledLive", None, None, id="a default inside a text decides nothing either"),
        pytest.param("Missing", None, None, id="no such condition"),
    ],
)
def test_condition_is_decided_as_far_as_it_is_known(condition: str, primary: bool | None, secondary: bool | None) -> None:
    """Unknown stays unknown, unless the known part decides."""
    one = reading()

    assert (one.holds(condition, "us-east-1"), one.holds(condition, "us-east-2")) == (primary, secondary)


@given(st.lists(st.sampled_from(["IsPrimary", "IsOther", "IsLive"]), min_size=1, max_size=4))
def test_and_is_or_of_the_opposites(names: list[str]) -> None:
    """De Morgan holds with three values, too."""
    one = reading()
    parts = [{"Condition": name} for name in names]
    opposites = [{"Fn::Not": [part]} for part in parts]

    for region in ("us-east-1", "us-east-2"):
        assert one.holds({"Fn::Not": [{"Fn::And": parts}]}, region) == one.holds({"Fn::Or": opposites}, region)


def test_branches_are_those_that_may_come() -> None:
    """Without a Region both; in a Region the one its condition leaves; nothing where the value is none."""
    node = here(reading("!If [IsPrimary, one, !If [IsLive, !Ref AWS::NoValue, two]]"))

    assert [branch.text for branch in node.each("Value")] == ["one", "two"]
    assert [branch.text for branch in node.at("us-east-1").each("Value")] == ["one"]
    assert [branch.path[3:] for branch in node.at("us-east-2").each("Value")] == [("Value", "Fn::If", 2, "Fn::If", 2)]


def test_body_that_looks_its_region_up_is_for_all_of_the_mapping() -> None:
    """That is how a body says it; or whoever lints it does."""
    lookup = reading("!FindInMap [Regions, !Ref 'AWS::Region', Peer]")
    other = "Resources: {Here: {Type: AWS::SSM::Parameter, Properties: {Value: VALUE}}}"

    assert lookup.served == ("us-east-1", "us-east-2")
    assert lookup.where(here(lookup)) == ("us-east-2",)
    assert reading(body=other).served == ()
    assert reading(body=other, several=True).served == ("us-east-1", "us-east-2")


@pytest.mark.parametrize(
    ("text", "regions"),
    [
        pytest.param("https://us-east-1.api.example.com", {"us-east-1"}, id="in a name"),
        pytest.param("us-gov-east-1 and us-east-1", {"us-gov-east-1", "us-east-1"}, id="one that holds another"),
        pytest.param("my-us-east-2a", {"us-east-2"}, id="a zone of it"),
        pytest.param("us-east-11 us-nowhere-1 virus-east-1", set(), id="none"),
        pytest.param(None, set(), id="no text"),
    ],
)
def test_regions_are_found_in_texts(text: str | None, regions: set[str]) -> None:
    """Only those that AWS has."""
    assert Reading.regions_in(text) == regions


def test_target_is_what_a_reference_leads_to() -> None:
    """Whichever way it is written."""
    values = ("!Ref Other", "!GetAtt Other.Arn", "{'Fn::GetAtt': Other.Arn}", "!Sub '${Other}'", "x")

    assert [here(reading(value)).first("Value").target for value in values] == ["Other", "Other", "Other", None, None]
