"""One StackSet as a test scripts it: each look at an operation shows the next scene of its timeline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.support.rollout.clock import FakeClock
from tests.support.rollout.fake_stacks import FakeStack, FakeStacks
from tests.support.rollout.wire import refusal

ENDED = ("SUCCEEDED", "FAILED", "STOPPED")


@dataclass(frozen=True)
class Scene:
    """What one look at an operation shows: its status and each Region's; `events` happen in that Region's stack before it."""

    status: str
    regions: dict[str, str]
    events: dict[str, tuple[tuple[str, str, str, str], ...]] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    failed_count: int = 0


@dataclass
class FakeOperation:
    """One operation and what it has still to show."""

    operation_id: str
    action: str
    began_at: Any
    scenes: list[Scene]
    regions: tuple[str, ...]
    scene: Scene


def going_well(regions: Sequence[str]) -> list[Scene]:
    """Return the scenes of an operation in which each Region runs, then succeeds, one after another."""
    scenes = []
    for index, region in enumerate(regions):
        done = dict.fromkeys(regions[:index], "SUCCEEDED")
        scenes.append(Scene("RUNNING", {**done, region: "RUNNING"}))
    scenes.append(Scene("SUCCEEDED", dict.fromkeys(regions, "SUCCEEDED")))
    return scenes


class FakeStackSets:
    """The StackSets of the administration Region; `timelines` are the scenes of the next operations."""

    def __init__(self, clock: FakeClock, stacks_of: Callable[[str], FakeStacks]) -> None:
        """Begin without a StackSet; `stacks_of(region)` is where instances' stacks stand."""
        self.clock, self.stacks_of = clock, stacks_of
        self.definition: dict[str, Any] | None = None
        self.instances: dict[str, dict[str, Any]] = {}
        self.operations: list[FakeOperation] = []
        self.timelines: list[list[Scene]] = []

    def add(self, *regions: str, body: str = "", outputs: dict[str, str] | None = None) -> None:
        """Put a StackSet there, with a CURRENT instance in each of `regions`."""
        self.definition = {"StackSetName": "payment-regional-test", "StackSetId": "payment-regional-test:1", "TemplateBody": body}
        for region in regions:
            stack = self.stacks_of(region).add("StackSet-payment-regional-test-1", body=body, outputs=outputs)
            self.instances[region] = self._instance(region, stack, "CURRENT", "SUCCEEDED")

    def describe_stack_set(self, *, StackSetName: str) -> dict[str, Any]:
        """Return the definition."""
        self._must_exist()
        return {"StackSet": self.definition}

    def create_stack_set(self, **request: Any) -> dict[str, Any]:
        """Keep the definition."""
        if self.definition is not None:
            raise refusal("NameAlreadyExistsException", "The StackSet exists")
        self.definition = self._defined(request)
        return {"StackSetId": self.definition["StackSetId"]}

    def update_stack_set(self, *, OperationId: str, OperationPreferences: dict[str, Any], **request: Any) -> dict[str, Any]:
        """Keep the new definition, whatever becomes of it, call every instance OUTDATED, and begin with those named."""
        self._must_exist()
        regions = tuple(request.pop("Regions", self.instances))
        request.pop("Accounts", None)
        self._begin(OperationId, "UPDATE", regions, OperationPreferences)
        for instance in self.instances.values():
            instance["Status"] = "OUTDATED"
        self.definition = self._defined(request)
        return {"OperationId": OperationId}

    def create_stack_instances(self, *, OperationId: str, Regions: list[str], OperationPreferences: Any, **_: Any) -> dict[str, Any]:
        """Begin to create; the stacks stand from now on."""
        self._must_exist()
        self._begin(OperationId, "CREATE", tuple(Regions), OperationPreferences)
        for region in Regions:
            stack = FakeStack(name="StackSet-payment-regional-test-1", stack_id=f"{region}/instance", region=region)
            self.stacks_of(region).stacks.append(stack)
            self.instances[region] = self._instance(region, stack, "OUTDATED", "PENDING")
        return {"OperationId": OperationId}

    def delete_stack_instances(self, *, OperationId: str, Regions: list[str], OperationPreferences: Any, **_: Any) -> dict[str, Any]:
        """Begin to delete."""
        self._must_exist()
        self._begin(OperationId, "DELETE", tuple(Regions), OperationPreferences)
        return {"OperationId": OperationId}

    def delete_stack_set(self, *, StackSetName: str) -> dict[str, Any]:
        """Forget the definition, unless instances stand."""
        self._must_exist()
        if self.instances:
            raise refusal("StackSetNotEmptyException", "StackSet is not empty")
        self.definition = None
        return {}

    def stop_stack_set_operation(self, *, StackSetName: str, OperationId: str) -> dict[str, Any]:
        """Let the operation show one scene more, in which it was stopped."""
        operation = self._operation(OperationId)
        if operation.scene.status in ENDED:
            raise refusal("InvalidOperationException", "Operation cannot be stopped")
        operation.scenes = []
        operation.scene = Scene("STOPPED", dict.fromkeys(operation.regions, "CANCELLED"))
        return {}

    def describe_stack_set_operation(self, *, StackSetName: str, OperationId: str) -> dict[str, Any]:
        """Show the next scene."""
        operation = self._operation(OperationId)
        if operation.scenes:
            operation.scene = operation.scenes.pop(0)
            self._play(operation)
        return {
            "StackSetOperation": {
                "OperationId": OperationId,
                "Action": operation.action,
                "Status": operation.scene.status,
                "CreationTimestamp": operation.began_at,
                "StatusDetails": {"FailedStackInstancesCount": operation.scene.failed_count},
            }
        }

    def list_stack_set_operation_results(self, *, StackSetName: str, OperationId: str) -> dict[str, Any]:
        """Return each Region's status in the scene last shown."""
        scene = self._operation(OperationId).scene
        return {
            "Summaries": [
                {"Region": region, "Account": "111122223333", "Status": status, "StatusReason": scene.reasons.get(region, "")}
                for region, status in scene.regions.items()
            ]
        }

    def list_stack_set_operations(self, *, StackSetName: str, MaxResults: int) -> dict[str, Any]:
        """Return the newest operations first."""
        self._must_exist()
        newest = list(reversed(self.operations))[:MaxResults]
        return {"Summaries": [{"OperationId": op.operation_id, "Action": op.action, "Status": op.scene.status} for op in newest]}

    def list_stack_instances(self, *, StackSetName: str) -> dict[str, Any]:
        """Return every instance."""
        self._must_exist()
        return {"Summaries": list(self.instances.values())}

    def describe_stack_instance(self, *, StackInstanceRegion: str, **_: Any) -> dict[str, Any]:
        """Return one instance, with its overrides."""
        return {"StackInstance": self.instances[StackInstanceRegion]}

    def _begin(self, operation_id: str, action: str, regions: tuple[str, ...], preferences: dict[str, Any]) -> None:
        if any(operation.operation_id == operation_id for operation in self.operations):
            raise refusal("OperationIdAlreadyExistsException", "The specified operation ID already exists")
        if self.operations and self.operations[-1].scene.status not in ENDED:
            raise refusal("OperationInProgressException", "Another operation is in progress")
        order = tuple(preferences.get("RegionOrder", regions))
        scenes = list(self.timelines.pop(0)) if self.timelines else going_well(order)
        start = Scene("RUNNING", dict.fromkeys(order, "PENDING"))
        self.operations.append(FakeOperation(operation_id, action, self.clock.now(), scenes, order, start))

    def _play(self, operation: FakeOperation) -> None:
        for region, status in operation.scene.regions.items():
            for logical_id, kind, moved_to, reason in operation.scene.events.get(region, ()):
                stacks = self.stacks_of(region)
                stacks.happened(stacks.stacks[-1], logical_id, kind, moved_to, reason)
            if operation.action == "DELETE" and status == "SUCCEEDED":
                self.instances.pop(region, None)
            elif region in self.instances:
                self.instances[region]["Status"] = "CURRENT" if status == "SUCCEEDED" else "OUTDATED"
                self.instances[region]["StackInstanceStatus"] = {"DetailedStatus": status}

    def _operation(self, operation_id: str) -> FakeOperation:
        for operation in self.operations:
            if operation.operation_id == operation_id:
                return operation
        raise refusal("OperationNotFoundException", operation_id)

    def _must_exist(self) -> None:
        if self.definition is None:
            raise refusal("StackSetNotFoundException", "StackSet not found")

    @staticmethod
    def _defined(request: dict[str, Any]) -> dict[str, Any]:
        return {"StackSetId": "payment-regional-test:1", **{key: request[key] for key in request if key != "ClientRequestToken"}}

    @staticmethod
    def _instance(region: str, stack: FakeStack, status: str, detailed: str) -> dict[str, Any]:
        return {
            "Account": "111122223333",
            "Region": region,
            "StackId": stack.stack_id,
            "Status": status,
            "StackInstanceStatus": {"DetailedStatus": detailed},
        }
