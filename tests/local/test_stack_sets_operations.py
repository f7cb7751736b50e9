"""Operations: one at a time, known by their id, stopped half-way, queued with managed execution."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.embedded import EmbeddedAws
from tests.support.stack_set_rules import HOME_REGION, PEER_REGION, StackSets, a_template, refusal, stack_sets


def _held(sets: StackSets, **members: Any) -> tuple[str, str]:
    """Return a stack set's name and the id of an operation that waits in the home Region."""
    name = sets.create(a_template(gated=True), **members)
    return name, sets.begin(name)


CONFLICTING = [
    pytest.param("create_stack_instances", {"Regions": [PEER_REGION]}, id="create instances"),
    pytest.param("update_stack_instances", {"Regions": [HOME_REGION]}, id="update instances"),
    pytest.param("delete_stack_instances", {"Regions": [HOME_REGION], "RetainStacks": False}, id="delete instances"),
]


@pytest.mark.parametrize(("call", "members"), CONFLICTING)
def test_second_operation_is_refused(embedded_aws: EmbeddedAws, call: str, members: dict[str, Any]) -> None:
    """F4.8: OperationInProgressException, 409, while one runs."""
    sets = stack_sets(embedded_aws)
    name, operation_id = _held(sets)

    with pytest.raises(ClientError) as error:
        getattr(sets.client, call)(StackSetName=name, Accounts=[sets.account], **members)

    assert refusal(error) == ("OperationInProgressException", 409)
    sets.open_gate(name, status="FAILURE")
    sets.ended(name, operation_id)


@pytest.mark.parametrize(
    ("call", "members"),
    [
        pytest.param("update_stack_set", {"UsePreviousTemplate": True}, id="update"),
        pytest.param("delete_stack_set", {}, id="delete"),
        pytest.param("detect_stack_set_drift", {}, id="drift (F4.16)"),
    ],
)
def test_stack_set_is_left_alone_while_an_operation_runs(embedded_aws: EmbeddedAws, call: str, members: dict[str, Any]) -> None:
    """F4.8: the stack set's own calls are refused too."""
    sets = stack_sets(embedded_aws)
    name, operation_id = _held(sets)

    with pytest.raises(ClientError) as error:
        getattr(sets.client, call)(StackSetName=name, **members)

    assert refusal(error) == ("OperationInProgressException", 409)
    sets.open_gate(name, status="FAILURE")
    sets.ended(name, operation_id)


def test_running_operation_shows_where_it_is(embedded_aws: EmbeddedAws) -> None:
    """F4.11: RUNNING with one instance RUNNING and the next PENDING, both OUTDATED still."""
    sets = stack_sets(embedded_aws)
    name, operation_id = _held(sets)
    stack_id = ""
    while not stack_id:
        stack_id = sets.instance(name).get("StackId", "")

    operation = sets.operation(name, operation_id)

    assert (operation["Status"], "EndTimestamp" in operation) == ("RUNNING", False)
    assert sets.results(name, operation) == {HOME_REGION: "RUNNING", PEER_REGION: "PENDING"}
    assert sets.statuses(name) == {HOME_REGION: ("OUTDATED", "RUNNING"), PEER_REGION: ("OUTDATED", "PENDING")}
    sets.open_gate(name, status="FAILURE")
    sets.ended(name, operation_id)


def test_used_operation_id_is_refused(embedded_aws: EmbeddedAws) -> None:
    """F4.8: OperationId is the idempotency token: a repeated request begins nothing and is told so, 409."""
    sets = stack_sets(embedded_aws)
    name = sets.create()
    sets.add(name, OperationId="roll-out-1")

    with pytest.raises(ClientError) as error:
        sets.add(name, OperationId="roll-out-1")

    assert refusal(error) == ("OperationIdAlreadyExistsException", 409)
    assert len(sets.client.list_stack_set_operations(StackSetName=name)["Summaries"]) == 1


def test_operation_id_used_before_others_is_stale(embedded_aws: EmbeddedAws) -> None:
    """F4.8: StaleRequestException, 409, when another operation has been performed since."""
    sets = stack_sets(embedded_aws)
    name = sets.create()
    sets.add(name, OperationId="roll-out-1")
    sets.update(name, UsePreviousTemplate=True)

    with pytest.raises(ClientError) as error:
        sets.add(name, OperationId="roll-out-1")

    assert refusal(error) == ("StaleRequestException", 409)


def test_drift_detection_declares_no_used_id(embedded_aws: EmbeddedAws) -> None:
    """F4.8: DetectStackSetDrift answers a used id by the only error it declares for it."""
    sets = stack_sets(embedded_aws)
    name = sets.create()
    sets.add(name, OperationId="roll-out-1")

    with pytest.raises(ClientError) as error:
        sets.client.detect_stack_set_drift(StackSetName=name, OperationId="roll-out-1")

    assert refusal(error) == ("InvalidOperationException", 400)


def test_operations_are_listed_newest_first(embedded_aws: EmbeddedAws) -> None:
    """Each has its action, its times and its failure count."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed()
    sets.update(name, UsePreviousTemplate=True)
    sets.remove(name)

    listed = sets.client.list_stack_set_operations(StackSetName=name)["Summaries"]

    assert [operation["Action"] for operation in listed] == ["DELETE", "UPDATE", "CREATE"]
    assert all(operation["CreationTimestamp"] <= operation["EndTimestamp"] for operation in listed)
    assert {operation["StatusDetails"]["FailedStackInstancesCount"] for operation in listed} == {0}


def test_stop_cancels_what_has_not_begun_and_waits_for_the_rest(embedded_aws: EmbeddedAws) -> None:
    """F4.12: STOPPING while the running stack goes on, then STOPPED with the later Region CANCELLED."""
    sets = stack_sets(embedded_aws)
    name, operation_id = _held(sets)
    stack_id = ""
    while not stack_id:
        stack_id = sets.instance(name).get("StackId", "")
    sets.client.stop_stack_set_operation(StackSetName=name, OperationId=operation_id)
    stopping = sets.operation(name, operation_id)["Status"]
    sets.open_gate(name)

    stopped = sets.ended(name, operation_id)

    assert (stopping, stopped["Status"]) == ("STOPPING", "STOPPED")
    assert sets.results(name, stopped) == {HOME_REGION: "SUCCEEDED", PEER_REGION: "CANCELLED"}
    assert sets.statuses(name) == {HOME_REGION: ("CURRENT", "SUCCEEDED"), PEER_REGION: ("OUTDATED", "CANCELLED")}


def test_ended_operation_cannot_be_stopped(embedded_aws: EmbeddedAws) -> None:
    """F4.8: InvalidOperationException, 400."""
    sets = stack_sets(embedded_aws)
    name = sets.create()
    operation = sets.add(name, (HOME_REGION,))

    with pytest.raises(ClientError) as error:
        sets.client.stop_stack_set_operation(StackSetName=name, OperationId=operation["OperationId"])

    assert refusal(error) == ("InvalidOperationException", 400)


def test_managed_execution_queues(embedded_aws: EmbeddedAws) -> None:
    """F4.8: with ManagedExecution active the next operations are QUEUED and run in the order of their requests."""
    sets = stack_sets(embedded_aws)
    name, first_id = _held(sets, ManagedExecution={"Active": True})
    second_id = sets.client.update_stack_set(StackSetName=name, UsePreviousTemplate=True)["OperationId"]
    third_id = sets.client.detect_stack_set_drift(StackSetName=name)["OperationId"]
    queued = [sets.operation(name, operation_id)["Status"] for operation_id in (first_id, second_id, third_id)]
    sets.open_gate(name, HOME_REGION)
    sets.open_gate(name, PEER_REGION)

    ends = [sets.ended(name, operation_id) for operation_id in (first_id, second_id, third_id)]

    assert queued == ["RUNNING", "QUEUED", "QUEUED"]
    assert [end["Status"] for end in ends] == ["SUCCEEDED"] * 3
    assert ends[0]["EndTimestamp"] <= ends[1]["EndTimestamp"] <= ends[2]["EndTimestamp"]


def test_queued_operation_can_be_stopped(embedded_aws: EmbeddedAws) -> None:
    """F4.12: a queued operation ends STOPPED at once and never begins."""
    sets = stack_sets(embedded_aws)
    name, first_id = _held(sets, ManagedExecution={"Active": True})
    second_id = sets.client.detect_stack_set_drift(StackSetName=name)["OperationId"]

    sets.client.stop_stack_set_operation(StackSetName=name, OperationId=second_id)

    stopped = sets.operation(name, second_id)
    assert stopped["Status"] == "STOPPED"
    assert set(sets.results(name, stopped).values()) == {"CANCELLED"}
    sets.open_gate(name, status="FAILURE")
    sets.ended(name, first_id)


def test_managed_execution_is_not_changed_while_operations_wait(embedded_aws: EmbeddedAws) -> None:
    """F4.8: switching it off with an operation under way is an InvalidOperationException."""
    sets = stack_sets(embedded_aws)
    name, operation_id = _held(sets, ManagedExecution={"Active": True})

    with pytest.raises(ClientError) as error:
        sets.client.update_stack_set(StackSetName=name, UsePreviousTemplate=True, ManagedExecution={"Active": False})

    assert refusal(error) == ("InvalidOperationException", 400)
    sets.open_gate(name, status="FAILURE")
    sets.ended(name, operation_id)
