"""One Region after another: order, concurrency, tolerated failures, and what is cancelled."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.support.embedded import EmbeddedAws
from tests.support.stack_set_rules import HOME_REGION, PEER_REGION, StackSets, a_template, refusal, stack_sets

HOME_THEN_PEER = [HOME_REGION, PEER_REGION]


def _created_at(sets: StackSets, name: str, region: str) -> str:
    return str(sets.stack(name, region)["CreationTime"])


@pytest.mark.parametrize("order", [HOME_THEN_PEER, HOME_THEN_PEER[::-1]])
def test_regions_are_visited_in_the_order_given(embedded_aws: EmbeddedAws, order: list[str]) -> None:
    """F4.4: RegionOrder decides; the second Region begins when the first has ended."""
    sets = stack_sets(embedded_aws)
    name = sets.create(a_template(gated=True))
    operation_id = sets.begin(name, OperationPreferences={"RegionOrder": order})

    first, second = order
    sets.open_gate(name, first)
    sets.open_gate(name, second)

    assert sets.ended(name, operation_id)["Status"] == "SUCCEEDED"
    assert _created_at(sets, name, first) < _created_at(sets, name, second)


def test_second_region_is_pending_while_the_first_runs(embedded_aws: EmbeddedAws) -> None:
    """F4.4: SEQUENTIAL is the default."""
    sets = stack_sets(embedded_aws)
    name = sets.create(a_template(gated=True))
    operation_id = sets.begin(name)
    sets.open_gate(name, HOME_REGION, status="FAILURE")
    held = sets.ended(name, operation_id)

    assert held["OperationPreferences"]["RegionConcurrencyType"] == "SEQUENTIAL"
    assert sets.results(name, held) == {HOME_REGION: "FAILED", PEER_REGION: "CANCELLED"}
    assert "StackId" not in sets.instance(name, PEER_REGION)


def test_parallel_regions_run_together(embedded_aws: EmbeddedAws) -> None:
    """F4.4: with PARALLEL both Regions wait at their gates at the same time."""
    sets = stack_sets(embedded_aws)
    name = sets.create(a_template(gated=True))
    operation_id = sets.begin(name, OperationPreferences={"RegionConcurrencyType": "PARALLEL"})

    # Opened in one order and then the other Region's: sequential Regions would never get to the second gate first.
    sets.open_gate(name, PEER_REGION)
    sets.open_gate(name, HOME_REGION)

    assert sets.ended(name, operation_id)["Status"] == "SUCCEEDED"


def test_failed_region_ends_the_operation_and_leaves_earlier_ones_alone(embedded_aws: EmbeddedAws) -> None:
    """F4.5: the operation fails, the earlier Region keeps the new stack, the failing stack rolled itself back."""
    sets = stack_sets(embedded_aws)
    name = sets.create(a_template(broken_in=PEER_REGION))

    operation = sets.add(name)

    assert operation["Status"] == "FAILED"
    assert sets.results(name, operation) == {HOME_REGION: "SUCCEEDED", PEER_REGION: "FAILED"}
    assert sets.stack(name, HOME_REGION)["StackStatus"] == "CREATE_COMPLETE"
    assert sets.stack(name, PEER_REGION)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert sets.statuses(name) == {HOME_REGION: ("CURRENT", "SUCCEEDED"), PEER_REGION: ("OUTDATED", "FAILED")}


def test_later_regions_are_cancelled(embedded_aws: EmbeddedAws) -> None:
    """F4.5: after a failure beyond the tolerance no later Region is begun."""
    sets = stack_sets(embedded_aws)
    name = sets.create(a_template(broken_in=HOME_REGION))

    operation = sets.add(name)

    assert operation["Status"] == "FAILED"
    assert sets.results(name, operation) == {HOME_REGION: "FAILED", PEER_REGION: "CANCELLED"}
    assert "failure tolerance" in sets.reasons(name, operation)[PEER_REGION]
    assert sets.statuses(name)[PEER_REGION] == ("OUTDATED", "CANCELLED")


def test_failure_names_the_resource_and_the_cause(embedded_aws: EmbeddedAws) -> None:
    """F4.5: the result says which resource failed, of which type and why."""
    sets = stack_sets(embedded_aws)
    name = sets.create(a_template(broken_in=HOME_REGION))

    reason = sets.reasons(name, sets.add(name, (HOME_REGION,)))[HOME_REGION]

    assert reason.startswith("ResourceLogicalId:Broken, ResourceType:AWS::SSM::Parameter, ResourceStatusReason:")
    assert "Nonsense" in reason
    assert sets.instance(name)["StatusReason"] == reason


def test_tolerated_failure_lets_the_operation_succeed(embedded_aws: EmbeddedAws) -> None:
    """F4.10: the operation is SUCCEEDED, and only the count of failed instances tells."""
    sets = stack_sets(embedded_aws)
    name = sets.create(a_template(broken_in=HOME_REGION))
    preferences = {"RegionOrder": HOME_THEN_PEER, "FailureToleranceCount": 1}

    operation = sets.add(name, OperationPreferences=preferences)

    assert operation["Status"] == "SUCCEEDED"
    assert operation["StatusDetails"]["FailedStackInstancesCount"] == 1
    assert sets.results(name, operation) == {HOME_REGION: "FAILED", PEER_REGION: "SUCCEEDED"}


def test_tolerance_in_percent_rounds_down(embedded_aws: EmbeddedAws) -> None:
    """F4.4: 99 percent of one account is none."""
    sets = stack_sets(embedded_aws)
    name = sets.create(a_template(broken_in=HOME_REGION))

    strict = sets.add(name, OperationPreferences={"RegionOrder": HOME_THEN_PEER, "FailureTolerancePercentage": 99})
    lax = sets.add(name, OperationPreferences={"RegionOrder": HOME_THEN_PEER, "FailureTolerancePercentage": 100})

    assert (strict["Status"], lax["Status"]) == ("FAILED", "SUCCEEDED")


def test_count_and_percentage_exclude_each_other(embedded_aws: EmbeddedAws) -> None:
    """F4.4: one of each pair can be given."""
    sets = stack_sets(embedded_aws)
    name = sets.create()

    with pytest.raises(ClientError, match="but not both") as error:
        sets.add(name, OperationPreferences={"FailureToleranceCount": 1, "FailureTolerancePercentage": 1})

    assert refusal(error) == ("ValidationError", 400)
    assert sets.statuses(name) == {}


def test_global_name_collides_at_the_second_region(embedded_aws: EmbeddedAws) -> None:
    """F4.19: one body that names an IAM role makes it in the first Region and fails in the second."""
    sets = stack_sets(embedded_aws)
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
    role = {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "collides-everywhere", "AssumeRolePolicyDocument": trust}}
    name = sets.create(a_template(extra={"Role": role}), Capabilities=["CAPABILITY_NAMED_IAM"])

    operation = sets.add(name)

    assert sets.results(name, operation) == {HOME_REGION: "SUCCEEDED", PEER_REGION: "FAILED"}
    assert "ResourceLogicalId:Role, ResourceType:AWS::IAM::Role" in sets.reasons(name, operation)[PEER_REGION]
