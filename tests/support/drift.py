"""CloudFormation's drift detection made by hand: what each stack's detections answer, look after look."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from deployer.aws.drift import PropertyDifference, ResourceDrift
from deployer.aws.session import Aws, AwsAccess
from deployer.planning.drift import DriftReport, StackDrift, drift_of
from tests.support.rollout.wire import refusal

IN_PROGRESS = {"DetectionStatus": "DETECTION_IN_PROGRESS"}
COMPLETE = {"DetectionStatus": "DETECTION_COMPLETE", "StackDriftStatus": "IN_SYNC"}
BUSY = "Drift detection is already in progress for stack"


@dataclass
class FakeDrift:
    """`looks` maps a StackId to what its detection answers, look after look, the last one for good; `drifts` to what is found.

    `busy` maps a StackId to how many beginnings are refused because another detection runs. `begun` keeps the StackIds in order.
    """

    looks: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    drifts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    busy: dict[str, int] = field(default_factory=dict)
    begun: list[str] = field(default_factory=list)
    page_size: int = 2

    def aws(self) -> Aws:
        """Return the deployer's way to this AWS; every Region is the same."""
        return Aws(AwsAccess(), make_client=lambda service, region: self)

    def detect_stack_drift(self, StackName: str) -> dict[str, Any]:
        """Begin; the detection's id is the stack's."""
        if self.busy.get(StackName):
            self.busy[StackName] -= 1
            raise refusal("ValidationError", f"{BUSY} [{StackName}]")
        self.begun.append(StackName)
        return {"StackDriftDetectionId": StackName}

    def describe_stack_drift_detection_status(self, StackDriftDetectionId: str) -> dict[str, Any]:
        """Answer the next look."""
        looks = self.looks.setdefault(StackDriftDetectionId, [COMPLETE])
        return looks.pop(0) if len(looks) > 1 else looks[0]

    def describe_stack_resource_drifts(self, StackName: str, MaxResults: int, NextToken: str = "0") -> dict[str, Any]:
        """Answer a page."""
        found, first = self.drifts.get(StackName, []), int(NextToken)
        page = found[first : first + min(MaxResults, self.page_size)]
        more = first + len(page) < len(found)
        return {"StackResourceDrifts": page, **({"NextToken": str(first + len(page))} if more else {})}


def on_the_wire(
    logical_id: str, status: str = "IN_SYNC", *differences: tuple[str, str, str], kind: str = "AWS::SSM::Parameter"
) -> dict[str, Any]:
    """Return one resource as AWS tells it; differences are (path, expected, actual)."""
    return {
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": f"physical-{logical_id}",
        "ResourceType": kind,
        "StackResourceDriftStatus": status,
        "PropertyDifferences": [
            {"PropertyPath": path, "ExpectedValue": expected, "ActualValue": actual, "DifferenceType": "NOT_EQUAL"}
            for path, expected, actual in differences
        ],
    }


def a_resource_drift(
    logical_id: str = "PaymentFunction",
    status: str = "MODIFIED",
    *differences: tuple[str, str, str],
    kind: str = "AWS::Lambda::Function",
) -> ResourceDrift:
    """Return one resource; its memory was changed unless differences are given."""
    told = differences or ((("/MemorySize", "256", "128"),) if status == "MODIFIED" else ())
    return ResourceDrift(
        logical_id=logical_id,
        physical_id=f"physical-{logical_id}",
        resource_type=kind,
        status=status,
        reason="",
        differences=tuple(PropertyDifference(path=path, expected=old, actual=new, kind="NOT_EQUAL") for path, old, new in told),
    )


def a_stack_drift(*resources: ResourceDrift, part: str = "regional", region: str = "us-east-1", reason: str = "") -> StackDrift:
    """Return a stack with one resource in sync, and these."""
    in_sync = a_resource_drift("Topic", "IN_SYNC", kind="AWS::SNS::Topic")
    return drift_of(part=part, stack_name=f"payment-{part}-test", region=region, looked_at=(in_sync, *resources), reason=reason)


def a_report(*stacks: StackDrift, outdated: tuple[str, ...] = (), diverged: tuple[str, ...] = ()) -> DriftReport:
    """Return a report on these stacks, one in sync unless others are given."""
    return DriftReport(suffix="test", account_id="111122223333", stacks=stacks or (a_stack_drift(),), outdated=outdated, diverged=diverged)
