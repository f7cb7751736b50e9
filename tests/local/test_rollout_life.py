"""A system's life on the embedded AWS, performed by the runner: first roll-out, nothing to do, update, tear-down."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from deployer.aws.buckets import count_objects
from deployer.aws.session import Aws, AwsAccess
from deployer.vocabulary.events import RegionSettled, ResourceMoved
from tests.support.embedded import EmbeddedAws
from tests.support.rollout.real import HOME, PEER, REGIONAL, RealSystem, a_setting, template


@pytest.fixture
def system(embedded_aws: EmbeddedAws, tmp_path: Path) -> RealSystem:
    """Return a system nothing of which stands."""
    return RealSystem(embedded_aws, tmp_path)


def test_first_roll_out_makes_everything_in_order(system: RealSystem) -> None:
    """Bootstrap, packages, both Regions, global stack; the global one carries both Regions' outputs."""
    result = system.perform(*system.everything())

    survey = system.survey()
    assert result.outcome == "done"
    assert [stack.region for stack in survey.bootstrap] == [HOME, PEER]
    assert survey.stack_set is not None
    assert {(instance.region, instance.status) for instance in survey.stack_set.instances} == {(HOME, "CURRENT"), (PEER, "CURRENT")}
    assert survey.global_ is not None
    settings = {instance.region: dict(instance.stack.outputs)["Setting"] for instance in survey.stack_set.instances if instance.stack}
    assert system.value_of(dict(survey.global_.outputs)["Both"]) == f"{settings[HOME]} {settings[PEER]}"
    assert {bucket.objects_count for bucket in survey.buckets} == {1}


def test_regions_are_told_one_after_the_other(system: RealSystem) -> None:
    """Each Region's resources move between its turn and its end, told once and of this operation only."""
    system.perform(system.regional())
    system.events.clear()

    system.perform(system.regional(operation="second", Value="two"))

    told = [event for event in system.events if isinstance(event, ResourceMoved | RegionSettled)]
    assert [event.region for event in told if isinstance(event, RegionSettled)] == [HOME, PEER]
    assert [event.region for event in told] == [HOME] * (len(told) // 2) + [PEER] * (len(told) // 2)
    moves = [(event.region, event.logical_id, event.status) for event in told if isinstance(event, ResourceMoved)]
    assert len(moves) == len(set(moves))
    assert (HOME, "Setting", "UPDATE_COMPLETE") in moves
    assert not any(status.startswith("CREATE") for _, _, status in moves)


def test_second_roll_out_makes_no_mutating_call(system: RealSystem) -> None:
    """A plan that finds nothing to do changes nothing, and neither does the survey it is made from."""
    system.perform(*system.everything())
    system.calls.clear()

    system.survey()
    result = system.perform(*(replace(step, action="none") for step in system.everything()))

    assert result.outcome == "nothing_to_do"
    assert system.calls
    assert system.changes == []


def test_same_plan_again_moves_nothing_in_the_regions(system: RealSystem) -> None:
    """Operation ids are the plan's own: what it has done is met again, not done again."""
    system.perform(*system.everything())
    system.perform(system.regional(operation="second", Value="two"))
    system.calls.clear()
    system.events.clear()

    system.perform(system.regional(operation="second", Value="two"))

    assert not any(isinstance(event, ResourceMoved) for event in system.events)


def test_update_reaches_both_regions(system: RealSystem) -> None:
    """A changed parameter is in both Regions when the step ends."""
    system.perform(system.regional())

    system.perform(system.regional(operation="second", Value="two"))

    survey = system.survey()
    assert survey.stack_set is not None
    assert {dict(instance.stack.parameters)["Value"] for instance in survey.stack_set.instances if instance.stack} == {"two"}
    assert survey.stack_set.last_operation is not None
    assert survey.stack_set.last_operation.operation_id.startswith("second-")


def test_long_template_reaches_both_regions(system: RealSystem) -> None:
    """A body over 51,200 bytes travels by the artifact bucket of the administration Region."""
    body = template({f"Setting{index}": a_setting("x" * 3000) for index in range(20)})
    system.perform(system.bootstrap(HOME))

    system.perform(system.regional(body), bodies=(body,))

    survey = system.survey()
    assert survey.stack_set is not None
    assert survey.stack_set.template_body == body


def test_missing_region_joins_the_others(system: RealSystem) -> None:
    """A StackSet that has one Region gets the second without losing the first."""
    system.perform(replace(system.regional(), regions=(HOME,), new_regions=(HOME,)))

    system.perform(system.regional(operation="second"))

    survey = system.survey()
    assert survey.stack_set is not None
    assert {instance.region for instance in survey.stack_set.instances} == {HOME, PEER}


def test_ambient_endpoint_and_credentials_do(system: RealSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing given: whatever AWS_ENDPOINT_URL and the environment's credentials lead to, by name as well as by address."""
    system.perform(system.bootstrap(HOME), system.upload(HOME))
    state = system.embedded.state
    monkeypatch.setenv("AWS_ENDPOINT_URL", state.endpoint.replace("127.0.0.1", "localhost"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", state.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", state.secret_access_key)
    ambient = Aws(AwsAccess())

    assert ambient.account_id(HOME) == system.account_id
    assert count_objects(ambient, system.name("artifact bucket"), HOME) == 1


def test_tear_down_leaves_nothing(system: RealSystem) -> None:
    """Full versioned buckets included; a second tear-down finds nothing to do and does not fail."""
    system.perform(*system.everything())

    system.perform(*system.tear_down(), intent="tear-down")

    survey = system.survey()
    assert (survey.bootstrap, survey.stack_set, survey.global_, survey.buckets) == ((), None, None, ())
    system.calls.clear()
    system.perform(*system.tear_down(), intent="tear-down")
    assert system.changes == []


def test_tear_down_says_what_it_kept(system: RealSystem) -> None:
    """A resource with DeletionPolicy Retain outlives its stack and is named."""
    kept = {**a_setting("precious"), "DeletionPolicy": "Retain"}
    body = template({"Ledger": kept, "Other": a_setting("x")})
    system.perform(system.regional(body), bodies=(body,))

    result = system.perform(*system.tear_down(), intent="tear-down")

    assert [(one.region, one.logical_id, one.resource_type) for one in result.retained] == [
        (PEER, "Ledger", "AWS::SSM::Parameter"),
        (HOME, "Ledger", "AWS::SSM::Parameter"),
    ]
    assert system.value_of(result.retained[0].physical_id, PEER) == "precious"


def test_template_comes_back_as_it_was_sent(system: RealSystem) -> None:
    """What the planner compares are the very bytes that were rolled out."""
    system.perform(system.regional())

    survey = system.survey()
    assert survey.stack_set is not None
    assert survey.stack_set.template_body == REGIONAL
    assert {instance.stack.template_body for instance in survey.stack_set.instances if instance.stack} == {REGIONAL}
