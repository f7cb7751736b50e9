"""Drift of one stack on the wire: beginning, looking, and reading page by page."""

from __future__ import annotations

import pytest

from deployer.aws.drift import begin_detection, read_detection, read_resource_drifts
from deployer.vocabulary.errors import AwsRefused
from tests.support.drift import IN_PROGRESS, FakeDrift, on_the_wire
from tests.support.rollout.wire import refusal

REGION = "us-east-2"


def test_detection_is_begun_and_looked_at() -> None:
    """AWS answers with an id, and later with how far it is."""
    fake = FakeDrift(looks={"stack": [IN_PROGRESS, {"DetectionStatus": "DETECTION_COMPLETE", "StackDriftStatus": "DRIFTED"}]})
    detection_id = begin_detection(fake.aws(), "stack", REGION)

    first, second = (read_detection(fake.aws(), detection_id, REGION) for _ in range(2))

    assert (first.under_way, second.under_way) == (True, False)
    assert second.drift_status == "DRIFTED"


def test_stack_that_is_being_compared_already_is_no_error() -> None:
    """One detection at a time on a stack: whoever waits may try again."""
    assert begin_detection(FakeDrift(busy={"stack": 1}).aws(), "stack", REGION) == ""


def test_other_refusals_are_told() -> None:
    """In AWS's words."""

    class Denied(FakeDrift):
        def detect_stack_drift(self, StackName: str) -> dict[str, str]:
            raise refusal("AccessDenied", "not authorized to perform: cloudformation:DetectStackDrift")

    with pytest.raises(AwsRefused, match="DetectStackDrift"):
        begin_detection(Denied().aws(), "stack", REGION)


def test_every_page_is_read() -> None:
    """The API pages by 100 and botocore has no paginator for it; the fake pages by two."""
    names = ["A", "B", "C", "D", "E"]
    fake = FakeDrift(drifts={"stack": [on_the_wire(name) for name in names]})

    assert [one.logical_id for one in read_resource_drifts(fake.aws(), "stack", REGION)] == names


def test_reader_that_is_led_in_circles_stops() -> None:
    """Twenty pages of a hundred are four times what a stack can hold."""

    class Circle(FakeDrift):
        def describe_stack_resource_drifts(self, StackName: str, MaxResults: int, NextToken: str = "0") -> dict[str, object]:
            return {"StackResourceDrifts": [on_the_wire("A")], "NextToken": "again"}

    assert len(read_resource_drifts(Circle().aws(), "stack", REGION)) == 20


def test_properties_come_with_both_values() -> None:
    """As text, as AWS writes them."""
    fake = FakeDrift(drifts={"stack": [on_the_wire("Setting", "MODIFIED", ("/Value", "one", "two"))]})

    [drift] = read_resource_drifts(fake.aws(), "stack", REGION)

    [difference] = drift.differences
    assert (drift.status, difference.path, difference.expected, difference.actual) == ("MODIFIED", "/Value", "one", "two")
