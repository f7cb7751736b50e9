"""A preview of a system that stands on the embedded AWS: by change sets on the instances' own stacks, which are gone afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.planning.plan import Bounds, RolloutPlan, Step
from deployer.planning.preview import Preview
from deployer.planning.preview_taking import take_preview
from deployer.vocabulary.clock import SystemClock
from tests.support.embedded import EmbeddedAws
from tests.support.rollout.real import GLOBAL, HOME, PEER, REGIONAL, RealSystem, a_setting, digest, template

RENAMED = template(
    {"Setting": a_setting({"Ref": "Value"}, Name={"Fn::Sub": "/${AWS::StackName}/x"})}, {"Setting": {"Ref": "Setting"}}, Value="one"
)
LONG = template({"Setting": a_setting({"Ref": "Value"}), "Note": a_setting("x" * 60_000)}, {"Setting": {"Ref": "Setting"}}, Value="one")


@pytest.fixture(scope="module")
def system(embedded_aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> RealSystem:
    """Return a system that stands whole; asking it changes nothing, so all tests share it."""
    system = RealSystem(embedded_aws, tmp_path_factory.mktemp("system"))
    system.perform(*system.everything())
    return system


def previewed(system: RealSystem, *steps: Step, bodies: tuple[str, ...] = ()) -> Preview:
    """Return what these steps would do."""
    plan = RolloutPlan(
        plan_id="",
        intent="roll-out",
        suffix=system.suffix,
        account_id=system.account_id,
        home_region=HOME,
        steps=steps,
        blockers=(),
        templates=tuple((digest(body), body) for body in (REGIONAL, GLOBAL, *bodies)),
        bounds=Bounds(operation_seconds_max=60, poll_seconds=0.05),
    )
    return take_preview(system.aws(), plan, system.survey(), SystemClock())


def places(preview: Preview) -> dict[tuple[str, str], list[tuple[str, str | None, str | None]]]:
    """Return each place that changes, by Region and resource."""
    return {
        (column.region, row.logical_id): [(one.path, one.before, one.after) for one in cell.properties]
        for row in preview.rows
        for column, cell in zip(preview.columns, row.cells, strict=True)
        if cell
    }


def standing(system: RealSystem) -> list[Any]:
    """Return what a preview must leave alone: stacks, the stack set, and no change set on any stack."""
    survey = system.survey()
    assert survey.stack_set
    stacks = [one.stack for one in survey.stack_set.instances if one.stack]
    left = [
        summary
        for stack in stacks
        for summary in system.aws().client("cloudformation", stack.region).list_change_sets(StackName=stack.stack_id)["Summaries"]
    ]
    assert left == []
    return [survey.stack_set, survey.global_]


def test_changed_value_is_told_in_both_regions_and_nothing_moves(system: RealSystem) -> None:
    """From what stands to what would stand."""
    before = standing(system)
    preview = previewed(system, system.regional(operation="preview", Value="two"))

    assert places(preview) == {(region, "Setting"): [("Value", "one", "two")] for region in (HOME, PEER)}
    assert [row.differs_between_regions for row in preview.rows] == [False]
    assert standing(system) == before


def test_replacement_is_told(system: RealSystem) -> None:
    """A name is create-only."""
    preview = previewed(system, system.regional(RENAMED, operation="preview"), bodies=(RENAMED,))

    assert {cell.replacement for row in preview.rows for cell in row.cells if cell} == {"True"}


def test_long_template_is_previewed_too(system: RealSystem) -> None:
    """From the Region's own bucket, where no roll-out looks."""
    preview = previewed(system, system.regional(LONG, operation="preview"), bodies=(LONG,))
    bucket = system.aws().client("s3", PEER).list_objects_v2(Bucket=system.name("artifact bucket", PEER), Prefix="previews/")

    assert {row.logical_id: [cell.action for cell in row.cells if cell] for row in preview.rows} == {"Note": ["Add", "Add"]}
    assert bucket["KeyCount"] == 1


def test_region_with_a_value_of_its_own_differs(system: RealSystem) -> None:
    """An override stays through a roll-out, so there the new value does nothing."""
    client = system.aws().client("cloudformation", HOME)
    client.update_stack_instances(
        StackSetName=system.name("stack set"),
        Accounts=[system.account_id],
        Regions=[PEER],
        ParameterOverrides=[{"ParameterKey": "Value", "ParameterValue": "own"}],
        OperationId="give-a-value-of-its-own",
    )
    clock = SystemClock()
    for _ in range(200):
        found = client.describe_stack_set_operation(StackSetName=system.name("stack set"), OperationId="give-a-value-of-its-own")
        if found["StackSetOperation"]["Status"] != "RUNNING":
            break
        clock.sleep(0.1)
    preview = previewed(system, system.regional(operation="preview", Value="two"))

    assert places(preview) == {(HOME, "Setting"): [("Value", "one", "two")]}
    assert [row.differs_between_regions for row in preview.rows] == [True]
