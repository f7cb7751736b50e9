"""The matrix: every change of every change set in exactly one cell, differences between Regions marked, secrets never shown."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.aws.change_sets import ChangedResource
from deployer.planning.preview import HIDDEN, KINDS, Kind, PreviewedStack, build_preview, shown_value
from deployer.planning.template_text import read_template
from tests.support.change_sets import changed, changed_at
from tests.support.previews import a_preview, a_stack

BODY = """\
Parameters: {Target: {Type: String}, Other: {Type: String}}
Resources:
  Record: {Type: AWS::Route53::RecordSet, Properties: {Name: !Sub "x.${Target}"}}
  Function: {Type: AWS::Lambda::Function, Properties: {Role: !Ref Other}}
"""

_ACTIONS = st.sampled_from([("Add", ""), ("Remove", ""), ("Modify", "True"), ("Modify", "Conditional"), ("Modify", "False")])
_PATHS = st.lists(st.sampled_from(["Code/S3Key", "Code", "MemorySize", "Tags/0/Value"]), unique=True)


@st.composite
def stacks(draw: st.DrawFn) -> tuple[PreviewedStack, ...]:
    """Any stacks of any kind in any Region, each with any changes."""
    places = draw(st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(["us-east-1", "us-east-2"])), unique=True, min_size=1))
    found = []
    for kind, region in places:
        names = draw(st.sets(st.sampled_from("ABCDE")))
        changes = []
        for name in sorted(names):
            action, replacement = draw(_ACTIONS)
            details = tuple(changed_at(path) for path in draw(_PATHS))
            changes.append(changed(name, *details, action=action, replacement=replacement))
        found.append(a_stack(*changes, region=region, kind=kind))
    return tuple(found)


@given(stacks())
def test_every_change_is_in_exactly_one_cell(found: tuple[PreviewedStack, ...]) -> None:
    """Neither lost nor told twice, and no cell comes from nowhere."""
    preview = build_preview(found)
    cells = Counter(
        (column.kind, column.region, row.logical_id, cell.action, cell.replacement)
        for row in preview.rows
        for column, cell in zip(preview.columns, row.cells, strict=True)
        if cell
    )
    said = Counter(
        (stack.column.kind, stack.column.region, one.logical_id, one.action, one.replacement if one.action == "Modify" else "")
        for stack in found
        for one in stack.changes
    )

    assert cells == said
    assert len({(row.kind, row.logical_id) for row in preview.rows}) == len(preview.rows)


@given(stacks())
def test_every_place_is_told_or_covered_by_places_in_it(found: tuple[PreviewedStack, ...]) -> None:
    """A property as a whole gives way to the places in it, and to nothing else."""
    preview = build_preview(found)
    for index, stack in enumerate(found):
        for change in stack.changes:
            [cell] = [row.cells[index] for row in preview.rows if (row.kind, row.logical_id) == (stack.column.kind, change.logical_id)]
            paths = {one.path for one in cell.properties} if cell else set()
            assert all(one.path in paths or any(path.startswith(f"{one.path}/") for path in paths) for one in change.details)


def memory(after: str, **fields: str) -> ChangedResource:
    """Return a function that gets more memory."""
    return changed("Function", changed_at("MemorySize", "128", after), **fields)


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        pytest.param((memory("256"),), (memory("256"),), False, id="same"),
        pytest.param((memory("256"),), (memory("512"),), True, id="other-value"),
        pytest.param((memory("256"),), (), True, id="one-Region-only"),
        pytest.param((memory("256"),), (memory("256", replacement="True"),), True, id="other-replacement"),
        pytest.param(
            (changed("Function", changed_at("Role", "a", "arn:aws:us-east-2:payment-secondary")),),
            (changed("Function", changed_at("Role", "a", "arn:aws:us-east-1:payment-primary")),),
            False,
            id="own-name-of-the-Region",
        ),
        pytest.param(
            (memory("256"),),
            (changed("Function", changed_at("MemorySize", "128", "256"), changed_at("Role", None, None, evaluation="Dynamic")),),
            False,
            id="merely-not-ruled-out",
        ),
    ],
)
def test_difference_between_regions_is_marked(one: tuple[ChangedResource, ...], other: tuple[ChangedResource, ...], differs: bool) -> None:
    """The Region's own name and role are none."""
    [row] = a_preview(*one, other=other).rows

    assert row.differs_between_regions is differs


def test_stacks_of_another_kind_are_no_difference() -> None:
    """The global stack exists once."""
    kinds: tuple[Kind, ...] = ("regional", "global")
    found = [a_stack(memory("256"), region="us-east-2", kind=kind) for kind in kinds]

    assert [row.differs_between_regions for row in build_preview(found).rows] == [False, False]


def test_resource_that_takes_what_is_known_on_the_way_says_so() -> None:
    """And one that takes something else does not."""
    read_template(BODY)
    unsettled = (("Target", "known only after x in us-east-2"),)
    preview = build_preview([a_stack(changed("Record"), changed("Function"), body=BODY, unsettled=unsettled)])

    assert {row.logical_id: row.cells[0].unsettled for row in preview.rows if row.cells[0]} == {"Record": ("Target",), "Function": ()}


def test_change_that_is_not_ruled_out_is_not_certain() -> None:
    """CloudFormation calls it Dynamic; its cause is named."""
    maybe = changed_at("Role", None, None, evaluation="Dynamic", causing_entity="PaymentRole.Arn")
    [row] = a_preview(changed("Function", maybe)).rows
    [place] = row.cells[0].properties if row.cells[0] else ()

    assert (place.is_certain, place.causes) == (False, ("PaymentRole.Arn",))


@pytest.mark.parametrize("path", ["SecretString", "Environment/Variables/API_KEY", "MasterUserPassword", "Parameters/ApiKey", "AuthToken"])
def test_what_sounds_like_a_secret_is_never_shown(path: str) -> None:
    """Neither before nor after."""
    assert shown_value(path, "hunter2") == HIDDEN


@pytest.mark.parametrize("path", ["MemorySize", "Code/S3Key", "Replicas/0/Region", "KeySchema", "TokenValiditySeconds"])
def test_what_is_no_secret_is_shown(path: str) -> None:
    """Or nobody could review it."""
    assert shown_value(path, "5") == "5"


def test_long_value_is_cut() -> None:
    """A whole OpenAPI document helps nobody."""
    shown = shown_value("Body", "x" * 9000)

    assert shown is not None
    assert len(shown) == 400
