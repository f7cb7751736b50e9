"""StackSet operations: one Region after another, and honest about instances that failed."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.aws.session import Aws, AwsAccess
from deployer.aws.stack_set_operations import (
    StackSetRequest,
    create_instances,
    delete_stack_set,
    read_operation,
    read_results,
    update_stack_set,
)
from deployer.aws.template_source import TemplateSource
from deployer.vocabulary.errors import AwsRefused
from tests.support.rollout.fake_aws import FakeAws
from tests.support.rollout.fake_stack_sets import Scene

HOME, NAME = "us-east-2", "payment-regional-test"


class Recorder:
    """A client that answers nothing and keeps what it was asked."""

    def __init__(self) -> None:
        """Begin with no request."""
        self.requests: list[dict[str, Any]] = []

    def __getattr__(self, method: str) -> Any:
        return lambda **request: self.requests.append(request)


def a_request() -> StackSetRequest:
    """Return the regional StackSet's definition."""
    return StackSetRequest(
        name=NAME,
        template=TemplateSource(body="Resources: {}"),
        parameters=(("Activation", "Standby"),),
        tags=(),
        administration_role_arn="arn:aws:iam::111122223333:role/administration",
        execution_role_name="execution",
    )


def test_update_names_roles_order_and_no_tolerance() -> None:
    """A custom administration role must be named at each update (fact 4.2); Regions go one by one (fact 4.4)."""
    recorder = Recorder()
    aws = Aws(AwsAccess(), make_client=lambda service, region: recorder)

    regions = ("us-east-2", "us-east-1")
    update_stack_set(aws, a_request(), HOME, operation_id="rollout-1", accounts=("111122223333",), regions=regions)

    (request,) = recorder.requests
    assert request["AdministrationRoleARN"].endswith("role/administration")
    assert (request["Accounts"], request["Regions"]) == (["111122223333"], ["us-east-2", "us-east-1"])
    assert (request["OperationId"], request["Parameters"]) == (
        "rollout-1",
        [{"ParameterKey": "Activation", "ParameterValue": "Standby"}],
    )
    assert request["OperationPreferences"] == {
        "RegionConcurrencyType": "SEQUENTIAL",
        "RegionOrder": ["us-east-2", "us-east-1"],
        "FailureToleranceCount": 0,
        "MaxConcurrentCount": 1,
    }


def test_update_without_instances_names_no_regions() -> None:
    """Empty lists would be refused."""
    recorder = Recorder()
    aws = Aws(AwsAccess(), make_client=lambda service, region: recorder)

    update_stack_set(aws, a_request(), HOME, operation_id="rollout-1", accounts=("111122223333",), regions=())

    (request,) = recorder.requests
    assert "RegionOrder" not in request["OperationPreferences"]
    assert not {"Accounts", "Regions"} & request.keys()


def test_update_of_every_instance_names_an_order_and_no_targets() -> None:
    """Left out, both lists mean all (fact 4.7), in whatever accounts they are."""
    recorder = Recorder()
    aws = Aws(AwsAccess(), make_client=lambda service, region: recorder)

    update_stack_set(aws, a_request(), HOME, operation_id="undo-1", accounts=(), regions=("us-east-2", "us-east-1"), failures_tolerated=1)

    (request,) = recorder.requests
    assert not {"Accounts", "Regions"} & request.keys()
    assert request["OperationPreferences"]["RegionOrder"] == ["us-east-2", "us-east-1"]
    assert request["OperationPreferences"]["FailureToleranceCount"] == 1


def test_operation_tells_of_instances_that_failed() -> None:
    """SUCCEEDED with a failed instance is seen for what it is (fact 4.10), every page of the results."""
    world = FakeAws()
    world.stack_sets.add()
    regions = ("us-east-2", "us-east-1", "us-west-2")
    statuses = {"us-east-2": "SUCCEEDED", "us-east-1": "FAILED", "us-west-2": "CANCELLED"}
    world.stack_sets.timelines = [[Scene("SUCCEEDED", statuses, reasons={"us-east-1": "role missing"}, failed_count=1)]]
    create_instances(world.aws(), NAME, HOME, operation_id="rollout-1", accounts=("111122223333",), regions=regions)

    operation = read_operation(world.aws(), NAME, HOME, "rollout-1")
    results = read_results(world.aws(), NAME, HOME, "rollout-1")

    assert (operation.under_way, operation.failed_instances_count) == (False, 1)
    assert [(result.region, result.status, result.reason) for result in results] == [
        ("us-east-2", "SUCCEEDED", ""),
        ("us-east-1", "FAILED", "role missing"),
        ("us-west-2", "CANCELLED", ""),
    ]


def test_stack_set_that_is_gone_is_deleted() -> None:
    """Deleting twice is no error; deleting a full one is."""
    delete_stack_set(FakeAws().aws(), NAME, HOME)
    world = FakeAws()
    world.stack_sets.add("us-east-2")

    with pytest.raises(AwsRefused, match="StackSetNotEmptyException"):
        delete_stack_set(world.aws(), NAME, HOME)
