"""Drift of one stack: begin to detect it, see how far that is, read what was found. Waiting and judging belong to those who call.

CloudFormation compares the properties that a template sets explicitly with the resources as they are; it reads them with the caller's own
permissions. Sources: CloudFormation API reference (DetectStackDrift, DescribeStackDriftDetectionStatus, DescribeStackResourceDrifts) and
user guide ("Detect unmanaged configuration changes to stacks and resources with drift detection").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from deployer.aws.calls import asking
from deployer.aws.session import Aws
from deployer.vocabulary.errors import AwsRefused

if TYPE_CHECKING:
    from types_boto3_cloudformation.type_defs import StackResourceDriftTypeDef

# The statuses in which drift can be detected [user guide].
DETECTABLE: Final = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED", "IMPORT_COMPLETE")

_PAGE_SIZE: Final = 100
# A stack has 500 resources at most (fact 4.14); a reader that is led in circles stops here.
_PAGES_MAX: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """One detection: `status` is DETECTION_IN_PROGRESS, DETECTION_COMPLETE or DETECTION_FAILED, which leaves resources out.

    `drift_status` is DRIFTED, IN_SYNC, UNKNOWN or NOT_CHECKED; `reason` AWS's own words about what failed.
    """

    status: str
    drift_status: str
    reason: str

    @property
    def under_way(self) -> bool:
        """Whether AWS is still comparing."""
        return self.status == "DETECTION_IN_PROGRESS"


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyDifference:
    """One property: `path` as AWS writes it (`/MemorySize`), values as text, `kind` ADD, REMOVE or NOT_EQUAL."""

    path: str
    expected: str
    actual: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceDrift:
    """One resource that was looked at: `status` is IN_SYNC, MODIFIED, DELETED, NOT_CHECKED, UNKNOWN or UNSUPPORTED."""

    logical_id: str
    physical_id: str
    resource_type: str
    status: str
    reason: str
    differences: tuple[PropertyDifference, ...]


def begin_detection(aws: Aws, stack_id: str, region: str) -> str:
    """Begin to detect drift of a stack; return the detection's id, empty while another detection of it is under way.

    Changes nothing but what CloudFormation remembers of the stack's drift. Raises AwsRefused.
    """
    try:
        with asking("cloudformation", "DetectStackDrift", region):
            return aws.client("cloudformation", region).detect_stack_drift(StackName=stack_id)["StackDriftDetectionId"]
    except AwsRefused as refused:
        if refused.code == "ValidationError" and "already in progress" in refused.detail:
            return ""
        raise


def read_detection(aws: Aws, detection_id: str, region: str) -> Detection:
    """Return how far a detection is. Raises AwsRefused."""
    with asking("cloudformation", "DescribeStackDriftDetectionStatus", region):
        answer = aws.client("cloudformation", region).describe_stack_drift_detection_status(StackDriftDetectionId=detection_id)
    return Detection(
        status=answer.get("DetectionStatus", ""),
        drift_status=answer.get("StackDriftStatus", ""),
        reason=answer.get("DetectionStatusReason", ""),
    )


def read_resource_drifts(aws: Aws, stack_id: str, region: str) -> tuple[ResourceDrift, ...]:
    """Return every resource that the newest detection looked at, in sync or not; types without drift support are left out.

    Raises AwsRefused.
    """
    drifts: list[ResourceDrift] = []
    page: dict[str, Any] = {}
    for _ in range(_PAGES_MAX):
        with asking("cloudformation", "DescribeStackResourceDrifts", region):
            answer = aws.client("cloudformation", region).describe_stack_resource_drifts(StackName=stack_id, MaxResults=_PAGE_SIZE, **page)
        drifts.extend(_drift(one) for one in answer["StackResourceDrifts"])
        if not answer.get("NextToken"):
            break
        page = {"NextToken": answer["NextToken"]}
    return tuple(drifts)


def _drift(answer: StackResourceDriftTypeDef) -> ResourceDrift:
    return ResourceDrift(
        logical_id=answer.get("LogicalResourceId", ""),
        physical_id=answer.get("PhysicalResourceId", ""),
        resource_type=answer.get("ResourceType", ""),
        status=answer.get("StackResourceDriftStatus", ""),
        reason=answer.get("DriftStatusReason", ""),
        differences=tuple(
            PropertyDifference(
                path=one.get("PropertyPath", ""),
                expected=one.get("ExpectedValue", ""),
                actual=one.get("ActualValue", ""),
                kind=one.get("DifferenceType", ""),
            )
            for one in answer.get("PropertyDifferences", [])
        ),
    )
